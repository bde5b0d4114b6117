using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Api;

/// <summary>Scripts of other sites read public facts, and nothing else.</summary>
public sealed class CrossOriginTests(SampleCity city)
{
    private const string Origin = "https://newspaper.example";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/v1/governance")]
    [InlineData("/api/v1/devices/no-such-device")]
    [InlineData("/api/v1/log/checkpoint")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/.well-known/jwks.json")]
    [InlineData("/changes.json")]
    [InlineData("/kiosks/kiosk-harbor-bridge/notice")]
    public async Task A_script_of_any_site_reads_a_public_fact_without_credentials(string path)
    {
        using var answer = await AskAsync(HttpMethod.Get, path);
        Assert.Equal("*", Header(answer, "Access-Control-Allow-Origin"));
        Assert.Null(Header(answer, "Access-Control-Allow-Credentials"));
        Assert.Equal("ETag,Link,Retry-After,Content-Disposition", Header(answer, "Access-Control-Expose-Headers"));
    }

    [Theory]
    [InlineData("GET", "/api/v1/changes")]
    [InlineData("GET", "/api/v1/audit/security")]
    [InlineData("GET", "/api/v1/devices/east-precinct-holding-1/credentials")]
    [InlineData("POST", "/api/v1/changes")]
    [InlineData("POST", "/api/v1/claims")]
    [InlineData("GET", "/staff")]
    [InlineData("GET", "/staff/export.csv")]
    [InlineData("GET", "/places")]
    public async Task No_other_site_reads_what_needs_a_role_or_changes_something(string method, string path)
    {
        using var answer = await AskAsync(new HttpMethod(method), path);
        Assert.Null(Header(answer, "Access-Control-Allow-Origin"));
        using var preflight = await AskAsync(HttpMethod.Options, path, method);
        Assert.Null(Header(preflight, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_browser_may_ask_whether_its_copy_is_still_true_but_not_send_a_token()
    {
        using var asked = await AskAsync(HttpMethod.Options, "/api/v1/governance", "GET", "if-none-match");
        Assert.Equal(("*", "If-None-Match"), (Header(asked, "Access-Control-Allow-Origin"), Header(asked, "Access-Control-Allow-Headers")));
        using var token = await AskAsync(HttpMethod.Options, "/api/v1/governance", "GET", "authorization");
        Assert.DoesNotContain("authorization", Header(token, "Access-Control-Allow-Headers") ?? "", StringComparison.OrdinalIgnoreCase);
        using var change = await AskAsync(HttpMethod.Options, "/api/v1/devices/east-precinct-holding-1", "PATCH");
        Assert.DoesNotContain("PATCH", Header(change, "Access-Control-Allow-Methods") ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Only_reading_endpoints_without_a_role_are_open_to_other_sites() =>
        Assert.All(
            city.Endpoints.OfType<RouteEndpoint>().Where(endpoint => endpoint.Metadata.GetMetadata<IEnableCorsAttribute>() is not null),
            endpoint =>
            {
                Assert.Null(endpoint.Metadata.GetMetadata<IAuthorizeData>());
                Assert.Equal(["GET"], endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods);
                Assert.DoesNotContain("staff", endpoint.RoutePattern.RawText, StringComparison.Ordinal);
            }
        );

    private async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, string? wanted = null, string? headers = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Origin", Origin);
        if (wanted is not null)
            request.Headers.Add("Access-Control-Request-Method", wanted);
        if (headers is not null)
            request.Headers.Add("Access-Control-Request-Headers", headers);
        return await city.Reader.SendAsync(request, Cancellation);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
