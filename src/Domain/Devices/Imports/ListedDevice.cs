using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports.Rows;
using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Domain.Devices.Imports;

/// <summary>A device as a row of a list says it.</summary>
/// <param name="Row">The number of the row.</param>
/// <param name="Name">What the list calls it: words for where it hangs; empty when it has none.</param>
/// <param name="Device">The device, with a made id where the list has none.</param>
/// <param name="Fields">The fields that the row says. What it does not say stays as it is registered.</param>
public sealed record ListedDevice(int Row, string Name, FixedDevice Device, ImmutableHashSet<string> Fields)
{
    /// <summary>Reads every row of a list; the problems of the cells that cannot be read.</summary>
    public static (ImmutableArray<ListedDevice> Devices, ImmutableArray<ListProblem> Problems) ReadAll(
        CityList list,
        ListMapping mapping,
        FactChecks checks,
        ImmutableArray<Place> places,
        CancellationToken cancellationToken
    ) => ListRowReader.Read(list, mapping, checks, places, cancellationToken);

    /// <summary>The registered device with what the row says.</summary>
    public FixedDevice ApplyTo(Device registered)
    {
        ArgumentNullException.ThrowIfNull(registered);
        var before = registered as FixedDevice ?? new FixedDevice(registered);
        var after = before with
        {
            Sensors = Said(ListFields.Sensors) ? Device.Sensors : before.Sensors,
            Place = Said(ListFields.Place) ? Device.Place : before.Place,
            Department = Said(ListFields.Department) ? Device.Department : before.Department,
            // The list does not know that a device was removed here: a device that is in the list again is in use again.
            Lifecycle = Said(ListFields.Lifecycle) || before.Lifecycle == Lifecycle.Removed ? Device.Lifecycle : before.Lifecycle,
            Gateway = Said(ListFields.Gateway) ? Device.Gateway : before.Gateway,
            OwnDeadlineSeconds = Said(ListFields.Deadline) ? Device.OwnDeadlineSeconds : before.OwnDeadlineSeconds,
            AssetNumber = Said(ListFields.AssetNumber) ? Device.AssetNumber : before.AssetNumber,
            Vendor = Said(ListFields.Vendor) ? Device.Vendor : before.Vendor,
            Model = Said(ListFields.Model) ? Device.Model : before.Model,
            InstalledOn = Said(ListFields.InstalledOn) ? Device.InstalledOn : before.InstalledOn,
            Operator = Said(ListFields.Operator) ? Device.Operator : before.Operator,
            Owner = Said(ListFields.Owner) ? Device.Owner : before.Owner,
            Position = Said(ListFields.Latitude) ? Device.Position : before.Position,
            Directions = Said(ListFields.Directions) ? Device.Directions : before.Directions,
            MountingHeight = Said(ListFields.MountingHeight) ? Device.MountingHeight : before.MountingHeight,
            Coverage = Said(ListFields.Coverage) ? Device.Coverage : before.Coverage,
        };
        var given = Device.Sources ?? ImmutableSortedDictionary<string, FactSource>.Empty;
        if (!Said(ListFields.Sources))
        {
            // A source of a fact that stays as it is stays too.
            var changed = DeviceFact.Differing(before, after).Select(fact => fact.Member).ToHashSet(StringComparer.Ordinal);
            given = given.RemoveRange(given.Keys.Where(member => !changed.Contains(member)));
        }

        return (FixedDevice)DeviceFact.WithSources(before, after, given);
    }

    private bool Said(string field) => Fields.Contains(field);
}
