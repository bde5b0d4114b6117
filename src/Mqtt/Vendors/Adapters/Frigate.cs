using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Vendors.Facts;
using static SurveillanceRegistry.Mqtt.Vendors.Facts.AllowedField;
using static SurveillanceRegistry.Mqtt.Vendors.Facts.Effect;

namespace SurveillanceRegistry.Mqtt.Vendors.Adapters;

/// <summary>
/// Reads Frigate, a network video recorder (docs/integrations/mqtt.md of its repository). A role that runs proves a mode. Its switches
/// (<c>{unit}/recordings/state</c> and the like) are settings, not facts, and are not read. A role that is down or disabled does not prove
/// that nothing is recorded. So this adapter never reports <c>off</c>.
/// </summary>
public static class Frigate
{
    /// <summary>The fields that are read, and the topics that are refused unread.</summary>
    public static FieldAllowList List { get; } =
        new(
            AdapterKind.Frigate,
            [
                // An online recorder does not prove that a camera is online. A dead recorder means that no camera is observed.
                From(
                    "available",
                    "",
                    AllowedType.Word,
                    AllowedValue.From("online"),
                    AllowedValue.From("offline", new SetAvailability(Availability.Down)),
                    AllowedValue.From("stopped", new SetAvailability(Availability.PlannedStop))
                ),
                From(
                    "{unit}/status/record",
                    "",
                    AllowedType.Word,
                    AllowedValue.From(
                        "online",
                        new SetAvailability(Availability.Up),
                        new SetMode(Signal.Recorder, Mode.Recorded),
                        new SetHealth(HealthPart.Recorder, Health.Ok)
                    ),
                    AllowedValue.From("offline", new SetMode(Signal.Recorder, null), new SetHealth(HealthPart.Recorder, Health.Fault)),
                    AllowedValue.From("disabled", new SetAvailability(Availability.PlannedStop), new SetMode(Signal.Recorder, null))
                ),
                From(
                    "{unit}/status/detect",
                    "",
                    AllowedType.Word,
                    AllowedValue.From(
                        "online",
                        new SetAvailability(Availability.Up),
                        new SetMode(Signal.Viewer, Mode.Live),
                        new SetHealth(HealthPart.Stream, Health.Ok)
                    ),
                    AllowedValue.From(
                        "offline",
                        new SetAvailability(Availability.Down),
                        new SetMode(Signal.Viewer, null),
                        new SetHealth(HealthPart.Stream, Health.Fault)
                    ),
                    AllowedValue.From("disabled", new SetAvailability(Availability.PlannedStop), new SetMode(Signal.Viewer, null))
                ),
                From(
                    "{unit}/status/audio",
                    "",
                    AllowedType.Word,
                    AllowedValue.From(
                        "online",
                        new SetAvailability(Availability.Up),
                        new SetMode(Signal.Listener, Mode.Live),
                        new SetHealth(HealthPart.Listener, Health.Ok)
                    ),
                    AllowedValue.From("offline", new SetMode(Signal.Listener, null), new SetHealth(HealthPart.Listener, Health.Degraded)),
                    AllowedValue.From("disabled", new SetMode(Signal.Listener, null))
                ),
                From(
                    "stats",
                    "cameras.{unit}.camera_fps",
                    AllowedType.Number,
                    AllowedValue.From(0, 0.1, new SetHealth(HealthPart.Stream, Health.Fault)),
                    AllowedValue.From(0.1, 1000, new SetAvailability(Availability.Up), new SetHealth(HealthPart.Stream, Health.Ok))
                ),
                From(
                    "stats",
                    "cameras.{unit}.connection_quality",
                    AllowedType.Word,
                    AllowedValue.From("excellent", new SetHealth(HealthPart.Link, Health.Ok)),
                    AllowedValue.From("fair", new SetHealth(HealthPart.Link, Health.Ok)),
                    AllowedValue.From("poor", new SetHealth(HealthPart.Link, Health.Degraded)),
                    AllowedValue.From("unusable", new SetHealth(HealthPart.Link, Health.Fault))
                ),
                new("stats", "service.version", AllowedType.Version, [], "firmware: of the recorder that speaks for the camera"),
                new("stats", "service.last_updated", AllowedType.Instant, [], "the sender's clock, for skew only"),
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
            ],
            MaxBytes: 64 * 1024
        );
}
