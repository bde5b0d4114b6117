using System.Text.Json;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Inventory.Inventory;

/// <summary>
/// Reports each entry of an imported inventory that would change what is registered. An import adds gateways and devices; places and
/// kiosks are registered by the opening only.
/// </summary>
internal sealed class AdditionsCheck(RegisteredInventory registered)
{
    private readonly HashSet<string> _places = [.. registered.Places.Select(place => place.Id)];
    private readonly HashSet<string> _kiosks = [.. registered.Kiosks.Select(kiosk => kiosk.Id)];
    private readonly Dictionary<string, Device> _devices = registered.Devices.ToDictionary(device => device.Id);
    private readonly Dictionary<string, Gateway> _gateways = registered.Gateways.ToDictionary(gateway => gateway.Id);

    public void Check(YamlKeys keys, InventoryContent inventory)
    {
        keys.CheckEach("places", inventory.Places, place => CheckRegistered("place", place?.Id, _places));
        keys.CheckEach("kiosks", inventory.Kiosks, kiosk => CheckRegistered("kiosk", kiosk?.Id, _kiosks));
        keys.CheckEach("gateways", inventory.Gateways, CheckGateway);
        keys.CheckEach("devices", inventory.Devices, CheckDevice);
        keys.CheckEach("fleet_bases", inventory.FleetBases, CheckFleetBase);
    }

    private (string, string)? CheckFleetBase(FleetBase? fleet) =>
        registered.FleetBases.FirstOrDefault(known => known.Fleet == fleet?.Fleet) is { } known && !IsSame(known, fleet!)
            ? (
                $"other places for the fleet {YamlNode.Quote(known.Fleet)} than are registered",
                "what is registered: an import changes nothing that is registered"
            )
            : null;

    private static bool IsSame(FleetBase one, FleetBase other) =>
        (one.Fleet, one.Department) == (other.Fleet, other.Department) && one.Places.Order().SequenceEqual(other.Places.Order());

    private static (string, string)? CheckRegistered(string what, string? id, HashSet<string> registeredIds) =>
        id is null || registeredIds.Contains(id)
            ? null
            : (
                $"the {what} {YamlNode.Quote(id)}, which is not registered",
                $"a {what} that is registered: an import adds gateways and devices only"
            );

    private (string, string)? CheckGateway(Gateway? gateway)
    {
        if (gateway?.Id is not { } id)
            return null;
        if (_gateways.TryGetValue(id, out var registeredGateway))
            return registeredGateway with { Version = 0 } == gateway ? null : Differs("gateway", id);
        return _devices.ContainsKey(id) ? Differs("device", id) : null;
    }

    private (string, string)? CheckDevice(Device? device)
    {
        if (device?.Id is not { } id)
            return null;
        if (_devices.TryGetValue(id, out var registeredDevice) && ToComparableText(registeredDevice) != ToComparableText(device))
            return Differs("device", id);
        return _gateways.ContainsKey(id) ? Differs("gateway", id) : null;
    }

    private static (string, string)? Differs(string what, string id) =>
        (
            $"{YamlNode.Quote(id)}, which is registered as another {what}",
            "what is registered, or a new id: an import changes nothing that is registered"
        );

    /// <summary>Serialises a device with its sensors in one order. The JSON has no device number, as the file has none.</summary>
    private static string ToComparableText(Device device) =>
        JsonSerializer.Serialize(device with { Sensors = device.Sensors.IsDefault ? [] : [.. device.Sensors.Order()] }, Json.Options);
}
