using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Staff.Governance;

namespace SurveillanceRegistry.Web.Tests.Staff.Governance;

/// <summary>Rows of the table of staff tell conflicts that are still to come.</summary>
public sealed class LaterConflictsTests
{
    private static readonly DateOnly Today = new(2026, 11, 30);

    private static readonly GovernanceTable Table = new(
        [new Technology("alpr", "Plate readers", null, null, null)],
        [
            Text("law-1", "Law 1", "2018-02-01", new(RetentionBound.Limit, 30)),
            Text("law-2", "Law 2", "2027-03-01", new(RetentionBound.Minimum, 50)),
            Text("law-3", "Law 3", "2018-02-01", new(RetentionBound.Limit, 30)),
        ]
    );

    [Fact]
    public void A_row_says_from_which_day_on_it_will_disagree_and_with_which_texts()
    {
        var later = new LaterConflicts(Table, Today);
        Assert.Equal(
            ["from March 1, 2027 on with Law 2", "from March 1, 2027 on with Law 1 and Law 3", "from March 1, 2027 on with Law 2"],
            Table.On(Today).Select(row => Assert.Single(later.Of(row)))
        );
        var filter = new TableFilter(null, null, null, null, null, "disagreeing");
        Assert.DoesNotContain(Table.On(Today), filter.Includes);
        Assert.All(Table.On(Today), row => Assert.True((filter with { Later = later }).Includes(row)));
    }

    [Fact]
    public void A_row_that_disagrees_already_is_not_told_again_as_one_that_will()
    {
        var day = new DateOnly(2027, 3, 1);
        var later = new LaterConflicts(Table, day);
        Assert.All(Table.On(day), row => Assert.Empty(later.Of(row)));
        Assert.All(Table.On(day), row => Assert.NotEmpty(row.DisagreesWith));
    }

    private static Instrument Text(string id, string citation, string from, Retention retention) =>
        new(
            id,
            InstrumentKind.Ordinance,
            citation,
            "City Council",
            [
                new InstrumentVersion(
                    1,
                    citation,
                    new EffectivePeriod(LawDate.Parse(from)),
                    null,
                    null,
                    null,
                    null,
                    null,
                    new Source("The text", null, Today, Confidence.Sourced),
                    [new Rule("alpr", [], [retention], [], new RecordsAccess(RecordsAccessKind.NotKnown), [])]
                ),
            ]
        );
}
