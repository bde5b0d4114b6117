using CsCheck;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Policies.Law;

public sealed class LawDateTests
{
    [Theory]
    [InlineData("1979", DatePrecision.Year, "1979-01-01", "1979-12-31")]
    [InlineData("2006-07", DatePrecision.Month, "2006-07-01", "2006-07-31")]
    [InlineData("2024-02", DatePrecision.Month, "2024-02-01", "2024-02-29")]
    [InlineData("2019-02-01", DatePrecision.Day, "2019-02-01", "2019-02-01")]
    public void A_law_date_is_as_exact_as_it_was_stated(string text, DatePrecision precision, string earliest, string latest)
    {
        var date = LawDate.Parse(text);
        Assert.Equal(
            (precision, DateOnly.Parse(earliest), DateOnly.Parse(latest), text),
            (date.Precision, date.Earliest, date.Latest, date.ToString())
        );
    }

    [Theory]
    [InlineData("2019-02-30")]
    [InlineData("2023-02-29")]
    [InlineData("2019-13")]
    [InlineData("2019-2-1")]
    [InlineData("79")]
    [InlineData("2019-02-01T00:00")]
    [InlineData(" 2019")]
    [InlineData("+019")]
    [InlineData("")]
    public void A_day_without_a_calendar_date_or_in_another_form_is_refused(string text) => Assert.False(LawDate.TryParse(text, out _));

    [Fact]
    public void A_law_date_reads_as_it_was_written() =>
        Generators.LawDate.Sample(date => Assert.Equal(date, LawDate.Parse(date.ToString())), iter: Rounds.Of(5_000));

    [Fact]
    public void Any_text_parses_as_a_law_date_or_not_without_an_exception() =>
        Gen.String[Gen.Char["0123456789- "], 0, 12]
            .Sample(text => Assert.True(!LawDate.TryParse(text, out var date) || date.ToString() == text), iter: Rounds.Of(20_000));
}
