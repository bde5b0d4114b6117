using System.Collections.Frozen;
using System.Collections.Immutable;
using MQTTnet;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Vendors.Adapters;
using SurveillanceRegistry.Mqtt.Vendors.Facts;
using SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

namespace SurveillanceRegistry.Mqtt.Vendors;

/// <summary>
/// The vendor side of a gateway's session: what its messages mean, and what the registry sends in the vendor's protocol. The thread that
/// reads the connection and the check timer both call it; a lock guards the state machine.
/// </summary>
/// <param name="units">The profile by which the gateway is read.</param>
/// <param name="devices">The devices behind the gateway at its sign-in, by id. What it publishes for a removed one is a knock.</param>
/// <param name="epoch">The epoch of every heartbeat of the session.</param>
/// <param name="startedAt">When the session began.</param>
internal sealed class VendorConnection(
    UnitIndex units,
    FrozenDictionary<string, DeviceIngestState> devices,
    long epoch,
    DateTimeOffset startedAt
)
{
    private readonly VendorStateMachine _stateMachine = new(
        units,
        id => devices.TryGetValue(id, out var device) ? device.Device : null,
        epoch
    );
    private readonly Lock _lock = new();
    private readonly FrozenDictionary<string, Device> _registered = devices
        .Where(device => device.Value.Device.Lifecycle != Lifecycle.Removed)
        .ToFrozenDictionary(device => device.Key, device => device.Value.Device, StringComparer.Ordinal);

    /// <summary>The turn to append what the gateway's messages report.</summary>
    public VendorTurn Turn { get; } = new();

    /// <summary>The name of the adapter, for metrics.</summary>
    public string Adapter { get; } = AdapterCatalogue.NameOf(units.Profile.Adapter);

    /// <summary>
    /// Whether the gateway publishes for fixed devices only. False if a unit of its profile is not registered behind it: that unit may be
    /// registered as a mobile device later.
    /// </summary>
    public bool IsFixed { get; } =
        devices.Values.All(device => !device.Device.KindOf.IsMobile) && units.Profile.Units.All(unit => devices.ContainsKey(unit.Device));

    /// <summary>The messages about the registry itself, for a client that subscribes to them.</summary>
    public ImmutableArray<VendorMessage> Announcements { get; } = new VendorStateMachine(units, _ => null, epoch).Begun(startedAt).Messages;

    /// <summary>Whether the gateway may publish on a topic, or leave its will on it.</summary>
    public bool CanRead(string topic) => Classify(topic) == TopicDecision.Read;

    /// <summary>Decides on a topic without reading the payload.</summary>
    public TopicDecision Classify(string topic) => _stateMachine.Classify(topic);

    /// <summary>Whether the gateway may subscribe to a topic: only to the registry's own messages in the vendor's protocol.</summary>
    public bool MayReceive(string filter) =>
        units.Profile.Adapter == AdapterKind.Sparkplug
        && (
            IsAnnouncement(filter)
            || filter.StartsWith("spBv1.0/", StringComparison.Ordinal) && filter.Split('/') is [_, not ("#" or "+"), "NCMD" or "DCMD", ..]
        );

    /// <summary>Whether a filter asks for the state of this host. The states of other hosts are not the registry's to tell.</summary>
    public bool IsAnnouncement(string filter) =>
        filter.StartsWith("spBv1.0/STATE/", StringComparison.Ordinal)
        && Announcements.Any(message => MqttTopicFilterComparer.Compare(message.Topic, filter) == MqttTopicFilterCompareResult.IsMatch);

    /// <summary>Whether the registration of a device differs from the one at the sign-in.</summary>
    /// <param name="device">The device behind this gateway; null when there is none.</param>
    public bool Differs(string id, Device? device) =>
        _registered.TryGetValue(id, out var before)
            ? device is null || device.Kind != before.Kind || !device.Sensors.SequenceEqual(before.Sensors)
            : device is not null;

    /// <summary>Whether the registration of any device behind the gateway differs from the one at the sign-in.</summary>
    public bool Differs(IReadOnlyCollection<Device> behind)
    {
        var now = behind.Where(device => device.Lifecycle != Lifecycle.Removed).ToArray();
        return now.Length != _registered.Count || now.Any(device => Differs(device.Id, device));
    }

    public VendorAnswer Handle(string topic, ReadOnlySpan<byte> payload, bool isRetained, DateTimeOffset now)
    {
        lock (_lock)
            return _stateMachine.Handle(topic, payload, isRetained, now);
    }

    /// <summary>Handles the loss of a message whose payload was not read.</summary>
    public VendorAnswer Lose(string topic, DateTimeOffset now)
    {
        lock (_lock)
            return _stateMachine.Lose(topic, now);
    }

    /// <summary>Lets time pass. Null when no deadline has come.</summary>
    public VendorAnswer? Tick(DateTimeOffset now)
    {
        lock (_lock)
            return _stateMachine.TickAt is { } at && at <= now ? _stateMachine.Tick(now) : null;
    }

    public VendorAnswer Ended(DateTimeOffset now)
    {
        lock (_lock)
            return _stateMachine.Ended(now);
    }

    /// <summary>Records that the last report of a device was not stored, so that the next message repeats it.</summary>
    public void RepeatReport(string deviceId)
    {
        lock (_lock)
            _stateMachine.RepeatReport(deviceId);
    }

    /// <summary>Returns the device with an id; null when it was not behind the gateway at its sign-in.</summary>
    public DeviceIngestState? FindDevice(string deviceId) => devices.GetValueOrDefault(deviceId);
}
