using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Files.Tests.Fixtures;

/// <summary>The governance of the sample city with many instruments in place of its own.</summary>
internal static class LargeGovernance
{
    private const int VersionsOfEach = 4,
        TechnologiesOfEach = 5;

    /// <summary>Returns instruments with four versions each; every version has rules for five technologies.</summary>
    public static GovernanceSnapshot Create(int instruments)
    {
        var sample = SampleCity.Opening.Governance;
        string[] technologies = [.. sample.Table.Technologies.Take(TechnologiesOfEach).Select(technology => technology.Id)];
        return sample with
        {
            Table = new GovernanceTable(
                sample.Table.Technologies,
                [.. Enumerable.Range(0, instruments).Select(index => Instrument(index, technologies))]
            ),
        };
    }

    private static Instrument Instrument(int index, string[] technologies) =>
        new(
            $"ordinance-{index:0000}",
            InstrumentKind.Ordinance,
            $"Ordinance {120_000 + index}",
            "City Council",
            [.. Enumerable.Range(1, VersionsOfEach).Select(number => Version(index, number, technologies))]
        );

    private static InstrumentVersion Version(int index, int number, string[] technologies) =>
        new(
            number,
            $"On technology, title {number}",
            new EffectivePeriod(LawDate.FromDay(1990 + number, 1, 1), To: LawDate.FromDay(1991 + number, 1, 1)),
            Passed: null,
            Signed: null,
            Filed: null,
            By: $"Ordinance {number + 110_000}",
            SupersededBy: null,
            new Source("Read in the clerk's files", $"https://clerk.example/{index}", new DateOnly(2026, 11, 23), Confidence.Sourced),
            [.. technologies.Select(Rule)]
        );

    private static Rule Rule(string technology) =>
        new(
            technology,
            [Capture.Video, Capture.Audio],
            [new Retention(RetentionBound.Limit, 30, null, "patrol reads", "with exceptions")],
            [new RequiredNotice(NoticeDuty.PostedSign)],
            new RecordsAccess(RecordsAccessKind.Conditions, "On request, as the law says."),
            ["police"],
            Note: "A sentence for readers of the table.",
            Purposes: ["public safety purposes"],
            Owner: "police"
        );
}
