using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Vendors.Facts;
using static SurveillanceRegistry.Mqtt.Vendors.Facts.AllowedField;
using static SurveillanceRegistry.Mqtt.Vendors.Facts.Effect;

namespace SurveillanceRegistry.Mqtt.Vendors.Adapters;

/// <summary>
/// Reads the event bridge of Axis cameras (VAPIX, MQTT Event Bridge). A camera can filter topics but not payloads, so the allow-list
/// filters them. Namespaces of topics are ignored, and everything from <c>$source</c> on. If a camera's own storage does not record,
/// another recorder still may: this adapter never reports <c>off</c>.
/// </summary>
public sealed class Axis(FieldAllowList keepList) : FieldAdapter(keepList)
{
    private static readonly ImmutableArray<AllowedValue> Failed =
    [
        AllowedValue.From("true", new SetAvailability(Availability.Up), new SetHealth(HealthPart.Hardware, Health.Fault)),
        AllowedValue.From("false", new SetAvailability(Availability.Up), new SetHealth(HealthPart.Hardware, Health.Ok)),
    ];

    private static readonly ImmutableArray<AllowedValue> Connected =
    [
        AllowedValue.From("true", new SetAvailability(Availability.Up)),
        AllowedValue.From("false", new SetAvailability(Availability.Down)),
    ];

    private static readonly ImmutableArray<AllowedValue> Seen =
    [
        AllowedValue.From("true", new SetAvailability(Availability.Up)),
        AllowedValue.From("false", new SetAvailability(Availability.Up)),
    ];

    /// <summary>The fields that are read, and the topics that are refused unread.</summary>
    public static FieldAllowList List { get; } =
        new(
            AdapterKind.Axis,
            [
                .. Event(
                    "Device/Status/SystemReady",
                    "ready",
                    AllowedValue.From("true", new SetAvailability(Availability.Up), new SetHealth(HealthPart.Unit, Health.Ok)),
                    AllowedValue.From("false", new SetAvailability(Availability.Up), new SetHealth(HealthPart.Unit, Health.Degraded))
                ),
                .. Event(
                    "Storage/Alert",
                    "alert",
                    AllowedValue.From("true", new SetAvailability(Availability.Up), new SetHealth(HealthPart.Disk, Health.Degraded)),
                    AllowedValue.From("false", new SetAvailability(Availability.Up), new SetHealth(HealthPart.Disk, Health.Ok))
                ),
                .. Event(
                    "Storage/Disruption",
                    "disruption",
                    AllowedValue.From(
                        "true",
                        new SetAvailability(Availability.Up),
                        new SetMode(Signal.Recorder, null),
                        new SetHealth(HealthPart.Storage, Health.Fault)
                    ),
                    AllowedValue.From("false", new SetAvailability(Availability.Up), new SetHealth(HealthPart.Storage, Health.Ok))
                ),
                .. Event(
                    "Storage/Recording",
                    "recording",
                    AllowedValue.From("true", new SetAvailability(Availability.Up), new SetMode(Signal.Recorder, Mode.Recorded)),
                    AllowedValue.From("false", new SetAvailability(Availability.Up), new SetMode(Signal.Recorder, null))
                ),
                .. Event("Device/HardwareFailure/FanFailure", "Failed", Failed),
                .. Event("Device/HardwareFailure/PowerSupplyFailure", "Failed", Failed),
                .. Event("Device/HardwareFailure/StorageFailure", "Failed", Failed),
                .. Event("HardwareFailure/StorageFailure", "Failed", Failed),
                .. Event(
                    "VideoSource/SignalLoss",
                    "State",
                    AllowedValue.From("true", new SetAvailability(Availability.Up), new SetHealth(HealthPart.Stream, Health.Fault)),
                    AllowedValue.From("false", new SetAvailability(Availability.Up), new SetHealth(HealthPart.Stream, Health.Ok))
                ),
                .. Event("VideoSource/DayNightVision", "day", Seen),
                From("{unit}/event/connection", "connected", AllowedType.Flag, Connected),
                // Applications on the camera announce it under their own prefix.
                From("connect/{unit}", "connected", AllowedType.Flag, Connected),
                From(
                    "status/{unit}",
                    "Uptime_Hours",
                    AllowedType.Number,
                    AllowedValue.From(0, 1_000_000, new SetAvailability(Availability.Up))
                ),
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
            ],
            MaxBytes: 4 * 1024
        );

    /// <summary>
    /// Removes the namespaces of a topic (<c>tns:onvif/</c>, <c>onvif:</c>, <c>tns:axis/</c>, <c>axis:</c>), and everything from
    /// <c>$source</c> on.
    /// </summary>
    private protected override int Normalize(ReadOnlySpan<char> topic, Span<char> letters)
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
            level =
                level.StartsWith("onvif:") ? level["onvif:".Length..]
                : level.StartsWith("axis:") ? level["axis:".Length..]
                : level;
            if (length > 0)
                letters[length++] = '/';
            level.CopyTo(letters[length..]);
            length += level.Length;
        }

        return length;
    }

    private static ImmutableArray<AllowedField> Event(string topic, string field, params ImmutableArray<AllowedValue> values) =>
        [
            From("{unit}/event/" + topic, "message.data." + field, AllowedType.Flag, values),
            new("{unit}/event/" + topic, "timestamp", AllowedType.Instant, [], "the sender's clock, for skew only"),
        ];
}
