using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using static SurveillanceRegistry.Mqtt.Adapters.Effect;
using static SurveillanceRegistry.Mqtt.Adapters.KeptField;

namespace SurveillanceRegistry.Mqtt.Adapters;

/// <summary>
/// Frigate, a network video recorder (docs/integrations/mqtt.md of its repository). What it says of a role that runs is evidence. Its
/// switches (<c>{unit}/recordings/state</c> and the like) are wishes and are not read; nor does a role that is down or disabled say that
/// nothing is recorded. So it never says <c>off</c>.
/// </summary>
public static class Frigate
{
    /// <summary>All that is read, and the branches that are refused unread.</summary>
    public static KeepList List { get; } = new(AdapterKind.Frigate,
    [
        // The recorder's life is never a camera's life; with its death nobody sees the cameras any more.
        Of("available", "", KeptType.Word,
            KeptValue.Of("online"), KeptValue.Of("offline", new Is(Availability.Down)), KeptValue.Of("stopped", new Is(Availability.PlannedStop))),
        Of("{unit}/status/record", "", KeptType.Word,
            KeptValue.Of("online", new Is(Availability.Up), new Tells(Signal.Recorder, Mode.Recorded), new Feels(HealthPart.Recorder, Health.Ok)),
            KeptValue.Of("offline", new Tells(Signal.Recorder, null), new Feels(HealthPart.Recorder, Health.Fault)),
            KeptValue.Of("disabled", new Is(Availability.PlannedStop), new Tells(Signal.Recorder, null))),
        Of("{unit}/status/detect", "", KeptType.Word,
            KeptValue.Of("online", new Is(Availability.Up), new Tells(Signal.Viewer, Mode.Live), new Feels(HealthPart.Stream, Health.Ok)),
            KeptValue.Of("offline", new Is(Availability.Down), new Tells(Signal.Viewer, null), new Feels(HealthPart.Stream, Health.Fault)),
            KeptValue.Of("disabled", new Is(Availability.PlannedStop), new Tells(Signal.Viewer, null))),
        Of("{unit}/status/audio", "", KeptType.Word,
            KeptValue.Of("online", new Is(Availability.Up), new Tells(Signal.Listener, Mode.Live), new Feels(HealthPart.Listener, Health.Ok)),
            KeptValue.Of("offline", new Tells(Signal.Listener, null), new Feels(HealthPart.Listener, Health.Degraded)),
            KeptValue.Of("disabled", new Tells(Signal.Listener, null))),
        Of("stats", "cameras.{unit}.camera_fps", KeptType.Number,
            KeptValue.Of(0, 0.1, new Feels(HealthPart.Stream, Health.Fault)),
            KeptValue.Of(0.1, 1000, new Is(Availability.Up), new Feels(HealthPart.Stream, Health.Ok))),
        Of("stats", "cameras.{unit}.connection_quality", KeptType.Word,
            KeptValue.Of("excellent", new Feels(HealthPart.Link, Health.Ok)), KeptValue.Of("fair", new Feels(HealthPart.Link, Health.Ok)),
            KeptValue.Of("poor", new Feels(HealthPart.Link, Health.Degraded)), KeptValue.Of("unusable", new Feels(HealthPart.Link, Health.Fault))),
        new("stats", "service.version", KeptType.Version, [], "firmware: of the recorder that speaks for the camera"),
        new("stats", "service.last_updated", KeptType.Instant, [], "the sender's clock, for skew only"),
    ],
    [
        new("events/#", "what was seen: objects, plates, faces"),
        new("reviews/#", "what was seen"),
        new("tracked_object_update/#", "names of faces, plates, descriptions"),
        new("triggers/#", "what was seen"),
        new("camera_activity/#", "what is seen now"),
        new("{any}/snapshot", "pictures"),
        new("{any}/thumbnail", "pictures"),
        new("{any}/audio/transcription", "spoken words"),
        new("{any}/classification/#", "what was recognised"),
        new("{any}/review_status", "what is seen now"),
        new("{any}/motion", "what is seen now"),
    ], MostBytes: 64 * 1024);
}
