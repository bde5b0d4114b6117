using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Access;

/// <summary>Every address, held against every role: found by asking the house itself, so that a new one is held too.</summary>
public sealed class EndpointPolicyTests(StaffedCity house) : IClassFixture<StaffedCity>
{
    /// <summary>Pages that whoever has no session yet has to see.</summary>
    private static readonly string[] BeforeSignIn = ["staff/sign-in", "staff/not-allowed", "staff/not-let-in/{why}"];

    private static readonly string[] RoleWords = [.. Enum.GetValues<Role>().Select(Json.Word)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IEnumerable<RouteEndpoint> Endpoints => house.City.Endpoints.OfType<RouteEndpoint>();

    private static string PatternOf(RouteEndpoint endpoint) => endpoint.RoutePattern.RawText!.Trim('/');

    private static string[] MethodsOf(RouteEndpoint endpoint) =>
        [.. endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []];

    private static string[] PoliciesOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null
            ? []
            : [.. endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy ?? "")];

    [Fact]
    public void Is_said_of_every_staff_page_and_of_every_way_to_change_something()
    {
        Assert.NotEmpty(Endpoints);
        var open = Endpoints.Where(endpoint => PoliciesOf(endpoint) is []).ToArray();
        Assert.Empty(open.Select(PatternOf).Where(pattern => pattern.StartsWith("staff", StringComparison.Ordinal)).Except(BeforeSignIn));
        Assert.Empty(
            open.Where(endpoint => PatternOf(endpoint).StartsWith("api/", StringComparison.Ordinal))
                .Where(endpoint => MethodsOf(endpoint) is [] || MethodsOf(endpoint).Any(method => method is not ("GET" or "HEAD")))
                .Select(PatternOf)
                .Except(["api/v1/claims"])
        ); // A claim code is its own permission.
        Assert.All(
            Endpoints.SelectMany(PoliciesOf).Distinct(),
            policy => Assert.Contains(policy, RoleWords.Append("staff").Append("ingest"))
        );
    }

    [Fact]
    public async Task Is_decided_by_the_role_alone_on_every_address_of_the_API()
    {
        var guarded = Endpoints
            .Where(endpoint => PatternOf(endpoint).StartsWith("api/", StringComparison.Ordinal) && PoliciesOf(endpoint) is not [])
            .ToArray();
        Assert.NotEmpty(guarded);
        var tokens = Enum.GetValues<Role>()
            .ToDictionary(role => role, role => house.City.Staff.Adds("matrix-" + Json.Word(role), role).Token);
        foreach (var endpoint in guarded)
        {
            var address = "/" + Regex.Replace(PatternOf(endpoint), @"\{[^}]+\}", "999999");
            var policies = PoliciesOf(endpoint);
            foreach (var method in MethodsOf(endpoint))
            {
                await RefusesAsync(HttpStatusCode.Unauthorized, method, address, null);
                foreach (var (role, token) in tokens)
                {
                    var mayPass = policies.All(policy => policy == "staff" || policy == Json.Word(role));
                    using var answer = await SendAsync(method, address, token);
                    Assert.True(
                        mayPass != (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden),
                        $"{method} {address} as {role}: {(int)answer.StatusCode}"
                    );
                    if (!mayPass)
                        await RefusesAsync(HttpStatusCode.Forbidden, method, address, token);
                }
            }
        }
    }

    [Theory]
    [InlineData("srt_0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("st-not-a-token")]
    [InlineData("")]
    public Task Is_nothing_for_whoever_brings_a_token_that_is_none(string token) =>
        RefusesAsync(HttpStatusCode.Unauthorized, "GET", "/api/v1/changes", token);

    [Fact]
    public async Task Is_never_more_for_a_token_than_for_its_owner()
    {
        var (member, _, _) = house.City.Staff.Adds("modest", Role.Editor);
        var token = ApiToken.New();
        await house.City.Staff.AddTokenAsync(
            new TokenGrant(0, member.Id, [Role.Editor, Role.Approver], "greedy", default, DateTimeOffset.MaxValue, null),
            ApiToken.Hash(token),
            new Attribution("operator"),
            default,
            Cancellation
        );
        await RefusesAsync(HttpStatusCode.Forbidden, "POST", "/api/v1/changes/999999/approve", token);
        using var answer = await SendAsync("GET", "/api/v1/changes", token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Is_nothing_for_a_token_of_somebody_who_was_deactivated()
    {
        var (member, token, _) = house.City.Staff.Adds("gone", Role.Editor);
        using (var before = await SendAsync("GET", "/api/v1/changes", token))
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        await house.City.Staff.ChangeAsync(member.Id, null, false, null, new Attribution("operator"), default, Cancellation);
        await RefusesAsync(HttpStatusCode.Unauthorized, "GET", "/api/v1/changes", token);
    }

    [Fact]
    public async Task Is_asked_of_people_on_pages_and_of_programs_on_the_API_and_not_crosswise()
    {
        var (member, token, password) = house.City.Staff.Adds("both", Role.Editor);
        using var visitor = house.Visitor();
        await visitor.SignInAsync(member.SignIn, password);
        var session = visitor.Cookies.GetCookies(new Uri(house.City.Url + "/staff/account"))["registry-staff"]!;
        using var byCookie = await SendAsync("GET", "/api/v1/changes", null, $"registry-staff={session.Value}");
        Assert.Equal(HttpStatusCode.Unauthorized, byCookie.StatusCode);
        using var byToken = await SendAsync("GET", "/staff/account", token);
        Assert.Equal(HttpStatusCode.Redirect, byToken.StatusCode);
    }

    [Fact]
    public async Task Changes_nothing_about_public_pages_which_set_no_cookie_whatever_the_reader_brings()
    {
        var (member, token, password) = house.City.Staff.Adds("reader", Role.Editor);
        using var visitor = house.Visitor();
        await visitor.SignInAsync(member.SignIn, password);
        var cookie = $"registry-staff={visitor.Cookies.GetCookies(new Uri(house.City.Url + "/staff/account"))["registry-staff"]!.Value}";
        house.City.Time.Advance(TimeSpan.FromMinutes(20)); // Time to renew the session, were this a staff page.
        var known = new Dictionary<string, string>
        {
            ["places/{id}"] = "places/east-precinct-lobby",
            ["kiosks/{id}"] = "kiosks/kiosk-east-precinct-lobby",
            ["kiosks/{id}/notice"] = "kiosks/kiosk-east-precinct-lobby/notice",
        };
        var addresses = Endpoints
            .Where(endpoint => MethodsOf(endpoint) is [] || MethodsOf(endpoint).Contains("GET"))
            .Select(PatternOf)
            .Where(pattern =>
                !pattern.StartsWith("staff", StringComparison.Ordinal) && !pattern.EndsWith("/changes", StringComparison.Ordinal)
            )
            .Distinct()
            .Select(pattern => known.GetValueOrDefault(pattern, Regex.Replace(pattern, @"\{[^}]+\}", "x")))
            .ToArray();
        Assert.Contains("governance", addresses);
        foreach (var address in addresses)
        {
            using var answer = await SendAsync("GET", "/" + address, token, cookie);
            Assert.False(answer.Headers.Contains("Set-Cookie"), address);
        }
    }

    private async Task RefusesAsync(HttpStatusCode status, string method, string address, string? token)
    {
        using var answer = await SendAsync(method, address, token);
        Assert.Equal((status, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal(status == HttpStatusCode.Unauthorized, answer.Headers.WwwAuthenticate.Any(challenge => challenge.Scheme == "Bearer"));
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
        Assert.Equal(status == HttpStatusCode.Unauthorized ? "/problems/unauthorized" : "/problems/forbidden", (string?)problem["type"]);
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string address, string? token, string? cookie = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        return await house.City.Reader.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }
}
