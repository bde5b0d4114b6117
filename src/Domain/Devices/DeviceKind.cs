using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Devices;

/// <summary>
/// A kind of device, one of the closed list in the contract: its technology, whether it moves, how often it sends a heartbeat, and after
/// how long its silence means something.
/// </summary>
/// <param name="Id">Identifier, e.g. <c>red-light-camera</c>.</param>
/// <param name="Technology">The technology it belongs to.</param>
/// <param name="IsMobile">Whether it moves. The registry stores no position of mobile devices and publishes them only as fleets.</param>
/// <param name="HeartbeatSeconds">The time between two heartbeats, in seconds.</param>
/// <param name="DeadlineSeconds">After this long without a heartbeat it is not heard any more, in seconds.</param>
/// <param name="SilenceIsNormal">True for devices that are switched off at the end of a shift: silence means unknown, not a
/// fault.</param>
public sealed record DeviceKind(
    string Id,
    string Technology,
    bool IsMobile,
    int HeartbeatSeconds,
    int DeadlineSeconds,
    bool SilenceIsNormal
)
{
    private static DeviceKind Fixed(string id, string technology) => new(id, technology, false, 10, 30, false);

    private static DeviceKind Mobile(string id, string technology, params ImmutableArray<Capture> captures) =>
        new(id, technology, true, 30, 90, true) { UsualCaptures = captures };

    /// <summary>What mobile devices of this kind usually capture: a notice names it for a whole fleet. Empty for a fixed kind.</summary>
    public ImmutableArray<Capture> UsualCaptures { get; private init; } = [];

    /// <summary>Every kind.</summary>
    public static ImmutableArray<DeviceKind> All { get; } =
    [
        Fixed("facility-camera", "facility-camera"),
        Fixed("holding-cell-camera", "holding-cell-camera"),
        Fixed("interview-room-camera", "interview-room-camera"),
        Fixed("public-cctv", "public-cctv"),
        Fixed("traffic-camera", "traffic-camera"),
        Fixed("red-light-camera", "automated-traffic-safety-camera"),
        Fixed("speed-camera", "automated-traffic-safety-camera"),
        Fixed("alpr-fixed", "alpr"),
        Mobile("alpr-patrol", "alpr", Capture.Stills, Capture.Plates, Capture.Location),
        Mobile("alpr-parking", "alpr", Capture.Stills, Capture.Plates, Capture.Location),
        Mobile("body-worn", "body-worn-video", Capture.Video, Capture.Audio),
        Mobile("in-car", "in-car-video", Capture.Video, Capture.Audio),
    ];

    /// <summary>The kind with this id, or null.</summary>
    public static DeviceKind? Find(string id) => All.FirstOrDefault(kind => kind.Id == id);
}
