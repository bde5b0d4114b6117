using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks;

/// <summary>The sample city with ten thousand rules: 500 instruments, each with four versions of rules for five technologies.</summary>
internal static class LargeGovernance
{
    public const int Instruments = 500,
        Versions = 4,
        Technologies = 5,
        Rules = Instruments * Versions * Technologies;

    /// <param name="retentionDays">The limit that each rule sets.</param>
    public static GovernanceSnapshot Create(int retentionDays)
    {
        var sample = PolicyFiles.Read(Path.Combine(Programs.Root, "policies")).Value!.Governance;
        ImmutableArray<Rule> rules =
        [
            .. sample.Table.Technologies.Take(Technologies).Select(technology => Rule(technology.Id, retentionDays)),
        ];
        return sample with
        {
            Table = new GovernanceTable(
                sample.Table.Technologies,
                [.. Enumerable.Range(0, Instruments).Select(index => Instrument(index, rules))]
            ),
        };
    }

    private static Instrument Instrument(int index, ImmutableArray<Rule> rules) =>
        new(
            $"ordinance-{index:0000}",
            InstrumentKind.Ordinance,
            $"Ordinance {120_000 + index}",
            "City Council",
            [.. Enumerable.Range(1, Versions).Select(number => Version(index, number, rules))]
        );

    private static InstrumentVersion Version(int index, int number, ImmutableArray<Rule> rules) =>
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
            rules
        );

    private static Rule Rule(string technology, int retentionDays) =>
        new(
            technology,
            [Capture.Video, Capture.Audio],
            [new Retention(RetentionBound.Limit, retentionDays, null, "patrol reads", "with exceptions")],
            [new RequiredNotice(NoticeDuty.PostedSign)],
            new RecordsAccess(RecordsAccessKind.Conditions, "On request, as the law says."),
            ["police"],
            Note: "A sentence for readers of the table.",
            Purposes: ["public safety purposes"],
            Owner: "police"
        );
}
