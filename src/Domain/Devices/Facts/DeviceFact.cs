using System.Collections.Immutable;
using System.Text.Json;

namespace SurveillanceRegistry.Domain.Devices.Facts;

/// <summary>A fact about a device beside what it captures.</summary>
/// <param name="Member">Its member in JSON, e.g. <c>assetNumber</c>.</param>
/// <param name="IsOfFixed">Whether only fixed devices have it.</param>
/// <param name="Value">Its value for a device; null when that is not known.</param>
/// <param name="Without">The device without it.</param>
public sealed record DeviceFact(string Member, bool IsOfFixed, Func<Device, object?> Value, Func<Device, Device> Without)
{
    /// <summary>Every fact, in the order in which pages show them.</summary>
    public static ImmutableArray<DeviceFact> All { get; } =
    [
        Any("assetNumber", device => device.AssetNumber, device => device with { AssetNumber = null }),
        Any("vendor", device => device.Vendor, device => device with { Vendor = null, Model = null }),
        Any("model", device => device.Model, device => device with { Model = null }),
        Any("installedOn", device => device.InstalledOn, device => device with { InstalledOn = null }),
        Any("operator", device => device.Operator, device => device with { Operator = null }),
        Any("owner", device => device.Owner, device => device with { Owner = null }),
        Fixed("position", device => device.Position, device => device with { Position = null }),
        Fixed("directions", device => device.Directions, device => device with { Directions = null }),
        Fixed("coverage", device => device.Coverage, device => device with { Coverage = null }),
        Fixed("mountingHeight", device => device.MountingHeight, device => device with { MountingHeight = null }),
    ];

    /// <summary>The fact with this member, or null.</summary>
    public static DeviceFact? Find(string member) => All.FirstOrDefault(fact => fact.Member == member);

    /// <summary>The facts that differ between two devices.</summary>
    public static IEnumerable<DeviceFact> Differing(Device before, Device after) =>
        All.Where(fact => Text(fact.Value(before)) != Text(fact.Value(after)));

    /// <summary>
    /// Gives a changed device the sources of its facts. What a source said of an old value it does not say of a new one: a changed fact has
    /// the given source, or none.
    /// </summary>
    /// <param name="before">The device before the change; null for a new one.</param>
    /// <param name="given">The sources that are stated now, by the members of their facts.</param>
    public static Device WithSources(Device? before, Device after, IReadOnlyDictionary<string, FactSource> given)
    {
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(given);
        var known = before?.Sources ?? ImmutableSortedDictionary.Create<string, FactSource>(StringComparer.Ordinal);
        if (before is not null)
            known = known.RemoveRange(Differing(before, after).Select(fact => fact.Member));
        known = known.SetItems(given);
        return after with { Sources = known.IsEmpty ? null : known };
    }

    private static string? Text(object? value) => value is null ? null : JsonSerializer.Serialize(value, Json.Options);

    private static DeviceFact Any(string member, Func<Device, object?> value, Func<Device, Device> without) =>
        new(member, false, value, without);

    private static DeviceFact Fixed(string member, Func<FixedDevice, object?> value, Func<FixedDevice, Device> without) =>
        new(
            member,
            true,
            device => device is FixedDevice installed ? value(installed) : null,
            device => device is FixedDevice installed ? without(installed) : device
        );
}
