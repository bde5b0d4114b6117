using SurveillanceRegistry.Domain.Policies.Conflicts;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Tests.Policies.Conflicts;

/// <summary>Months and years are calendar ones: no number of days means the same.</summary>
public sealed class RetentionLengthTests
{
    [Theory]
    [InlineData("limit 1 month", 28, 31)]
    [InlineData("limit 6 months", 181, 184)]
    [InlineData("limit 12 months", 365, 366)]
    [InlineData("limit 1 year", 365, 366)]
    [InlineData("limit 5 years", 1825, 1827)]
    [InlineData("limit 8 years", 2921, 2922)]
    [InlineData("limit 90 days", 90, 90)]
    public void A_period_of_months_has_a_fewest_and_a_most_number_of_days(string text, int fewest, int most) =>
        Assert.Equal(new RetentionLength(fewest, most), RetentionLength.Of(Read(text)));

    [Theory]
    [InlineData("limit 6 months", "limit 180 days", true)]
    [InlineData("limit 6 months", "limit 183 days", true)] // They are the same in some cases only.
    [InlineData("limit 1 year", "limit 12 months", false)]
    [InlineData("limit 1 year", "limit 13 months", true)]
    [InlineData("limit 1 month", "limit 30 days", true)]
    [InlineData("minimum 6 months", "limit 180 days", true)]
    [InlineData("minimum 6 months", "limit 184 days", false)]
    [InlineData("minimum 6 months", "limit 183 days", true)] // A recording of March 1 would be deleted a day too early.
    [InlineData("minimum 6 months", "limit 6 months", false)]
    [InlineData("minimum 180 days", "limit 6 months", false)]
    [InlineData("minimum 1 year", "limit 365 days", true)] // In a leap year.
    [InlineData("practice 1 month", "minimum 32 days", true)]
    [InlineData("practice 1 month", "minimum 28 days", false)]
    [InlineData("practice 1 month", "minimum 30 days", true)] // In February.
    [InlineData("minimum 1 month", "minimum 2 years", false)]
    public void Two_periods_that_cannot_both_be_kept_on_every_day_are_a_conflict(string one, string other, bool isConflict)
    {
        Assert.Equal(isConflict, RetentionConflict.Contradict(Read(one), Read(other)));
        Assert.Equal(isConflict, RetentionConflict.Contradict(Read(other), Read(one)));
    }

    [Theory]
    [InlineData("limit 1 month", "at most 1 month")]
    [InlineData("minimum 6 months | patrol reads", "at least 6 months (patrol reads)")]
    [InlineData("practice 2 years", "in practice 2 years")]
    public void Months_and_years_are_said_as_they_are_stated(string text, string words)
    {
        Assert.Equal(words, PlainLanguage.For(Read(text)));
        Assert.Equal(Read(text), Read(RuleText.Write(Read(text))));
    }

    private static Retention Read(string text)
    {
        Assert.True(RuleText.TryRead(text, out Retention retention), text);
        return retention;
    }
}
