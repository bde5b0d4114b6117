using System.Globalization;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Tests.Ledger;

/// <summary>The bytes of entries.</summary>
public sealed class LedgerEntryTests
{
    [Theory]
    [InlineData("2026-11-30T22:49:00.1234567Z", "2026-11-30T22:49:00.123456Z")]
    [InlineData("2026-11-30T22:49:00Z", "2026-11-30T22:49:00.000000Z")]
    [InlineData("2026-11-30T22:49:00.5+05:30", "2026-11-30T17:19:00.500000Z")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999999Z")]
    public void A_time_is_written_in_UTC_with_whole_microseconds(string at, string expected) =>
        Assert.Equal(expected, LedgerEntry.FormatTime(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture)));
}
