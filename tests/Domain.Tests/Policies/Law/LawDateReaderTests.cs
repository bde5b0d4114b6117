using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Tests.Policies.Law;

/// <summary>Dates as people write them.</summary>
public sealed class LawDateReaderTests
{
    [Theory]
    [InlineData("November 29, 2026", "2026-11-29")]
    [InlineData("november 29 2026", "2026-11-29")]
    [InlineData("Nov. 29, 2026", "2026-11-29")]
    [InlineData("29 November 2026", "2026-11-29")]
    [InlineData("29th of November, 2026", "2026-11-29")]
    [InlineData("Sept 1, 2026", "2026-09-01")]
    [InlineData("2026-11-29", "2026-11-29")]
    [InlineData("2026-1-9", "2026-01-09")]
    [InlineData("11/29/2026", "2026-11-29")]
    [InlineData("29.11.2026", "2026-11-29")]
    [InlineData("3/3/2026", "2026-03-03")]
    [InlineData(" July   2006 ", "2006-07")]
    [InlineData("1979", "1979")]
    [InlineData("２０２７-01-01", "2027-01-01")]
    [InlineData("Ｍarch １, ２０２７", "2027-03-01")]
    public void A_date_is_read_as_people_write_it(string text, string expected)
    {
        Assert.Equal(LawDate.Parse(expected), LawDateReader.Read(text, out var problem));
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("03/04/2026", "“03/04/2026” can mean March 4, 2026 or April 3, 2026: write the month as a word.")]
    [InlineData("11/29/26", "“11/29/26” has a year of two digits: write all four, for example November 29, 2026.")]
    [InlineData("February 30, 2026", "“February 30, 2026” is no day: February 2026 has 28 days.")]
    [InlineData("2027-02-29", "“2027-02-29” is no day: February 2027 has 28 days.")]
    [InlineData("31 April 2027", "“31 April 2027” is no day: April 2027 has 30 days.")]
    [InlineData("2027-13-01", "“2027-13-01” is no date: the months are 1 to 12.")]
    [InlineData("29.2.2027", "“29.2.2027” is not a date of the calendar")]
    [InlineData("\ud800 2027-01", "is not a date of the calendar")]
    [InlineData("30/30/2026", "“30/30/2026” is not a date of the calendar")]
    [InlineData("next Monday", "“next Monday” is not a date of the calendar: write a date such as November 29, 2026")]
    [InlineData("Ju 2026", "“Ju 2026” is not a date")]
    [InlineData("29 November 29, 2026", "is not a date")]
    [InlineData("1799", "“1799” is not a date")]
    public void A_text_that_is_no_certain_date_is_refused_with_what_to_write(string text, string expected)
    {
        Assert.Null(LawDateReader.Read(text, out var problem));
        Assert.Contains(expected, problem!, StringComparison.Ordinal);
    }
}
