using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Devices;

/// <summary>The fleets as they are now, with the places that their people work from.</summary>
internal sealed class FleetBaseTable(OlderEntries older)
    : ReplayedTable("fleet_base", ["id"], ["department", "places", "body", "entry", "version"])
{
    private const int Entry = 3;

    private readonly FleetVersions _versions = new();

    public override ImmutableArray<string> Kinds => FleetVersions.Kinds;

    public override void Apply(in ReplayedEntry entry)
    {
        if (_versions.Next(entry) is not { } made)
            return;
        Expect(
            made.Id,
            entry.Index,
            Held.Text(made.Value.Department),
            Held.Text(string.Join(',', made.Value.Places)),
            made.Body,
            made.Version == 1 ? Held.Number(entry.Index) : Find(made.Id)?[Entry] ?? Held.NotHeld,
            Held.Number(made.Version)
        );
    }

    protected override bool IsOlder(string?[] stored) => older.MadeFleets(stored[Entry + 1]);
}
