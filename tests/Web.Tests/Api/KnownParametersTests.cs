using System.Net;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Api;

/// <summary>An operation never ignores a query parameter.</summary>
public sealed class KnownParametersTests(SampleCity city)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_public_operation_refuses_a_parameter_that_it_does_not_have()
    {
        var operations = city
            .Endpoints.OfType<RouteEndpoint>()
            .Where(one => one.RoutePattern.RawText!.StartsWith("/api/v1", StringComparison.Ordinal))
            .Where(one => one.Metadata.GetMetadata<IAuthorizeData>() is null)
            .Select(one => (Method: one.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0], Path: Filled(one)))
            .ToArray();
        Assert.True(operations.Length > 25);
        foreach (var (method, path) in operations)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path + "?no-such-parameter=1");
            using var answer = await city.Reader.SendAsync(request, Cancellation);
            var text = await answer.Content.ReadAsStringAsync(Cancellation);
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{method} {path}: {answer.StatusCode} {text}");
            Assert.Contains("/problems/bad-parameter", text, StringComparison.Ordinal);
            Assert.Contains("'no-such-parameter' is not a parameter of", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("fleets?at=2026-01-01", "it has after, asOf, knownAt, limit.")]
    [InlineData("fleets/patrol/history?knownAt=2026-01-01T00:00:00Z", "it has none.")]
    [InlineData("governance.csv?asOf=2026-01-01", "it has none.")]
    [InlineData("devices/east-precinct-holding-1/history?asOf=2026-01-01", "it has from, to.")]
    [InlineData("instruments/smc-14.18/history?asOf=2026-01-01", "it has after, knownAt, limit.")]
    [InlineData("places/harbor-bridge/notice?asOf=2026-01-01", "it has at.")]
    [InlineData("devices?sensor=audio", "it has after, asOf, exceeds, kind, limit, place, presence, technology.")]
    public async Task An_unknown_parameter_is_answered_with_those_that_the_operation_has(string path, string sentence) =>
        Assert.EndsWith(
            sentence,
            (string)(await city.Json("/api/v1/" + path, HttpStatusCode.BadRequest))["detail"]!,
            StringComparison.Ordinal
        );

    [Fact]
    public async Task A_parameter_that_stands_twice_is_refused()
    {
        var problem = await city.Json("/api/v1/governance?asOf=2026-01-01&asOf=2026-02-01", HttpStatusCode.BadRequest);
        Assert.Equal("'asOf' stands 2 times in the query: expected once.", (string?)problem["detail"]);
    }

    [Fact]
    public async Task A_list_is_read_with_commas_and_as_a_repeated_parameter()
    {
        var commas = await city.Json("/api/v1/governance?status=adopted,in-force");
        var repeated = await city.Json("/api/v1/governance?status=adopted&status=in-force");
        Assert.NotEmpty(commas["rows"]!.AsArray());
        Assert.Equal(commas["rows"]!.ToJsonString(), repeated["rows"]!.ToJsonString());
    }

    [Theory]
    [InlineData("utm_source=mail")]
    [InlineData("fbclid=1")]
    [InlineData("_=1764000000")]
    public async Task What_programs_add_to_a_shared_link_changes_no_answer(string added) =>
        Assert.Equal(
            (await city.Json("/api/v1/governance"))["rows"]!.ToJsonString(),
            (await city.Json("/api/v1/governance?" + added))["rows"]!.ToJsonString()
        );

    [Theory]
    [InlineData("devices?asOf=2026-01-01")]
    [InlineData("devices?knownAt=2026-01-01T00:00:00Z")]
    public async Task A_request_for_a_past_that_does_not_exist_is_told_what_to_use_instead(string path) =>
        Assert.Equal("/problems/only-today", (string?)(await city.Json("/api/v1/" + path, HttpStatusCode.BadRequest))["type"]);

    [Fact]
    public async Task The_link_to_the_next_page_of_a_history_has_only_parameters_of_the_history()
    {
        using var first = await city.Reader.GetAsync("/api/v1/technologies?limit=1", Cancellation);
        var next = first.Headers.GetValues("Link").Single().Split('<', '>')[1];
        Assert.Contains("asOf=", next, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await city.Reader.GetAsync(next, Cancellation)).StatusCode);
    }

    /// <summary>The registry gave such links itself until 2026-11-29.</summary>
    [Theory]
    [InlineData("instruments/spd-manual-16.170/history")]
    [InlineData("technologies/alpr/history")]
    public async Task An_older_link_to_the_next_page_of_a_history_is_still_answered(string path)
    {
        var items = (await city.Json($"/api/v1/{path}?asOf=2026-11-20&after=0&limit=1"))["items"]!;
        Assert.Equal((await city.Json($"/api/v1/{path}?after=0&limit=1"))["items"]!.ToJsonString(), items.ToJsonString());
    }

    private static string Filled(RouteEndpoint endpoint)
    {
        var path = new StringBuilder();
        foreach (var part in endpoint.RoutePattern.PathSegments)
            path.Append('/')
                .Append(part.Parts[0] is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : "1");
        return path.ToString();
    }
}
