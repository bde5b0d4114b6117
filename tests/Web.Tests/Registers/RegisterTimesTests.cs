using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Web.Registers;

namespace SurveillanceRegistry.Web.Tests.Registers;

/// <summary>The times that registers are asked for, on a clock that goes on while a request is read.</summary>
public sealed class RegisterTimesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 20, 0, 0, TimeSpan.Zero);

    private static readonly City City = new("", true, "America/Los_Angeles", ["en"], [], new RecordsPortal("", "", "", 0, ""), 90);

    [Theory]
    [InlineData("", "2026-11-23T20:00:00", "2026-11-23T20:00:00")]
    [InlineData("?asOf=2026-11-23", "2026-11-23T20:00:00", "2026-11-23T20:00:00")]
    [InlineData("?asOf=2026-11-22", "2026-11-23T07:59:59.999999", "2026-11-23T20:00:00")]
    [InlineData("?asOf=2026-11-22T10:00", "2026-11-22T18:00:00", "2026-11-23T20:00:00")]
    [InlineData("?knownAt=2026-11-20T00:00:00Z", "2026-11-23T20:00:00", "2026-11-20T00:00:00")]
    [InlineData("?knownAt=2199-01-01T00:00:00Z", "2026-11-23T20:00:00", "2026-11-23T20:00:00")]
    public void A_day_means_its_end_today_means_now_and_nothing_given_means_now(string query, string asOf, string knownAt)
    {
        var (point, fault) = Read(query);
        Assert.Null(fault);
        Assert.Equal(new RegisterPoint(Utc(asOf), Utc(knownAt)), point);
    }

    [Theory]
    [InlineData("?asOf=2026-11-24")]
    [InlineData("?asOf=2026-02-30")]
    [InlineData("?knownAt=noon")]
    public void A_time_that_is_none_or_has_not_come_is_refused(string query) => Assert.NotNull(Read(query).Fault);

    private static (RegisterPoint Point, string? Fault) Read(string query)
    {
        var http = new DefaultHttpContext { Request = { QueryString = new QueryString(query) } };
        return RegisterTimes.ReadPoint(http.Request.Query, City, new FakeTimeProvider(Now) { AutoAdvanceAmount = TimeSpan.FromSeconds(1) });
    }

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text + "Z", System.Globalization.CultureInfo.InvariantCulture);
}
