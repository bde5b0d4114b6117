using Microsoft.Extensions.Time.Testing;
using SurveillanceRegistry.Web.Access.SecondFactors;

namespace SurveillanceRegistry.Web.Tests.Access.SecondFactors;

/// <summary>How many codes a thief of a password may try.</summary>
public sealed class AccountThrottleTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly AccountThrottle _throttle;

    public AccountThrottleTests() => _throttle = new AccountThrottle(_time);

    [Fact]
    public void A_burst_of_codes_has_no_more_tries_than_codes_one_by_one()
    {
        // None of them is decided before the last one begins.
        Assert.Equal(10, Enumerable.Range(0, 1000).Count(_ => _throttle.TryBegin("st-1")));
        Assert.True(_throttle.TryBegin("st-2"));
        _time.Advance(TimeSpan.FromMinutes(15));
        Assert.True(_throttle.TryBegin("st-1"));
    }

    [Fact]
    public void A_right_code_does_not_count()
    {
        for (var i = 0; i < 100; i++)
        {
            Assert.True(_throttle.TryBegin("st-1"));
            _throttle.Withdraw("st-1");
        }
    }
}
