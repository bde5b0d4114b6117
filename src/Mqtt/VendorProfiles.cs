using System.Collections.Frozen;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Adapters;

namespace SurveillanceRegistry.Mqtt;

/// <summary>The profiles by which vendors' messages are read, made ready once for all sessions.</summary>
public sealed class VendorProfiles(IEnumerable<Profile> profiles)
{
    private readonly FrozenDictionary<string, UnitTable> _tables = profiles.ToFrozenDictionary(profile => profile.Id, profile => new UnitTable(profile), StringComparer.Ordinal);

    internal UnitTable? Of(string? id) => id is not null && _tables.TryGetValue(id, out var table) ? table : null;
}
