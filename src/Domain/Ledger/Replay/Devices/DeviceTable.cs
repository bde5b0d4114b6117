using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Devices;

/// <summary>The fixed devices. Those of fleets are in <see cref="MobileDevices"/>.</summary>
internal sealed class DeviceTable(OlderEntries older)
    : ReplayedTable("device", ["id"], ["place", "fleet", "body", "entry", "epochs_from", "version"])
{
    private const int Place = 0,
        Fleet = 1,
        Body = 2,
        Entry = 3,
        EpochsFrom = 4,
        Version = 5;

    /// <summary>The members of an older entry that stand in the body of the row too.</summary>
    private static readonly string[] OlderMembers = ["id", "kind", "sensors", "place", "department", "lifecycle", "gateway"];

    private readonly Dictionary<string, int> _versions = new(StringComparer.Ordinal);
    private long _lastEntry;

    public override ImmutableArray<string> Kinds => [LedgerKinds.DeviceRegistered, LedgerKinds.DeviceChanged, LedgerKinds.DeviceClockReset];

    public override void Apply(in ReplayedEntry entry)
    {
        if (entry.Kind == LedgerKinds.DeviceClockReset)
        {
            // Of a device that an older version registered without an entry, nothing else is known.
            var reset = entry.RequiredText("device");
            (Find(reset) ?? ExpectOlder(reset, entry.Index))[EpochsFrom] = entry.HeldText("epochsFrom");
            return;
        }

        var id = entry.RequiredText("id");
        if (entry.Kind == LedgerKinds.DeviceRegistered)
        {
            _versions[id] = 1;
            var row = new Held[6];
            (row[Entry], row[EpochsFrom], row[Version]) = (Held.Number(entry.Index), Held.Text(null), Held.Number(1));
            Expect(id, entry.Index, row);
        }

        var values = Find(id) ?? ExpectOlder(id, entry.Index);
        values[Place] = Held.Text(entry.RequiredText("place"));
        values[Fleet] = Held.Text(null);
        values[Body] = BodyOf(entry);
        if (entry.Kind == LedgerKinds.DeviceChanged && _versions.TryGetValue(id, out var version))
            values[Version] = Held.Number(_versions[id] = version + 1);
    }

    // Stored: the columns, and the device number.
    protected override string?[] Read(string?[] stored) => stored[..7];

    protected override bool IsOlder(string?[] stored) => older.MadeDevices(stored[4]);

    /// <summary>
    /// Devices are stored in the order of their numbers. A later number was given later, so a device with the number of another one, and
    /// with its heartbeats, is found.
    /// </summary>
    protected override TableFault? CheckOrder(string key, string?[] stored)
    {
        if (!long.TryParse(stored[4], CultureInfo.InvariantCulture, out var entry))
            return null;
        if (entry < _lastEntry)
            return new TableFault(Name, key, "slot", "a number in the order of registration", stored[7]);
        _lastEntry = entry;
        return null;
    }

    private Held[] ExpectOlder(string id, long entry)
    {
        Expect(id, entry, [.. Enumerable.Repeat(Held.NotHeld, 6)]);
        return Find(id)!;
    }

    private static Held BodyOf(in ReplayedEntry entry)
    {
        if (entry.Body.TryGetProperty("registered", out var whole))
            return Held.Json(whole.GetRawText());
        var members = entry.Body.EnumerateObject().Where(member => OlderMembers.Contains(member.Name));
        return Held.SomeMembers(
            JsonSerializer.Serialize(members.ToDictionary(member => member.Name, member => member.Value), Json.Options)
        );
    }
}
