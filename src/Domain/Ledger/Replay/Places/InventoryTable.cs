using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Places;

/// <summary>Every version of places and screens. Each entry makes one; the opening of an older version made several.</summary>
internal sealed class InventoryTable(OlderEntries older)
    : ReplayedTable("inventory_version", ["entry", "register", "id"], ["version", "holds_from", "recorded_at", "body"])
{
    private const string Place = "place",
        Kiosk = "kiosk";

    public override ImmutableArray<string> Kinds =>
        [LedgerKinds.PlaceRegistered, LedgerKinds.PlaceChanged, LedgerKinds.KioskRegistered, LedgerKinds.KioskChanged];

    public override bool IsInEntryOrder => true;

    public override void Apply(in ReplayedEntry entry)
    {
        var register = entry.Kind is LedgerKinds.PlaceRegistered or LedgerKinds.PlaceChanged ? Place : Kiosk;
        var isNew = entry.Kind is LedgerKinds.PlaceRegistered or LedgerKinds.KioskRegistered;
        Expect(
            $"{LedgerEntry.FormatNumber(entry.Index)} {register} {entry.RequiredText("id")}",
            entry.Index,
            Held.Number(isNew ? 1 : entry.RequiredNumber("version")),
            Held.Text(entry.Text("since") ?? entry.At),
            Held.Text(entry.At),
            Held.Json(entry.Body.GetProperty("registered"))
        );
    }

    protected override bool IsOlder(string?[] stored) => older.MadePlaces(stored[0]);
}
