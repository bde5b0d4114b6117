using SurveillanceRegistry.Domain.Policies.Conflicts;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Tests.Changes.Versions;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Policies.Conflicts;

/// <summary>Texts that cannot both be followed are found and told in sentences that have one meaning.</summary>
public sealed class RetentionConflictTests
{
    private static readonly Technology Readers = new("alpr", "Plate readers", null, null, null);

    public static TheoryData<Retention, Retention, string?> Pairs() =>
        new()
        {
            {
                new(RetentionBound.Limit, 90, null, "patrol reads"),
                new(RetentionBound.Limit, 21, null, null, "with exceptions"),
                "Manual 1 says: patrol reads are kept at most 90 days. "
                    + "Law 2 says: all recordings are kept at most 21 days (with exceptions). The two limits differ."
            },
            {
                new(RetentionBound.Minimum, 60),
                new(RetentionBound.Limit, 21),
                "Manual 1 says: all recordings are kept at least 60 days. Law 2 says: all recordings are kept at most 21 days. "
                    + "The minimum is longer than the limit: both cannot be kept."
            },
            {
                new(RetentionBound.Limit, 21, null, "patrol reads"),
                new(RetentionBound.Practice, 30, null, "Patrol Reads"),
                "Manual 1 says: patrol reads are kept at most 21 days. Law 2 says: Patrol Reads are kept in practice 30 days. "
                    + "The practice is longer than the limit."
            },
            {
                new(RetentionBound.Practice, 5),
                new(RetentionBound.Minimum, 60),
                "Manual 1 says: all recordings are kept in practice 5 days. Law 2 says: all recordings are kept at least 60 days. "
                    + "The practice is shorter than the minimum."
            },
            {
                new(RetentionBound.Limit, null, RetentionEvent.EndOfShift),
                new(RetentionBound.Limit, null, RetentionEvent.EndOfSentence),
                "Manual 1 says: all recordings are kept until the end of the shift. "
                    + "Law 2 says: all recordings are kept until the end of the sentence. The two limits differ."
            },
            { new(RetentionBound.Limit, null, RetentionEvent.EndOfShift), new(RetentionBound.Limit, 21), null },
            { new(RetentionBound.Limit, 30), new(RetentionBound.Practice, 5), null },
            { new(RetentionBound.Minimum, 60), new(RetentionBound.Minimum, 90), null },
            { new(RetentionBound.Minimum, 60), new(RetentionBound.Limit, 60), null },
            { new(RetentionBound.Limit, 90, null, "patrol reads"), new(RetentionBound.Limit, 21, null, "parking reads"), null },
            { new(RetentionBound.Minimum, 60), new(RetentionBound.Limit, null, RetentionEvent.EndOfSentence), null },
        };

    [Fact]
    public void A_conflict_on_some_days_of_the_year_is_told_so() =>
        Two_periods_that_cannot_both_be_kept_are_told_in_plain_sentences(
            new Retention(RetentionBound.Minimum, null) { Months = 6 },
            new Retention(RetentionBound.Limit, 183),
            "Manual 1 says: all recordings are kept at least 6 months. Law 2 says: all recordings are kept at most 183 days. "
                + "A month has 28 to 31 days and a year 365 or 366. "
                + "For recordings of some days of the year, the minimum is longer than the limit: both cannot be kept."
        );

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Two_periods_that_cannot_both_be_kept_are_told_in_plain_sentences(Retention one, Retention other, string? expected)
    {
        var rows = new GovernanceTable([Readers], [Text("manual-1", "Manual 1", one), Text("law-2", "Law 2", other)]).On(Generators.Today);
        var conflicts = RetentionConflict.Among(rows);
        Assert.Equal(expected, conflicts.SingleOrDefault()?.Sentence);
        Assert.All(rows, row => Assert.Equal(expected is null, row.DisagreesWith.IsEmpty));
    }

    [Fact]
    public void Rules_for_different_departments_do_not_disagree()
    {
        var (one, other) = (
            Text("a", "A", new Retention(RetentionBound.Limit, 90)),
            Text("b", "B", new Retention(RetentionBound.Limit, 21))
        );
        Assert.NotEmpty(RetentionConflict.Among(new GovernanceTable([Readers], [For(one, "police"), other]).On(Generators.Today)));
        Assert.Empty(
            RetentionConflict.Among(new GovernanceTable([Readers], [For(one, "police"), For(other, "parks")]).On(Generators.Today))
        );
    }

    [Fact]
    public void Every_conflict_between_two_texts_is_told_and_not_only_the_first()
    {
        var one = Text(
            "manual-1",
            "Manual 1",
            new(RetentionBound.Limit, 30, null, "footage"),
            new(RetentionBound.Minimum, 9, null, "lobby footage")
        );
        var other = Text(
            "law-2",
            "Law 2",
            new(RetentionBound.Minimum, 40, null, "footage"),
            new(RetentionBound.Limit, 8, null, "lobby footage")
        );
        Assert.Equal(
            [
                "Manual 1 says: footage is kept at most 30 days. Law 2 says: footage is kept at least 40 days. "
                    + "The minimum is longer than the limit: both cannot be kept.",
                "Manual 1 says: lobby footage is kept at least 9 days. Law 2 says: lobby footage is kept at most 8 days. "
                    + "The minimum is longer than the limit: both cannot be kept.",
            ],
            Sentences(one, other)
        );
    }

    [Fact]
    public void A_text_that_contradicts_itself_is_told_unless_notes_tell_its_periods_apart()
    {
        Retention minimum = new(RetentionBound.Minimum, null, null, "footage") { Months = 1 };
        Retention limit = new(RetentionBound.Limit, 30, null, "footage");
        Assert.Equal(
            [
                "Manual 1 says: footage is kept at least 1 month. It also says: footage is kept at most 30 days. "
                    + "A month has 28 to 31 days and a year 365 or 366. "
                    + "For recordings of some days of the year, the minimum is longer than the limit: both cannot be kept.",
            ],
            Sentences(Text("manual-1", "Manual 1", minimum, limit))
        );
        Assert.Empty(Sentences(Text("manual-1", "Manual 1", minimum with { Note = "of evidence" }, limit)));
        Assert.Empty(Sentences(Text("manual-1", "Manual 1", minimum with { DataClass = null }, limit)));
    }

    private static string[] Sentences(params Instrument[] instruments) =>
        [
            .. RetentionConflict
                .Among(new GovernanceTable([Readers], [.. instruments]).On(Generators.Today))
                .Select(conflict => conflict.Sentence),
        ];

    private static Instrument Text(string id, string citation, params Retention[] retention)
    {
        var version = AmendedInstrument.Ordinance.Versions[0];
        return AmendedInstrument.Ordinance with
        {
            Id = id,
            Citation = citation,
            Versions = [version with { Rules = [version.Rules[0] with { Retention = [.. retention] }] }],
        };
    }

    private static Instrument For(Instrument instrument, string department)
    {
        var version = instrument.Versions[0];
        return instrument with { Versions = [version with { Rules = [version.Rules[0] with { Departments = [department] }] }] };
    }
}
