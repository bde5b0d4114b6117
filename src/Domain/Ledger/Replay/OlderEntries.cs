namespace SurveillanceRegistry.Domain.Ledger.Replay;

/// <summary>
/// Entries of older versions that made rows without saying what is in them. A registry that this version opened has none: its first entry
/// says that each row of the opening has an entry of its own.
/// </summary>
internal sealed class OlderEntries
{
    /// <summary>The kind of entry that the first versions wrote for fleets.</summary>
    private const string FleetChanged = "fleet-changed";

    private readonly HashSet<long> _fleetChanges = [];
    private readonly Dictionary<long, string> _openings = [];
    private bool _hasDocuments;
    private bool _hasDevices;

    /// <summary>The kinds of entry that may have made rows in older versions.</summary>
    public static IEnumerable<string> Kinds =>
        [LedgerKinds.RegistryOpened, FleetChanged, LedgerKinds.DocumentRecorded, LedgerKinds.DeviceRegistered];

    /// <summary>Whether each row of the opening, and each credential since, has an entry of its own.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Notes an entry.</summary>
    public void Apply(in ReplayedEntry entry)
    {
        switch (entry.Kind)
        {
            case LedgerKinds.RegistryOpened:
                _openings[entry.Index] = entry.At;
                IsComplete |= entry.Body.TryGetProperty(LedgerEntry.IsComplete, out var complete) && complete.GetBoolean();
                break;
            case FleetChanged:
                _fleetChanges.Add(entry.Index);
                break;
            case LedgerKinds.DocumentRecorded:
                _hasDocuments |= entry.Number("change") is null;
                break;
            case LedgerKinds.DeviceRegistered:
                _hasDevices = _hasDevices || !IsComplete && _openings.ContainsValue(entry.At);
                break;
            default:
                break;
        }
    }

    /// <summary>Whether an entry may have made places and screens.</summary>
    public bool MadePlaces(string? entry) => !IsComplete && IsOpening(entry);

    /// <summary>Whether an entry may have made documents.</summary>
    public bool MadeDocuments(string? entry) => !IsComplete && !_hasDocuments && IsOpening(entry);

    /// <summary>Whether an entry may have made fixed devices.</summary>
    public bool MadeDevices(string? entry) => !IsComplete && !_hasDevices && IsOpening(entry);

    /// <summary>Whether an entry may have made fleets.</summary>
    public bool MadeFleets(string? entry) =>
        !IsComplete && (IsOpening(entry) || Parse(entry) is { } index && _fleetChanges.Contains(index));

    private bool IsOpening(string? entry) => Parse(entry) is { } index && _openings.ContainsKey(index);

    private static long? Parse(string? entry) =>
        long.TryParse(entry, System.Globalization.CultureInfo.InvariantCulture, out var index) ? index : null;
}
