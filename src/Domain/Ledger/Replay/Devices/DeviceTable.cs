using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Devices;

/// <summary>
/// The fixed devices. Those of fleets are in <see cref="MobileDevices"/>. A city may have very many, so of each only its place and its
/// body wait for the comparison. What only some devices have is kept apart.
/// </summary>
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

    private readonly Dictionary<string, string> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _changes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Held> _epochsFrom = new(StringComparer.Ordinal);

    /// <summary>Devices that an older version registered without an entry.</summary>
    private readonly HashSet<string> _older = new(StringComparer.Ordinal);

    private readonly JsonStore _bodies = new();
    private string _lastPlace = "";
    private long _lastEntry;

    public override ImmutableArray<string> Kinds => [LedgerKinds.DeviceRegistered, LedgerKinds.DeviceChanged, LedgerKinds.DeviceClockReset];

    public override bool IsPrepared => true;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Apply(in ReplayedEntry entry)
    {
        if (entry.Kind == LedgerKinds.DeviceClockReset)
        {
            var reset = entry.RequiredText("device");
            _epochsFrom[reset] = entry.HeldText("epochsFrom");
            if (Find(reset) is null)
                ExpectOlder(reset, entry.Index, Held.NotHeld, Held.NotHeld);
            return;
        }

        var id = entry.RequiredText("id");
        var place = Held.Text(PlaceOf(entry));
        if (entry.Kind == LedgerKinds.DeviceRegistered)
            Expect(id, entry.Index, place, BodyOf(entry));
        else if (Find(id) is { } values)
            (values[0], values[1], _changes[id]) = (place, BodyOf(entry), _changes.GetValueOrDefault(id) + 1);
        else
            ExpectOlder(id, entry.Index, place, BodyOf(entry));
    }

    protected override Held Value(string key, long entry, Held[] values, int column) =>
        column switch
        {
            Place => values[0],
            Body => values[1],
            Fleet => Held.Text(null),
            Entry => _older.Contains(key) ? Held.NotHeld : Held.Number(entry),
            EpochsFrom => _epochsFrom.GetValueOrDefault(key, _older.Contains(key) ? Held.NotHeld : Held.Text(null)),
            Version => _older.Contains(key) ? Held.NotHeld : Held.Number(1 + _changes.GetValueOrDefault(key)),
            _ => throw new ArgumentOutOfRangeException(nameof(column), column, null),
        };

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

    private void ExpectOlder(string id, long entry, Held place, Held body)
    {
        _older.Add(id);
        Expect(id, entry, place, body);
    }

    /// <summary>The place of a device: one text for all devices of a place.</summary>
    private string PlaceOf(in ReplayedEntry entry)
    {
        if (entry.Body.TryGetProperty("place", out var same) && same.ValueEquals(_lastPlace))
            return _lastPlace;
        var place = entry.RequiredText("place");
        return _lastPlace = _places.TryGetValue(place, out var shared) ? shared : _places[place] = place;
    }

    private Held BodyOf(in ReplayedEntry entry)
    {
        if (entry.Body.TryGetProperty("registered", out var whole))
            return Held.Json(whole, _bodies);
        var members = entry.Body.EnumerateObject().Where(member => OlderMembers.Contains(member.Name));
        return Held.SomeMembers(
            JsonSerializer.Serialize(members.ToDictionary(member => member.Name, member => member.Value), Json.Options)
        );
    }
}
