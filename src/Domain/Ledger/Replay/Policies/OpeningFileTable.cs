using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Policies;

/// <summary>The files from which the registry was opened.</summary>
internal sealed class OpeningFileTable() : ReplayedTable("opening_file", ["entry", "name"], ["sha256"])
{
    public override ImmutableArray<string> Kinds => [LedgerKinds.RegistryOpened];

    public override void Apply(in ReplayedEntry entry)
    {
        foreach (var file in entry.Body.GetProperty("files").EnumerateArray())
        {
            var name = file.GetProperty("name").GetString();
            Expect($"{LedgerEntry.FormatNumber(entry.Index)} {name}", entry.Index, Held.Text(file.GetProperty("sha256").GetString()));
        }
    }
}
