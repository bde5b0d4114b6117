using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Vendors.Facts;
using static SurveillanceRegistry.Mqtt.Vendors.Facts.AllowedField;
using static SurveillanceRegistry.Mqtt.Vendors.Facts.Effect;

namespace SurveillanceRegistry.Mqtt.Vendors.Adapters;

/// <summary>
/// Reads ONVIF events as JSON over MQTT (Core specification, event broker; Profile M). The topic prefix that is set on a unit names it.
/// Source values after <c>&amp;</c> are ignored. ONVIF has no will: only messages of a unit prove that it is online. A job or recording
/// that is idle says nothing about the others: this adapter never reports <c>off</c>.
/// </summary>
public sealed class Onvif(FieldAllowList keepList) : FieldAdapter(keepList)
{
    /// <summary>The fields that are read, and the topics that are refused unread.</summary>
    public static FieldAllowList List { get; } =
        new(
            AdapterKind.Onvif,
            [
                .. Event(
                    "RecordingConfig/JobState",
                    "State",
                    AllowedType.Word,
                    AllowedValue.From(
                        "Active",
                        new SetAvailability(Availability.Up),
                        new SetMode(Signal.Recorder, Mode.Recorded),
                        new SetHealth(HealthPart.Recorder, Health.Ok)
                    ),
                    AllowedValue.From(
                        "PartiallyActive",
                        new SetAvailability(Availability.Up),
                        new SetMode(Signal.Recorder, null),
                        new SetHealth(HealthPart.Recorder, Health.Degraded)
                    ),
                    AllowedValue.From(
                        "Idle",
                        new SetAvailability(Availability.Up),
                        new SetMode(Signal.Recorder, null),
                        new SetHealth(HealthPart.Recorder, Health.Ok)
                    ),
                    AllowedValue.From(
                        "Error",
                        new SetAvailability(Availability.Up),
                        new SetMode(Signal.Recorder, null),
                        new SetHealth(HealthPart.Recorder, Health.Fault)
                    )
                ),
                .. Event(
                    "RecordingHistory/Recording/State",
                    "IsRecording",
                    AllowedType.Flag,
                    AllowedValue.From("true", new SetAvailability(Availability.Up), new SetMode(Signal.Recorder, Mode.Recorded)),
                    AllowedValue.From("false", new SetAvailability(Availability.Up), new SetMode(Signal.Recorder, null))
                ),
                .. Event("VideoSource/SignalLoss", "State", AllowedType.Flag, Alarm(HealthPart.Stream, Health.Fault)),
                .. Scene("ImageTooBlurry"),
                .. Scene("ImageTooDark"),
                .. Scene("ImageTooBright"),
                .. Scene("GlobalSceneChange"),
                .. Event("Device/HardwareFailure/FanFailure", "Failed", AllowedType.Flag, Alarm(HealthPart.Hardware, Health.Fault)),
                .. Event("Device/HardwareFailure/PowerSupplyFailure", "Failed", AllowedType.Flag, Alarm(HealthPart.Hardware, Health.Fault)),
                .. Event("Device/HardwareFailure/StorageFailure", "Failed", AllowedType.Flag, Alarm(HealthPart.Storage, Health.Fault)),
                .. Event(
                    "Device/HardwareFailure/TemperatureCritical",
                    "Critical",
                    AllowedType.Flag,
                    Alarm(HealthPart.Hardware, Health.Fault)
                ),
                .. Event(
                    "Monitoring/ProcessorUsage",
                    "Value",
                    AllowedType.Number,
                    AllowedValue.From(0, 101, new SetAvailability(Availability.Up))
                ),
            ],
            [
                new("{any}/onvif-mj/#", "metadata: what is seen, as a stream"),
                new("{any}/onvif-ej/RuleEngine/#", "analytics: plates, faces, temperatures of bodies"),
                new("{any}/onvif-ej/VideoAnalytics/#", "what is seen"),
                new("{any}/onvif-ej/AudioAnalytics/#", "what is heard"),
                new("{any}/onvif-ej/Monitoring/GeoLocation/#", "positions"),
                new("{any}/onvif-ej/Configuration/Credential/#", "people's credentials"),
                new("{any}/onvif-ej/AccessControl/#", "who went where"),
            ],
            MaxBytes: 4 * 1024
        );

    /// <summary>Removes the source values: the person who set the unit up chose these names.</summary>
    private protected override int Normalize(ReadOnlySpan<char> topic, Span<char> letters)
    {
        var end = topic.IndexOf("/&");
        return base.Normalize(end < 0 ? topic : topic[..end], letters);
    }

    private static ImmutableArray<AllowedField> Scene(string topic) =>
        [
            .. Event($"VideoSource/{topic}/AnalyticsService", "State", AllowedType.Flag, Alarm(HealthPart.Scene, Health.Degraded)),
            .. Event($"VideoSource/{topic}/ImagingService", "State", AllowedType.Flag, Alarm(HealthPart.Scene, Health.Degraded)),
            .. Event($"VideoSource/{topic}/RecordingService", "State", AllowedType.Flag, Alarm(HealthPart.Scene, Health.Degraded)),
        ];

    private static ImmutableArray<AllowedValue> Alarm(HealthPart part, Health health) =>
        [
            AllowedValue.From("true", new SetAvailability(Availability.Up), new SetHealth(part, health)),
            AllowedValue.From("false", new SetAvailability(Availability.Up), new SetHealth(part, Health.Ok)),
        ];

    private static ImmutableArray<AllowedField> Event(
        string topic,
        string field,
        AllowedType type,
        params ImmutableArray<AllowedValue> values
    ) =>
        [
            From("{unit}/onvif-ej/" + topic, "Data." + field, type, values),
            new("{unit}/onvif-ej/" + topic, "UtcTime", AllowedType.Instant, [], "the sender's clock, for skew only"),
        ];
}
