using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Changes;

/// <summary>What programs may not propose.</summary>
public sealed class ChangesApiTests(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"reason":"bell \u0007"}""", "control character")]
    [InlineData("""{"documents":[null]}""", "documents, rows")]
    [InlineData("""{"rows":[null]}""", "documents, rows")]
    [InlineData("""{"reason":"one","reason":"another"}""", "reason")]
    [InlineData("""{"reason":"one","REASON":"another"}""", "REASON")]
    [InlineData(
        """{"rows":[{"instrument":"spd-manual-16.170","technology":"alpr","version":1,"base":1,"values":{"by":"A","by":"B"}}]}""",
        "by"
    )]
    public async Task A_change_with_an_impossible_part_is_refused_with_its_place(string body, string named) =>
        await RefusedAsync(body, named);

    [Fact]
    public async Task A_reason_that_is_too_long_is_refused_with_the_limit() =>
        await RefusedAsync($$"""{"reason":"{{new string('a', 100_000)}}"}""", "100000 characters");

    private async Task RefusedAsync(string body, string named)
    {
        var (_, token, _) = staffed.City.Staff.AddWithToken("proposer-" + Guid.NewGuid().ToString("n"), Role.Editor);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/changes")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await staffed.City.Reader.SendAsync(request, Cancellation);
        var text = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.StatusCode == HttpStatusCode.UnprocessableEntity, text);
        Assert.Contains(named, JsonNode.Parse(text)!["errors"]!.ToJsonString(Domain.Json.Options), StringComparison.Ordinal);
    }
}
