using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Policies;

/// <summary>The days that began. Of a day on which no rule took effect there is no entry.</summary>
internal sealed class TurnedDayTable() : ReplayedTable("turned_day", ["day"], ["entry"])
{
    public override ImmutableArray<string> Kinds => [LedgerKinds.RuleSwitched];

    public override void Apply(in ReplayedEntry entry)
    {
        // The row has the first entry of its day.
        var day = entry.RequiredText("day");
        if (Find(day) is null)
            Expect(day, entry.Index, Held.Number(entry.Index));
    }

    protected override bool CountsOlderRows => false;

    protected override bool IsOlder(string?[] stored) => stored[1] is null;
}
