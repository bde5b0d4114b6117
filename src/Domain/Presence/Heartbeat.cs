using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Domain.Presence;

/// <summary>What a unit says of its own health.</summary>
public enum Health { Ok, Degraded, Fault, Docked }

/// <summary>
/// One heartbeat, as it is kept: numbers and closed words only. Nothing else of the payload has a place to go.
/// </summary>
/// <param name="DeviceId">The registered device that spoke, known from its session.</param>
/// <param name="Epoch">Grows with every boot, 0 to 2^53−1.</param>
/// <param name="Seq">Grows with every heartbeat of an epoch, 0 to 2^53−1.</param>
/// <param name="ReceivedAt">When the registry received it. Decides liveness; the device's own clock does not.</param>
/// <param name="DeviceAt">The device's own clock, when it sent one.</param>
/// <param name="Capture">What it reports of each registered sensor.</param>
/// <param name="Firmware">Digits and dots, one to five groups of one to five digits.</param>
/// <param name="RuleVersion">The version of its expected state that it applies, when it sent one.</param>
public sealed record Heartbeat(
    string DeviceId, long Epoch, long Seq, DateTimeOffset ReceivedAt, DateTimeOffset? DeviceAt,
    CaptureReport Capture, Health Health, string Firmware, long? RuleVersion)
{
    /// <summary>The largest epoch, sequence and rule version: 2^53−1, the largest integer that every JSON reader keeps.</summary>
    public const long MaxNumber = (1L << 53) - 1;

    /// <summary>Whether this one comes after another: a greater epoch, or a greater sequence in the same epoch.</summary>
    public bool IsAfter(long epoch, long seq) => Epoch > epoch || Epoch == epoch && Seq > seq;
}
