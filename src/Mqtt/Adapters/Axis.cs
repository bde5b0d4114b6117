using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using static SurveillanceRegistry.Mqtt.Adapters.Effect;
using static SurveillanceRegistry.Mqtt.Adapters.KeptField;

namespace SurveillanceRegistry.Mqtt.Adapters;

/// <summary>
/// The event bridge of Axis cameras (VAPIX, MQTT Event Bridge). A camera can filter topics and never payloads, so payloads are cut down
/// here. Topics are read without their namespaces and without what stands from <c>$source</c> on. That a camera's own storage is not
/// recording says nothing of who else records its pictures: it never says <c>off</c>.
/// </summary>
public sealed class Axis(KeepList keepList) : FieldAdapter(keepList)
{
    private static readonly ImmutableArray<KeptValue> Failed =
        [KeptValue.Of("true", new Is(Availability.Up), new Feels(HealthPart.Hardware, Health.Fault)), KeptValue.Of("false", new Is(Availability.Up), new Feels(HealthPart.Hardware, Health.Ok))];

    private static readonly ImmutableArray<KeptValue> Connected =
        [KeptValue.Of("true", new Is(Availability.Up)), KeptValue.Of("false", new Is(Availability.Down))];

    private static readonly ImmutableArray<KeptValue> Seen = [KeptValue.Of("true", new Is(Availability.Up)), KeptValue.Of("false", new Is(Availability.Up))];

    /// <summary>All that is read, and the branches that are refused unread.</summary>
    public static KeepList List { get; } = new(AdapterKind.Axis,
    [
        .. Event("Device/Status/SystemReady", "ready",
            KeptValue.Of("true", new Is(Availability.Up), new Feels(HealthPart.Unit, Health.Ok)), KeptValue.Of("false", new Is(Availability.Up), new Feels(HealthPart.Unit, Health.Degraded))),
        .. Event("Storage/Alert", "alert",
            KeptValue.Of("true", new Is(Availability.Up), new Feels(HealthPart.Disk, Health.Degraded)), KeptValue.Of("false", new Is(Availability.Up), new Feels(HealthPart.Disk, Health.Ok))),
        .. Event("Storage/Disruption", "disruption",
            KeptValue.Of("true", new Is(Availability.Up), new Tells(Signal.Recorder, null), new Feels(HealthPart.Storage, Health.Fault)),
            KeptValue.Of("false", new Is(Availability.Up), new Feels(HealthPart.Storage, Health.Ok))),
        .. Event("Storage/Recording", "recording",
            KeptValue.Of("true", new Is(Availability.Up), new Tells(Signal.Recorder, Mode.Recorded)), KeptValue.Of("false", new Is(Availability.Up), new Tells(Signal.Recorder, null))),
        .. Event("Device/HardwareFailure/FanFailure", "Failed", Failed),
        .. Event("Device/HardwareFailure/PowerSupplyFailure", "Failed", Failed),
        .. Event("Device/HardwareFailure/StorageFailure", "Failed", Failed),
        .. Event("HardwareFailure/StorageFailure", "Failed", Failed),
        .. Event("VideoSource/SignalLoss", "State",
            KeptValue.Of("true", new Is(Availability.Up), new Feels(HealthPart.Stream, Health.Fault)), KeptValue.Of("false", new Is(Availability.Up), new Feels(HealthPart.Stream, Health.Ok))),
        .. Event("VideoSource/DayNightVision", "day", Seen),
        Of("{unit}/event/connection", "connected", KeptType.Flag, Connected),
        // Applications on the camera that announce it under the prefix of their own.
        Of("connect/{unit}", "connected", KeptType.Flag, Connected),
        Of("status/{unit}", "Uptime_Hours", KeptType.Number, KeptValue.Of(0, 1_000_000, new Is(Availability.Up))),
    ],
    [
        new("{any}/event/CameraApplicationPlatform/#", "analytics: people, vehicles, plates"),
        new("{any}/event/RuleEngine/#", "analytics"),
        new("{any}/event/AudioSource/#", "what is heard"),
        new("{any}/event/Device/Sensor/#", "who moves in front of it"),
        new("detections/#", "people and where they are"),
        new("tracker/#", "people's ways"),
        new("path/#", "people's ways"),
        new("occupancy/#", "people"),
        new("event/#", "what was seen"),
        new("alpr/#", "plates and pictures"),
        new("lpr/#", "plates and pictures"),
    ], MostBytes: 4 * 1024);

    /// <summary>Drops the namespaces of a topic (<c>tns:onvif/</c>, <c>onvif:</c>, <c>tns:axis/</c>, <c>axis:</c>) and what stands from <c>$source</c> on.</summary>
    private protected override int OneForm(ReadOnlySpan<char> topic, Span<char> letters)
    {
        var length = 0;
        while (!topic.IsEmpty)
        {
            var end = topic.IndexOf('/');
            var level = end < 0 ? topic : topic[..end];
            topic = end < 0 ? [] : topic[(end + 1)..];
            if (level.StartsWith("$"))
                break;
            if (level.StartsWith("tns:"))
                continue;
            level = level.StartsWith("onvif:") ? level["onvif:".Length..] : level.StartsWith("axis:") ? level["axis:".Length..] : level;
            if (length > 0)
                letters[length++] = '/';
            level.CopyTo(letters[length..]);
            length += level.Length;
        }

        return length;
    }

    private static ImmutableArray<KeptField> Event(string topic, string field, params ImmutableArray<KeptValue> values) =>
    [
        Of("{unit}/event/" + topic, "message.data." + field, KeptType.Flag, values),
        new("{unit}/event/" + topic, "timestamp", KeptType.Instant, [], "the sender's clock, for skew only"),
    ];
}
