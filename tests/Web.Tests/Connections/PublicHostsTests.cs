using System.Net;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Staff.FirstAdministrator;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Connections;

/// <summary>A registry without TLS that other machines can reach.</summary>
public sealed class PublicHostsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_password_and_no_token_is_taken_from_another_machine_without_TLS()
    {
        await using var city = new SampleCity { Proxies = TrustedProxies.Parse("127.0.0.0/8", out _) };
        await city.InitializeAsync();
        async Task<HttpStatusCode> GetAsync(string path, string client, string? scheme = null, string? token = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("X-Forwarded-For", client);
            if (scheme is not null)
                request.Headers.Add("X-Forwarded-Proto", scheme);
            if (token is not null)
                request.Headers.Add("Authorization", "Bearer " + token);
            using var answer = await city.Reader.SendAsync(request, Cancellation);
            return answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync("/staff/sign-in", "203.0.113.1"));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync("/staff/sign-in", "203.0.113.1", "http"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/staff/sign-in", "203.0.113.1", "https"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/staff/sign-in", "127.0.0.1"));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync("/api/v1/changes", "203.0.113.1", token: "srt_any"));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync("/api/v1/changes", "203.0.113.1", "https", "srt_any"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/places", "203.0.113.1"));
    }

    [Fact]
    public async Task The_first_administrator_s_link_ends_when_it_is_sent_in_the_clear()
    {
        await using var city = new SampleCity { Proxies = TrustedProxies.Parse("127.0.0.0/8", out _) };
        await city.InitializeAsync();
        var path = (await city.Part<FirstAdministratorLink>().CreateAsync(Cancellation))!;
        Assert.Equal(HttpStatusCode.OK, await GetAsync("https"));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync("http"));
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync("https"));

        async Task<HttpStatusCode> GetAsync(string scheme)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Add("X-Forwarded-For", "203.0.113.1");
            request.Headers.Add("X-Forwarded-Proto", scheme);
            using var answer = await city.Reader.SendAsync(request, Cancellation);
            return answer.StatusCode;
        }
    }
}
