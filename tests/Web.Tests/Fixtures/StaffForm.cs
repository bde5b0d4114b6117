using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace SurveillanceRegistry.Web.Tests.Fixtures;

/// <summary>A form of a staff page with the values with which it was opened. Only edited fields differ when it is submitted.</summary>
internal sealed class StaffForm
{
    private readonly Visitor _visitor;
    private readonly string _address;
    private readonly List<(string Name, string Value)> _fields;

    private StaffForm(Visitor visitor, string address, IDocument page)
    {
        (_visitor, _address) = (visitor, address);
        _fields = [.. page.QuerySelectorAll("main form.form [name]").SelectMany(ValuesOf)];
    }

    public static async Task<StaffForm> OpenAsync(Visitor visitor, string address) =>
        new(visitor, address, await visitor.DocumentAsync(address));

    public string this[string field] => _fields.First(known => known.Name == field).Value;

    /// <summary>Edits a field. A field that is empty as opened gets a value.</summary>
    public StaffForm With(string field, string value)
    {
        _fields.RemoveAll(known => known.Name == field);
        _fields.Add((field, value));
        return this;
    }

    public Task<HttpResponseMessage> SubmitAsync() => _visitor.PostAsync(_address, [.. _fields]);

    /// <summary>Submits the form and follows it to the next page. Returns the address of that page.</summary>
    public async Task<string> AcceptedAsync()
    {
        using var answer = await SubmitAsync();
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(
            answer.Headers.Location is not null,
            (await Visitor.ParseAsync(text)).QuerySelector("[role=alert]")?.TextContent ?? text
        );
        return answer.Headers.Location!.ToString();
    }

    /// <summary>Submits the form, which is refused. Returns the form that the page shows then.</summary>
    public async Task<StaffForm> ShownAgainAsync()
    {
        using var answer = await SubmitAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        return new(
            _visitor,
            _address,
            await Visitor.ParseAsync(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
        );
    }

    /// <summary>Submits the form, which is refused. Returns what the page says is wrong.</summary>
    public async Task<string> RefusedAsync()
    {
        using var answer = await SubmitAsync();
        var page = await Visitor.ParseAsync(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return page.QuerySelector("[role=alert]")!.TextContent;
    }

    private static IEnumerable<(string, string)> ValuesOf(IElement element) =>
        element switch
        {
            IHtmlInputElement { Name: "__RequestVerificationToken" } => [],
            IHtmlInputElement { Type: "checkbox" or "radio", IsChecked: false } => [],
            IHtmlInputElement input => [(input.Name!, input.Value)],
            IHtmlSelectElement select => [(select.Name!, select.Value ?? "")],
            IHtmlTextAreaElement area => [(area.Name!, area.Value)],
            _ => [],
        };
}
