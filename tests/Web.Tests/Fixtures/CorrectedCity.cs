using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Grains.Policies;

namespace SurveillanceRegistry.Web.Tests.Fixtures;

/// <summary>
/// A city of its own in which a program proposed changes and a person approved them, in the afternoon of November 23, 2026: they corrected
/// how long patrol reads may stay, and gave a chapter a new text that takes effect the next day. Then that day began.
/// </summary>
public sealed class CorrectedCity : IAsyncLifetime
{
    internal const string Author = "st-author-4711",
        Approver = "st-approver-0815",
        Amended = "spd-manual-16.091";

    internal SampleCity City { get; } = new();

    /// <summary>A moment before the correction.</summary>
    internal string Before { get; private set; } = "";

    /// <summary>The instant at which the correction was recorded.</summary>
    internal string At { get; private set; } = "";

    private IPoliciesGrain Policies => City.Grains.GetGrain<IPoliciesGrain>(IPoliciesGrain.City);

    public async ValueTask InitializeAsync()
    {
        await City.InitializeAsync();
        await Policies.RecordTransitions();
        Before = LedgerEntry.FormatTime(City.Time.GetUtcNow());
        City.Time.Advance(TimeSpan.FromSeconds(10));
        At = LedgerEntry.FormatTime(City.Time.GetUtcNow());
        await ChangeAsync(
            "spd-manual-16.170",
            "Laws of 2026, ch. 239",
            "The Driver Privacy Act is shorter than the chapter.",
            ShortenRetention
        );
        City.Time.Advance(TimeSpan.FromSeconds(10));
        await ChangeAsync(Amended, "SPD Manual 16.091, draft of November 2026", "The chapter gets a new text.", AddVersion);
        // Midnight in the city is eight in the morning, UTC.
        City.Time.Advance(TimeSpan.FromHours(9.5));
        await Policies.RecordTransitions();
    }

    public ValueTask DisposeAsync() => City.DisposeAsync();

    private static Instrument ShortenRetention(Instrument manual) =>
        manual with
        {
            Versions = manual.Versions.Replace(
                manual.Versions[^1],
                manual.Versions[^1] with
                {
                    Rules =
                    [
                        .. manual
                            .Versions[^1]
                            .Rules.Select(rule =>
                                rule with
                                {
                                    Retention = [.. rule.Retention.Select(one => one.Days == 90 ? one with { Days = 21 } : one)],
                                }
                            ),
                    ],
                }
            ),
        };

    private static Instrument AddVersion(Instrument manual) =>
        manual with
        {
            Versions =
            [
                manual.Versions[^1] with
                {
                    Number = 1,
                    SupersededBy = null,
                    Effective = new EffectivePeriod(LawDate.Parse("2020"), To: LawDate.Parse("2026-11-24")),
                },
                manual.Versions[^1] with
                {
                    Number = 2,
                    SupersededBy = null,
                    Title = "Body-Worn Video, revised",
                    Passed = LawDate.Parse("2026-11-01"),
                    Effective = new EffectivePeriod(LawDate.Parse("2026-11-24")),
                },
            ],
        };

    private async Task ChangeAsync(string id, string source, string reason, Func<Instrument, Instrument> change)
    {
        var policies = Policies;
        var now = (await policies.Governance()).Table.Instruments.First(instrument => instrument.Id == id);
        var proposal = new Proposal(
            reason,
            new Source(source, null, new DateOnly(2026, 11, 23), Confidence.Sourced),
            [new ProposedDocument(PolicyDocument.For(change(now)), 1)]
        );
        var author = new Attribution("editor", "police", Author, IsProgram: true);
        var request = Done(await policies.Draft(proposal, author));
        request = Done(await policies.Act(request.Id, request.Version, ChangeAct.Submitted, author));
        Done(await policies.Act(request.Id, request.Version, ChangeAct.Approved, new Attribution("approver", "police", Approver)));
    }

    private static ChangeRequest Done(Outcome<ChangeRequest> outcome) =>
        outcome.Value
        ?? throw new InvalidOperationException(
            string.Join("; ", outcome.Refusals.Select(refusal => $"{refusal.Where}: {refusal.Sentence}"))
        );
}
