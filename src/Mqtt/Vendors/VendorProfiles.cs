using System.Collections.Frozen;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Vendors.Facts;

namespace SurveillanceRegistry.Mqtt.Vendors;

/// <summary>The profiles by which vendors' messages are read. Each is indexed once for all sessions.</summary>
public sealed class VendorProfiles(IEnumerable<Profile> profiles)
{
    private readonly FrozenDictionary<string, UnitIndex> _indexes = profiles.ToFrozenDictionary(
        profile => profile.Id,
        profile => new UnitIndex(profile),
        StringComparer.Ordinal
    );

    internal UnitIndex? Find(string? id) => id is not null && _indexes.TryGetValue(id, out var index) ? index : null;
}
