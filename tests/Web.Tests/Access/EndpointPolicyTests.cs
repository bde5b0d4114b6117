using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Access;

/// <summary>
/// The policy of every page and endpoint. The endpoints come from the application itself, so that a new one is tested too.
/// </summary>
public sealed class EndpointPolicyTests(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    /// <summary>Staff pages for people without a session.</summary>
    private static readonly string[] PagesBeforeSignIn =
    [
        "staff/first/{token}",
        "staff/stop-mail/{token}",
        "staff/sign-in",
        "staff/sign-in/code",
        "staff/not-allowed",
        "staff/not-let-in/{why}",
    ];

    /// <summary>A claim code is its own permission.</summary>
    private static readonly string[] AnonymousWrites = ["api/v1/claims"];

    private static readonly string[] Policies =
    [
        .. Enum.GetValues<Role>().Select(Json.Word),
        "staff",
        "signed-in",
        "ingest",
        "absence-confirmer",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IEnumerable<RouteEndpoint> Endpoints => staffed.City.Endpoints.OfType<RouteEndpoint>();

    [Fact]
    public void The_list_names_every_page_and_endpoint_with_its_policy()
    {
        Assert.DoesNotContain(staffed.City.Endpoints, endpoint => endpoint is not RouteEndpoint);
        var mapped = Endpoints.SelectMany(LinesOf).Distinct().ToArray();
        var unmapped = EndpointPolicyTable.Lines.Except(mapped).ToArray();
        var unlisted = mapped.Except(EndpointPolicyTable.Lines).ToArray();
        Assert.True(
            unmapped.Length == 0 && unlisted.Length == 0,
            $"""
            EndpointPolicyTable differs from what the application maps. Review each difference before you change the list.
            Only in the list:
            {string.Join('\n', unmapped)}
            Only in the application:
            {string.Join('\n', unlisted)}
            """
        );
    }

    [Fact]
    public void Every_staff_page_and_every_endpoint_that_writes_has_a_policy()
    {
        Assert.NotEmpty(Endpoints);
        var anonymous = Endpoints.Where(endpoint => PoliciesOf(endpoint) is []).ToArray();

        var staffPages = anonymous.Select(RouteOf).Where(route => route.StartsWith("staff", StringComparison.Ordinal));
        Assert.Empty(staffPages.Except(PagesBeforeSignIn));

        var writes = anonymous.Where(endpoint => IsApi(endpoint) && MayWrite(endpoint)).Select(RouteOf);
        Assert.Empty(writes.Except(AnonymousWrites));

        Assert.All(Endpoints.SelectMany(PoliciesOf).Distinct(), policy => Assert.Contains(policy, Policies));
    }

    [Fact]
    public async Task The_role_of_a_token_alone_decides_on_every_API_endpoint()
    {
        var guarded = Endpoints.Where(endpoint => IsApi(endpoint) && PoliciesOf(endpoint) is not []).ToArray();
        Assert.NotEmpty(guarded);
        var tokens = Enum.GetValues<Role>()
            .ToDictionary(role => role, role => staffed.City.Staff.AddWithToken("matrix-" + Json.Word(role), role).Token);
        foreach (var endpoint in guarded)
        {
            var address = "/" + Regex.Replace(RouteOf(endpoint), @"\{[^}]+\}", "999999");
            foreach (var method in MethodsOf(endpoint))
            {
                await AssertRefusedAsync(HttpStatusCode.Unauthorized, method, address, null);
                foreach (var (role, token) in tokens)
                    await AssertDecidedByRoleAsync(method, address, PoliciesOf(endpoint), role, token);
            }
        }
    }

    [Theory]
    [InlineData("srt_0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("st-not-a-token")]
    [InlineData("")]
    public Task The_API_refuses_an_invalid_token(string token) =>
        AssertRefusedAsync(HttpStatusCode.Unauthorized, "GET", "/api/v1/changes", token);

    [Fact]
    public async Task A_token_never_has_more_roles_than_its_owner()
    {
        var (member, _, _) = staffed.City.Staff.AddWithToken("modest", Role.Editor);
        var token = ApiToken.New();
        ImmutableArray<Role> roles = [Role.Editor, Role.Approver];
        await staffed.City.Staff.AddTokenAsync(
            new TokenGrant(0, member.Id, roles, "greedy", default, DateTimeOffset.MaxValue, null),
            ApiToken.Hash(token),
            new Attribution("operator"),
            default,
            Cancellation
        );

        await AssertRefusedAsync(HttpStatusCode.Forbidden, "POST", "/api/v1/changes/999999/approve", token);
        using var response = await SendAsync("GET", "/api/v1/changes", token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task The_API_refuses_a_token_of_a_deactivated_member()
    {
        var (member, token, _) = staffed.City.Staff.AddWithToken("gone", Role.Editor);
        using (var before = await SendAsync("GET", "/api/v1/changes", token))
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        await staffed.City.Staff.ChangeAsync(member.Id, null, false, new Attribution("operator"), default, Cancellation);

        await AssertRefusedAsync(HttpStatusCode.Unauthorized, "GET", "/api/v1/changes", token);
    }

    [Fact]
    public async Task The_API_refuses_a_session_and_staff_pages_refuse_a_token()
    {
        var (member, token, password) = staffed.City.Staff.AddWithToken("both", Role.Editor);
        using var visitor = staffed.Visitor();
        await visitor.SignInAsync(member.SignIn, password);

        using var byCookie = await SendAsync("GET", "/api/v1/changes", null, SessionCookieOf(visitor));
        Assert.Equal(HttpStatusCode.Unauthorized, byCookie.StatusCode);
        using var byToken = await SendAsync("GET", "/staff/account", token);
        Assert.Equal(HttpStatusCode.Redirect, byToken.StatusCode);
    }

    [Fact]
    public async Task No_public_page_sets_a_cookie_even_for_a_signed_in_reader()
    {
        var (member, token, password) = staffed.City.Staff.AddWithToken("reader", Role.Editor);
        using var visitor = staffed.Visitor();
        await visitor.SignInAsync(member.SignIn, password);
        var cookie = SessionCookieOf(visitor);
        staffed.City.Time.Advance(TimeSpan.FromMinutes(20)); // A staff page would renew the session now.

        var addresses = PublicAddresses();
        Assert.Contains("governance", addresses);
        foreach (var address in addresses)
        {
            using var response = await SendAsync("GET", "/" + address, token, cookie);
            Assert.False(response.Headers.Contains("Set-Cookie"), address);
        }
    }

    private static IEnumerable<string> LinesOf(RouteEndpoint endpoint)
    {
        var policies = PoliciesOf(endpoint) is { Length: > 0 } required ? string.Join(" + ", required) : EndpointPolicyTable.Anonymous;
        var isPage = endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null;
        string[] methods =
            isPage ? ["PAGE"]
            : MethodsOf(endpoint) is { Length: > 0 } limited ? limited
            : ["ANY"];
        return methods.Select(method => $"{method} /{RouteOf(endpoint)} {policies}");
    }

    private static string RouteOf(RouteEndpoint endpoint) => endpoint.RoutePattern.RawText!.Trim('/');

    private static string[] MethodsOf(RouteEndpoint endpoint) =>
        [.. endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []];

    private static string[] PoliciesOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null
            ? []
            : [.. endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy ?? "").Distinct()];

    private static bool IsApi(RouteEndpoint endpoint) => RouteOf(endpoint).StartsWith("api/", StringComparison.Ordinal);

    private static bool MayWrite(RouteEndpoint endpoint) =>
        MethodsOf(endpoint) is [] || MethodsOf(endpoint).Any(method => method is not ("GET" or "HEAD"));

    private string[] PublicAddresses()
    {
        var known = new Dictionary<string, string>
        {
            ["places/{id}"] = "places/east-precinct-lobby",
            ["kiosks/{id}"] = "kiosks/kiosk-east-precinct-lobby",
            ["kiosks/{id}/notice"] = "kiosks/kiosk-east-precinct-lobby/notice",
        };
        return
        [
            .. Endpoints
                .Where(endpoint => MethodsOf(endpoint) is [] || MethodsOf(endpoint).Contains("GET"))
                .Select(RouteOf)
                .Where(route => !route.StartsWith("staff", StringComparison.Ordinal))
                .Where(route => !route.EndsWith("/changes", StringComparison.Ordinal)) // Event streams do not end.
                .Distinct()
                .Select(route => known.GetValueOrDefault(route, Regex.Replace(route, @"\{[^}]+\}", "x"))),
        ];
    }

    private string SessionCookieOf(Visitor visitor)
    {
        var cookie = visitor.Cookies.GetCookies(new Uri(staffed.City.Url + "/staff/account"))["registry-staff"]!;
        return $"{cookie.Name}={cookie.Value}";
    }

    private async Task AssertDecidedByRoleAsync(string method, string address, string[] policies, Role role, string token)
    {
        var isAllowed = policies.All(policy =>
            policy == "staff"
            || policy == Json.Word(role)
            || policy == "absence-confirmer" && role is (Role.PostingInspector or Role.DeviceClerk)
        );
        using var response = await SendAsync(method, address, token);
        var isRefused = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
        Assert.True(isAllowed != isRefused, $"{method} {address} as {role}: {(int)response.StatusCode}");
        if (!isAllowed)
            await AssertRefusedAsync(HttpStatusCode.Forbidden, method, address, token);
    }

    private async Task AssertRefusedAsync(HttpStatusCode status, string method, string address, string? token)
    {
        var isUnauthorized = status == HttpStatusCode.Unauthorized;
        using var response = await SendAsync(method, address, token);
        Assert.Equal((status, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal(isUnauthorized, response.Headers.WwwAuthenticate.Any(challenge => challenge.Scheme == "Bearer"));
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;
        Assert.Equal(isUnauthorized ? "/problems/unauthorized" : "/problems/forbidden", (string?)problem["type"]);
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string address, string? token, string? cookie = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (cookie is not null)
            request.Headers.Add("Cookie", cookie);
        return await staffed.City.Reader.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }
}
