using AngleSharp;
using AngleSharp.Dom;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Policies;

/// <summary>Reads the pages of the corrected city.</summary>
public abstract class CorrectedCityTestBase(CorrectedCity corrected)
{
    protected const string Manual = "spd-manual-16.170",
        Day = "2026-03-31";

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected CorrectedCity Corrected { get; } = corrected;

    protected SampleCity City { get; } = corrected.City;

    protected async Task<string> Text(string address, string selector) => (await Read(address)).QuerySelector(selector)!.TextContent;

    protected async Task<IDocument> Read(string address)
    {
        using var answer = await City.Reader.GetAsync(address, Cancellation);
        var html = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True(answer.IsSuccessStatusCode, $"{address} answered {(int)answer.StatusCode}: {html}");
        return await BrowsingContext.New().OpenAsync(request => request.Content(html), Cancellation);
    }

    protected static string[] Hrefs(IParentNode within) =>
        [.. within.QuerySelectorAll("a[href]").Select(link => link.GetAttribute("href")!)];
}
