using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Devices;

/// <summary>
/// A kind of unit: the closed family that the contract names. A kind knows its technology, whether it moves, how often it speaks
/// and after how long its silence means something.
/// </summary>
/// <param name="Id">Identifier, e.g. <c>red-light-camera</c>.</param>
/// <param name="Technology">The technology it belongs to.</param>
/// <param name="IsMobile">Mobile units have no position anywhere and appear in public only as fleets.</param>
/// <param name="HeartbeatSeconds">How often it is asked to speak, in seconds.</param>
/// <param name="DeadlineSeconds">After this long without a word it is not heard any more, in seconds.</param>
/// <param name="SilenceIsNormal">For units that are switched off at the end of a shift: silence means unknown, not a fault.</param>
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

    private static DeviceKind Mobile(string id, string technology) => new(id, technology, true, 30, 90, true);

    /// <summary>Every kind there is.</summary>
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
        Mobile("alpr-patrol", "alpr"),
        Mobile("alpr-parking", "alpr"),
        Mobile("body-worn", "body-worn-video"),
        Mobile("in-car", "in-car-video"),
    ];

    /// <summary>The kind with this id, or null.</summary>
    public static DeviceKind? Find(string id) => All.FirstOrDefault(kind => kind.Id == id);

    /// <summary>Silence up to this long is ordinary: online. Beyond it, up to the deadline: late. In seconds.</summary>
    public double LateAfterSeconds => HeartbeatSeconds * 1.5;
}
