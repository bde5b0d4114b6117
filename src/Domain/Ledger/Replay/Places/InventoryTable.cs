using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger.Replay.Devices;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Places;

/// <summary>
/// Every version of places, screens and fleets. Each entry makes one at most; the opening of an older version made several.
/// </summary>
internal sealed class InventoryTable(OlderEntries older)
    : ReplayedTable("inventory_version", ["entry", "register", "id"], ["version", "holds_from", "recorded_at", "body"])
{
    private const string Place = "place",
        Kiosk = "kiosk",
        Fleet = "fleet";

    private readonly FleetVersions _fleets = new();

    public override ImmutableArray<string> Kinds =>
        [
            LedgerKinds.PlaceRegistered,
            LedgerKinds.PlaceChanged,
            LedgerKinds.KioskRegistered,
            LedgerKinds.KioskChanged,
            .. FleetVersions.Kinds,
        ];

    public override bool IsInEntryOrder => true;

    public override void Apply(in ReplayedEntry entry)
    {
        switch (entry.Kind)
        {
            case LedgerKinds.PlaceRegistered or LedgerKinds.KioskRegistered:
                Apply(entry, 1);
                break;
            case LedgerKinds.PlaceChanged or LedgerKinds.KioskChanged:
                Apply(entry, entry.RequiredNumber("version"));
                break;
            default:
                if (_fleets.Next(entry) is { } made)
                    Expect(entry, Fleet, made.Id, made.Version, made.Body);
                break;
        }
    }

    protected override bool IsOlder(string?[] stored) => stored[1] == Fleet ? older.MadeFleets(stored[0]) : older.MadePlaces(stored[0]);

    private void Apply(in ReplayedEntry entry, long version)
    {
        var register = entry.Kind is LedgerKinds.PlaceRegistered or LedgerKinds.PlaceChanged ? Place : Kiosk;
        Expect(entry, register, entry.RequiredText("id"), version, Held.Json(entry.Body.GetProperty("registered")));
    }

    private void Expect(in ReplayedEntry entry, string register, string id, long version, Held body) =>
        Expect(
            $"{LedgerEntry.FormatNumber(entry.Index)} {register} {id}",
            entry.Index,
            Held.Number(version),
            Held.Text(entry.Text("since") ?? entry.At),
            Held.Text(entry.At),
            body
        );
}
