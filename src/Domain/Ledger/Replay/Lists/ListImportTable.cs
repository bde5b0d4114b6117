using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Lists;

/// <summary>The recorded lists of the city. The devices of a list have entries of their own.</summary>
internal sealed class ListImportTable()
    : ReplayedTable(
        "list_import",
        ["id"],
        ["list", "file_sha256", "format", "added", "changed", "removed", "entry", "undone_entry", "recorded_at"]
    )
{
    private const int UndoneEntry = 7;

    public override ImmutableArray<string> Kinds => [LedgerKinds.ListImported, LedgerKinds.ListImportUndone];

    public override void Apply(in ReplayedEntry entry)
    {
        var id = entry.RequiredText("import");
        if (entry.Kind == LedgerKinds.ListImportUndone)
        {
            if (Find(id) is { } values)
                values[UndoneEntry] = Held.Number(entry.Index);
            return;
        }

        Expect(
            id,
            entry.Index,
            Held.Text(entry.RequiredText("list")),
            Held.Text(entry.RequiredText("sha256")),
            Held.Text(entry.RequiredText("format")),
            Held.Number(entry.RequiredNumber("added")),
            Held.Number(entry.RequiredNumber("changed")),
            Held.Number(entry.RequiredNumber("removed")),
            Held.Number(entry.Index),
            Held.Text(null),
            Held.Text(entry.At)
        );
    }
}
