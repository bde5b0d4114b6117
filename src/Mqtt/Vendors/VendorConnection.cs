using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.Presence;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.SignIn;
using SurveillanceRegistry.Mqtt.Vendors.Adapters;
using SurveillanceRegistry.Mqtt.Vendors.Facts;
using SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

namespace SurveillanceRegistry.Mqtt.Vendors;

/// <summary>
/// What a gateway with a profile says in its vendor's words, and what it is told in them. One thread at a time: the line reads, the clock
/// ticks.
/// </summary>
internal sealed class VendorConnection(
    UnitIndex units,
    FrozenDictionary<string, DeviceIngestState> senders,
    long epoch,
    DateTimeOffset began
)
{
    private readonly VendorStateMachine _lastReports = new(
        units,
        id => senders.TryGetValue(id, out var sender) ? sender.Device : null,
        epoch
    );
    private readonly Lock _lock = new();
    private readonly FrozenDictionary<string, Device> _registered = senders.ToFrozenDictionary(
        sender => sender.Key,
        sender => sender.Value.Device,
        StringComparer.Ordinal
    );

    public string Adapter { get; } = AdapterCatalogue.NameOf(units.Profile.Adapter);

    /// <summary>
    /// Whether the gateway stands for fixed devices only. A unit of its profile that is not registered behind it may be registered as a
    /// mobile one tomorrow: then it does not.
    /// </summary>
    public bool IsFixed { get; } =
        senders.Values.All(sender => !sender.Device.KindOf.IsMobile) && units.Profile.Units.All(unit => senders.ContainsKey(unit.Device));

    /// <summary>What is to be sent to whoever subscribes: the registry announces itself.</summary>
    public ImmutableArray<VendorMessage> Announcements { get; } = new VendorStateMachine(units, _ => null, epoch).Begun(began).Messages;

    /// <summary>Whether a topic may be published on, or left as a will.</summary>
    public bool CanRead(string topic) => _lastReports.Classify(topic) == TopicDecision.Keep;

    /// <summary>Whether a vendor's units may listen to a topic: only what the registry itself says in their words.</summary>
    public bool MayReceive(string filter) =>
        units.Profile.Adapter == AdapterKind.Sparkplug
        && (
            IsAnnouncement(filter)
            || filter.StartsWith("spBv1.0/", StringComparison.Ordinal) && filter.Split('/') is [_, not ("#" or "+"), "NCMD" or "DCMD", ..]
        );

    /// <summary>Whether whoever subscribes a topic asks how the registry itself is.</summary>
    public bool IsAnnouncement(string filter) =>
        units.Profile.Adapter == AdapterKind.Sparkplug && filter.StartsWith("spBv1.0/STATE/", StringComparison.Ordinal);

    /// <summary>Whether the register now says something else of an id than when this line began.</summary>
    /// <param name="device">The device behind this gateway; null when there is none.</param>
    public bool Differs(string id, Device? device) =>
        _registered.TryGetValue(id, out var before)
            ? device is null || device.Kind != before.Kind || !device.Sensors.SequenceEqual(before.Sensors)
            : device is not null;

    /// <summary>The same of everybody behind the gateway.</summary>
    public bool Differs(IReadOnlyCollection<Device> behind) =>
        behind.Where(device => device.Lifecycle != Lifecycle.Removed).ToArray() is var now
        && (now.Length != _registered.Count || now.Any(device => Differs(device.Id, device)));

    public VendorAnswer Handle(string topic, ReadOnlySpan<byte> payload, bool isRetained, DateTimeOffset now)
    {
        lock (_lock)
            return _lastReports.Handle(topic, payload, isRetained, now);
    }

    /// <summary>Lets time pass, if anything waits for it.</summary>
    public VendorAnswer? Tick(DateTimeOffset now)
    {
        lock (_lock)
            return _lastReports.TickAt is { } at && at <= now ? _lastReports.Tick(now) : null;
    }

    public VendorAnswer Ended(DateTimeOffset now)
    {
        lock (_lock)
            return _lastReports.Ended(now);
    }

    /// <summary>What was said last of a device was not kept.</summary>
    public void RemoveUnit(string deviceId)
    {
        lock (_lock)
            _lastReports.RemoveUnit(deviceId);
    }

    public DeviceIngestState? SenderOf(string deviceId) => senders.GetValueOrDefault(deviceId);

    /// <summary>A word as the log keeps it.</summary>
    public static Heartbeat Heartbeat(UnitReport word, DateTimeOffset receivedAt, long session) =>
        new(
            word.Device.Number,
            word.Device.Id,
            word.Epoch,
            word.Seq,
            receivedAt,
            word.DeviceAt,
            word.Capture,
            word.Health,
            word.Firmware,
            null,
            session
        )
        {
            ProvesLife = word.IsLife,
            UnregisteredCaptures = word.Beyond,
        };
}

/// <summary>The part of the inlet that takes in what vendors say.</summary>
internal sealed class VendorPublishHandler(
    SessionEndSequencer partings,
    Limits limits,
    MqttMetrics counters,
    TimeProvider time,
    ILogger<VendorPublishHandler> logger
)
{
    /// <summary>Takes one PUBLISH of a gateway on a topic that is not the registry's own.</summary>
    /// <returns>
    /// The heartbeats to be made durable before it is answered, and why it is refused; null for no refusal. A message of which a device may
    /// not say
    /// so much is refused as a whole, for not all of it becomes durable: sent again, it does no harm to what was kept.
    /// </returns>
    public (ImmutableArray<(DeviceIngestState Sender, Heartbeat Heartbeat)> Words, PublishRejection? Refusal) Handle(
        Session session,
        in PublishPacket publish
    )
    {
        var now = time.GetUtcNow();
        var answer = session.Vendor!.Handle(Encoding.UTF8.GetString(publish.Topic), publish.Payload, publish.IsRetained, now);
        if (answer.Refusal is { } refusal)
        {
            counters.Dropped(session.Vendor.Adapter, 1, session.Vendor.IsFixed);
            return (
                [],
                refusal switch
                {
                    VendorRefusal.Forbidden => PublishRejection.Forbidden,
                    VendorRefusal.NotMapped => PublishRejection.Topic,
                    _ => PublishRejection.Shape,
                }
            );
        }

        var words = ToHeartbeats(session, answer, now, out var isOverRate);
        return (words, isOverRate ? PublishRejection.Rate : null);
    }

    /// <summary>What came of a message, or of time: commands leave, deaths are told, words are given back to be made durable.</summary>
    /// <param name="isOverRate">Something is left out, because a device said more than it may.</param>
    public ImmutableArray<(DeviceIngestState Sender, Heartbeat Heartbeat)> ToHeartbeats(
        Session session,
        VendorAnswer answer,
        DateTimeOffset now,
        out bool isOverRate
    )
    {
        isOverRate = false;
        if (answer.Dropped > 0)
            counters.Dropped(session.Vendor!.Adapter, answer.Dropped, session.Vendor.IsFixed);
        foreach (var message in answer.Messages)
            Send(session.ClientConnection, message);
        var words = ImmutableArray.CreateBuilder<(DeviceIngestState, Heartbeat)>(answer.Words.Length);
        foreach (var word in answer.Words)
        {
            if (session.Vendor!.SenderOf(word.Device.Id) is not { } sender)
                continue;
            if (sender.TryAcquire(time.MonotonicNow(), limits))
            {
                words.Add((sender, VendorConnection.Heartbeat(word, now, session.Connection)));
                continue;
            }

            isOverRate = true;
            session.Vendor.RemoveUnit(word.Device.Id);
        }

        PublishDeaths(session, answer, SessionEnd.DeathMessage);
        return words.ToImmutable();
    }

    public void PublishDeaths(Session session, VendorAnswer answer, SessionEnd end)
    {
        foreach (var death in answer.Deaths)
        {
            if (session.Vendor!.SenderOf(death.DeviceId) is { } sender)
                partings.Publish(session, sender.Device.Number, death.Epoch, end);
        }
    }

    public void Send(ClientConnection line, VendorMessage message)
    {
        try
        {
            _ = line.SendPacketAsync(
                new MqttPublishPacket
                {
                    Topic = message.Topic,
                    Payload = new(message.Payload.AsMemory()),
                    Retain = message.IsRetained,
                    QualityOfServiceLevel = MqttQualityOfServiceLevel.AtMostOnce,
                },
                CancellationToken.None
            );
        }
        catch (InvalidOperationException gone)
        {
            logger.LogDebug(gone, "A message to a gateway could not be sent: its line is closed.");
        }
    }
}
