using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using static SurveillanceRegistry.Mqtt.Adapters.Effect;
using static SurveillanceRegistry.Mqtt.Adapters.KeptField;

namespace SurveillanceRegistry.Mqtt.Adapters;

/// <summary>
/// ONVIF events as JSON over MQTT (Core specification, event broker; Profile M). A unit is named by the topic prefix that is set on it.
/// Topics are read without the source values that follow <c>&amp;</c>. ONVIF knows no will: only what a unit says shows that it lives.
/// A job or a recording that stands still says nothing of the others: it never says <c>off</c>.
/// </summary>
public sealed class Onvif(KeepList keepList) : FieldAdapter(keepList)
{
    /// <summary>All that is read, and the branches that are refused unread.</summary>
    public static KeepList List { get; } = new(AdapterKind.Onvif,
    [
        .. Event("RecordingConfig/JobState", "State", KeptType.Word,
            KeptValue.Of("Active", new Is(Availability.Up), new Tells(Signal.Recorder, Mode.Recorded), new Feels(HealthPart.Recorder, Health.Ok)),
            KeptValue.Of("PartiallyActive", new Is(Availability.Up), new Tells(Signal.Recorder, null), new Feels(HealthPart.Recorder, Health.Degraded)),
            KeptValue.Of("Idle", new Is(Availability.Up), new Tells(Signal.Recorder, null), new Feels(HealthPart.Recorder, Health.Ok)),
            KeptValue.Of("Error", new Is(Availability.Up), new Tells(Signal.Recorder, null), new Feels(HealthPart.Recorder, Health.Fault))),
        .. Event("RecordingHistory/Recording/State", "IsRecording", KeptType.Flag,
            KeptValue.Of("true", new Is(Availability.Up), new Tells(Signal.Recorder, Mode.Recorded)), KeptValue.Of("false", new Is(Availability.Up), new Tells(Signal.Recorder, null))),
        .. Event("VideoSource/SignalLoss", "State", KeptType.Flag, Wrong(HealthPart.Stream, Health.Fault)),
        .. Scene("ImageTooBlurry"), .. Scene("ImageTooDark"), .. Scene("ImageTooBright"), .. Scene("GlobalSceneChange"),
        .. Event("Device/HardwareFailure/FanFailure", "Failed", KeptType.Flag, Wrong(HealthPart.Hardware, Health.Fault)),
        .. Event("Device/HardwareFailure/PowerSupplyFailure", "Failed", KeptType.Flag, Wrong(HealthPart.Hardware, Health.Fault)),
        .. Event("Device/HardwareFailure/StorageFailure", "Failed", KeptType.Flag, Wrong(HealthPart.Storage, Health.Fault)),
        .. Event("Device/HardwareFailure/TemperatureCritical", "Critical", KeptType.Flag, Wrong(HealthPart.Hardware, Health.Fault)),
        .. Event("Monitoring/ProcessorUsage", "Value", KeptType.Number, KeptValue.Of(0, 101, new Is(Availability.Up))),
    ],
    [
        new("{any}/onvif-mj/#", "metadata: what is seen, as a stream"),
        new("{any}/onvif-ej/RuleEngine/#", "analytics: plates, faces, temperatures of bodies"),
        new("{any}/onvif-ej/VideoAnalytics/#", "what is seen"),
        new("{any}/onvif-ej/AudioAnalytics/#", "what is heard"),
        new("{any}/onvif-ej/Monitoring/GeoLocation/#", "positions"),
        new("{any}/onvif-ej/Configuration/Credential/#", "people's credentials"),
        new("{any}/onvif-ej/AccessControl/#", "who went where"),
    ], MostBytes: 4 * 1024);

    /// <summary>Cuts off the source values: they are names of whoever set the unit up.</summary>
    private protected override int OneForm(ReadOnlySpan<char> topic, Span<char> letters)
    {
        var end = topic.IndexOf("/&");
        return base.OneForm(end < 0 ? topic : topic[..end], letters);
    }

    private static ImmutableArray<KeptField> Scene(string topic) =>
    [
        .. Event($"VideoSource/{topic}/AnalyticsService", "State", KeptType.Flag, Wrong(HealthPart.Scene, Health.Degraded)),
        .. Event($"VideoSource/{topic}/ImagingService", "State", KeptType.Flag, Wrong(HealthPart.Scene, Health.Degraded)),
        .. Event($"VideoSource/{topic}/RecordingService", "State", KeptType.Flag, Wrong(HealthPart.Scene, Health.Degraded)),
    ];

    private static ImmutableArray<KeptValue> Wrong(HealthPart part, Health health) =>
        [KeptValue.Of("true", new Is(Availability.Up), new Feels(part, health)), KeptValue.Of("false", new Is(Availability.Up), new Feels(part, Health.Ok))];

    private static ImmutableArray<KeptField> Event(string topic, string field, KeptType type, params ImmutableArray<KeptValue> values) =>
    [
        Of("{unit}/onvif-ej/" + topic, "Data." + field, type, values),
        new("{unit}/onvif-ej/" + topic, "UtcTime", KeptType.Instant, [], "the sender's clock, for skew only"),
    ];
}
