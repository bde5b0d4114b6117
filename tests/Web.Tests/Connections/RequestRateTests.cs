using System.Net;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Connections;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Connections;

/// <summary>How many requests one network may send.</summary>
public sealed class RequestRateTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_network_that_asks_without_end_is_refused_and_another_is_answered()
    {
        await using var city = new SampleCity
        {
            Proxies = TrustedProxies.Parse("127.0.0.0/8", out _),
            Limits = new HttpLimits { RequestBurstPerAddress = 20, RequestsPerSecondAndAddress = 1 },
        };
        await city.InitializeAsync();
        async Task<HttpStatusCode> GetAsync(string client)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/version");
            request.Headers.Add("X-Forwarded-For", client);
            using var answer = await city.Reader.SendAsync(request, Cancellation);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
                Assert.NotNull(answer.Headers.RetryAfter);
            return answer.StatusCode;
        }

        // One more is allowed for each second that the test takes.
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 2_000 && !statuses.Contains(HttpStatusCode.TooManyRequests); i++)
            statuses.Add(await GetAsync("2001:db8:1:2::1"));
        Assert.InRange(statuses.Count(status => status == HttpStatusCode.OK), 20, 1_999);
        Assert.Equal(HttpStatusCode.OK, await GetAsync("2001:db8:1:3::1"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("127.0.0.1"));
    }
}
