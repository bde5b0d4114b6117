using System.Collections.Immutable;
using System.Text.Json;
using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Devices;

/// <summary>The versions of fleets, as the entries make them.</summary>
internal sealed class FleetVersions
{
    private readonly Dictionary<string, Made> _latest = new(StringComparer.Ordinal);

    /// <summary>The kinds of entry that make one.</summary>
    public static ImmutableArray<string> Kinds =>
        [LedgerKinds.FleetRegistered, LedgerKinds.FleetBased, LedgerKinds.FleetAdded, LedgerKinds.FleetRevised];

    /// <summary>The version that an entry makes; null when it names a fleet that is registered, for another technology.</summary>
    public Made? Next(in ReplayedEntry entry)
    {
        var id = entry.Text("fleet") ?? entry.RequiredText("id");
        var found = _latest.GetValueOrDefault(id);
        if (entry.Kind == LedgerKinds.FleetRegistered && found is not null)
            return null;
        return _latest[id] = entry.Kind switch
        {
            LedgerKinds.FleetRegistered => From(Fleet.Named(id), 1),
            LedgerKinds.FleetBased => Based(entry, found?.Value ?? Fleet.Named(id), (found?.Version ?? 1) + 1),
            LedgerKinds.FleetAdded => Stated(entry, id, 1),
            _ => Stated(entry, id, entry.RequiredNumber("version")),
        };
    }

    private static Made Based(in ReplayedEntry entry, Fleet before, long version) =>
        From(
            before with
            {
                Department = entry.RequiredText("department"),
                Places = [.. entry.Words("places").Split(',', Splits)],
            },
            version
        );

    private static Made Stated(in ReplayedEntry entry, string id, long version)
    {
        var registered = entry.Body.GetProperty("registered");
        var fleet =
            registered.Deserialize<Fleet>(Json.Options) ?? throw new KeyNotFoundException($"The entry says nothing of the fleet '{id}'.");
        return new Made(id, version, fleet, Held.Json(registered));
    }

    private static Made From(Fleet fleet, long version) =>
        new(fleet.Id, version, fleet, Held.Json(JsonSerializer.SerializeToElement(fleet, Json.Options)));

    private const StringSplitOptions Splits = StringSplitOptions.RemoveEmptyEntries;

    /// <summary>A version that an entry makes.</summary>
    /// <param name="Body">What the entry holds of it.</param>
    internal sealed record Made(string Id, long Version, Fleet Value, Held Body);
}
