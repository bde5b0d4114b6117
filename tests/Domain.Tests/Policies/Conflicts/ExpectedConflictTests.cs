using SurveillanceRegistry.Domain.Policies.Conflicts;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Tests.Changes.Versions;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Policies.Conflicts;

/// <summary>A conflict with a text to come is told before its day.</summary>
public sealed class ExpectedConflictTests
{
    private static readonly Technology Readers = new("alpr", "Plate readers", null, null, null);

    private static readonly Instrument Limit = Text("manual-1", "Manual 1", "2018-02-01", new(RetentionBound.Limit, 30));

    private static readonly Instrument Minimum = Text("law-2", "Law 2", "2027-03-01", new(RetentionBound.Minimum, 50));

    private const string Sentences =
        "Law 2 says: all recordings are kept at least 50 days. Manual 1 says: all recordings are kept at most 30 days. "
        + "The minimum is longer than the limit: both cannot be kept.";

    [Fact]
    public void A_conflict_with_a_scheduled_text_is_told_with_its_first_day()
    {
        var conflict = Assert.Single(ExpectedConflict.In(Table(Minimum, Limit), Generators.Today));
        Assert.Equal("From March 1, 2027 on: " + Sentences, conflict.Sentence);
        Assert.All(Table(Minimum, Limit).On(Generators.Today), row => Assert.Empty(row.DisagreesWith));
    }

    [Fact]
    public void A_conflict_from_a_month_that_is_not_known_to_the_day_is_told_as_possible()
    {
        var minimum = Text("law-2", "Law 2", "2027-03", new(RetentionBound.Minimum, 50));
        Assert.Equal(
            "Perhaps from March 1, 2027 on: " + Sentences,
            Assert.Single(ExpectedConflict.In(Table(minimum, Limit), Generators.Today)).Sentence
        );
    }

    [Fact]
    public void A_conflict_that_holds_today_is_told_once_and_without_a_day()
    {
        var conflict = Assert.Single(ExpectedConflict.In(Table(Minimum, Limit), new DateOnly(2027, 3, 1)));
        Assert.Equal(Sentences, conflict.Sentence);
        Assert.Null(conflict.From);
    }

    [Fact]
    public void A_text_that_waits_for_an_event_is_law_on_no_day_and_conflicts_with_nothing()
    {
        var version = Minimum.Versions[0] with { Effective = new EffectivePeriod(null) { Condition = "the mayor signs" } };
        Assert.Empty(ExpectedConflict.In(Table(Minimum with { Versions = [version] }, Limit), Generators.Today));
    }

    [Fact]
    public void A_change_adds_the_conflicts_that_are_not_recorded_already()
    {
        var practice = Text("page-3", "Page 3", "2018-02-01", new(RetentionBound.Practice, 40));
        var added = ExpectedConflict.Added(Table(Minimum, Limit, practice), Table(Minimum, Limit), Generators.Today);
        Assert.Equal(
            [
                "Manual 1 says: all recordings are kept at most 30 days. Page 3 says: all recordings are kept in practice 40 days. "
                    + "The practice is longer than the limit.",
                "From March 1, 2027 on: Law 2 says: all recordings are kept at least 50 days. "
                    + "Page 3 says: all recordings are kept in practice 40 days. The practice is shorter than the minimum.",
            ],
            added.Select(conflict => conflict.Sentence)
        );
        Assert.Empty(ExpectedConflict.Added(Table(Minimum, Limit), Table(Minimum, Limit), Generators.Today));
    }

    private static GovernanceTable Table(params Instrument[] instruments) => new([Readers], [.. instruments]);

    private static Instrument Text(string id, string citation, string from, Retention retention)
    {
        var version = AmendedInstrument.Ordinance.Versions[0] with { Effective = new EffectivePeriod(LawDate.Parse(from)) };
        return AmendedInstrument.Ordinance with
        {
            Id = id,
            Citation = citation,
            Versions = [version with { Rules = [version.Rules[0] with { Retention = [retention] }] }],
        };
    }
}
