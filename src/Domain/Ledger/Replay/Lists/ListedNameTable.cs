using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Lists;

/// <summary>The names in the lists of vendors, models and organisations.</summary>
internal sealed class ListedNameTable() : ReplayedTable("listed_name", ["entry"], ["list", "of_name", "name"])
{
    public override ImmutableArray<string> Kinds => [LedgerKinds.ListExtended];

    public override void Apply(in ReplayedEntry entry) =>
        Expect(
            LedgerEntry.FormatNumber(entry.Index),
            entry.Index,
            Held.Text(entry.RequiredText("list")),
            Held.Text(entry.Text("of")),
            Held.Text(entry.RequiredText("name"))
        );
}
