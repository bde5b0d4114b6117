using System.Net;
using Microsoft.Extensions.Time.Testing;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Tests.Access;

/// <summary>Guessing is slowed down, and locks no member of staff out.</summary>
public sealed class SignInThrottleTests
{
    private static readonly IPAddress Home = IPAddress.Parse("203.0.113.5"),
        Elsewhere = IPAddress.Parse("198.51.100.9");

    private readonly FakeTimeProvider _time = new();
    private readonly SignInThrottle _throttle;

    public SignInThrottleTests() => _throttle = new SignInThrottle(_time);

    private TimeSpan Try(string name, IPAddress from, string? browser = null) => _throttle.BeginSignIn(name, from, browser).Wait;

    [Fact]
    public void Wrong_passwords_slow_a_name_down_by_at_most_a_minute()
    {
        for (var i = 0; i < 5; i++)
            Assert.Equal(TimeSpan.Zero, Try("ana", Home));
        int[] waits = [1, 2, 4, 8, 16, 32, 60, 60, 60];
        foreach (var seconds in waits)
        {
            Assert.Equal(TimeSpan.FromSeconds(seconds), Try("Ana", Home));
            _time.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Equal(TimeSpan.Zero, Try("ana", Home));
        }
    }

    [Fact]
    public void A_stranger_elsewhere_slows_no_member_of_staff_down()
    {
        for (var i = 0; i < 40; i++)
            Try("ana", Elsewhere);
        Assert.NotEqual(TimeSpan.Zero, Try("ana", Elsewhere));
        Assert.Equal(TimeSpan.Zero, Try("ana", Home));
    }

    [Fact]
    public void A_known_browser_is_not_slowed_down_by_a_stranger_in_the_same_network()
    {
        for (var i = 0; i < 40; i++)
            Try(i % 2 == 0 ? "ana" : $"guess-{i}", Home);
        Assert.Equal(TimeSpan.Zero, Try("ana", Home, "her-browser"));
    }

    [Fact]
    public void A_known_browser_may_not_guess_without_end()
    {
        for (var i = 0; i < 10; i++)
            Assert.Equal(TimeSpan.Zero, Try("ana", Home, "her-browser"));
        Assert.Equal(TimeSpan.FromSeconds(1), Try("ana", Home, "her-browser"));
    }

    [Fact]
    public void A_network_that_tries_many_names_waits_at_most_five_seconds()
    {
        for (var i = 0; i < 30; i++)
            Assert.Equal(TimeSpan.Zero, Try($"guess-{i}", Home));
        for (var i = 30; i < 40; i++)
        {
            Assert.InRange(Try($"guess-{i}", Home), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
            _time.Advance(TimeSpan.FromSeconds(5));
            Assert.Equal(TimeSpan.Zero, Try($"guess-{i}", Home));
        }
    }

    [Fact]
    public void Addresses_of_one_IPv6_network_count_as_one_client()
    {
        for (var i = 0; i < 5; i++)
            Assert.Equal(TimeSpan.Zero, Try("ana", IPAddress.Parse($"2001:db8:1:2::{i}")));
        Assert.NotEqual(TimeSpan.Zero, Try("ana", IPAddress.Parse("2001:db8:1:2:ffff::1")));
        Assert.Equal(TimeSpan.Zero, Try("ana", IPAddress.Parse("2001:db8:1:3::1")));
    }

    [Fact]
    public void A_right_password_makes_the_wrong_ones_before_it_forgotten()
    {
        for (var i = 0; i < 4; i++)
            Try("ana", Home);
        _throttle.BeginSignIn("ana", Home, null).Succeed();
        for (var i = 0; i < 5; i++)
            Assert.Equal(TimeSpan.Zero, Try("ana", Home));
    }

    [Fact]
    public void A_try_that_was_not_decided_does_not_count()
    {
        for (var i = 0; i < 50; i++)
        {
            var attempt = _throttle.BeginSignIn("ana", Home, null);
            Assert.False(attempt.MustWait);
            attempt.Withdraw();
        }
    }

    [Fact]
    public void Wrong_claim_codes_slow_enrolment_down_and_never_lock_it()
    {
        for (var i = 0; i < 30; i++)
            Assert.False(_throttle.BeginClaim(Home).MustWait);
        for (var i = 0; i < 10; i++)
        {
            Assert.InRange(_throttle.BeginClaim(Home).Wait, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
            _time.Advance(TimeSpan.FromSeconds(5));
            Assert.False(_throttle.BeginClaim(Home).MustWait);
        }

        Assert.False(_throttle.BeginClaim(Elsewhere).MustWait);
    }
}
