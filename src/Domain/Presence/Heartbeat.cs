using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Domain.Presence;

/// <summary>The health that a device reports of itself.</summary>
public enum Health
{
    Ok,
    Degraded,
    Fault,
    Docked,
}

/// <summary>
/// One heartbeat, as it is stored: numbers and closed vocabularies only. No other part of the payload has a member to be stored in.
/// </summary>
/// <param name="Number">The device number of the sender, known from its session.</param>
/// <param name="DeviceId">The id of the sender.</param>
/// <param name="Epoch">Grows with every boot, 0 to 2^53−1.</param>
/// <param name="Seq">Grows with every heartbeat of an epoch, 0 to 2^53−1.</param>
/// <param name="ReceivedAt">When the registry received it. Decides liveness; the device's own clock does not.</param>
/// <param name="DeviceAt">The device's own clock, when it sent one.</param>
/// <param name="Capture">What it reports of each registered sensor. A vendor's message may also name captures without a sensor, see
/// <see cref="UnregisteredCaptures"/>.</param>
/// <param name="Firmware">Digits and dots, one to five groups of one to five digits.</param>
/// <param name="RuleVersion">The version of its expected state that it applies, when it sent one.</param>
/// <param name="Session">The connection that brought it: a number that grows with every connection, over restarts too; 0 when not
/// known.</param>
public sealed record Heartbeat(
    int Number,
    string DeviceId,
    long Epoch,
    long Seq,
    DateTimeOffset ReceivedAt,
    DateTimeOffset? DeviceAt,
    CaptureReport Capture,
    Health Health,
    string Firmware,
    long? RuleVersion,
    long Session = 0
)
{
    /// <summary>The largest epoch, sequence and rule version: 2^53−1, the largest integer that every JSON parser reads exactly.</summary>
    public const long MaxNumber = (1L << 53) - 1;

    /// <summary>
    /// False for a vendor's message that reports what a device does and not that it is alive, such as a retained one. Such a heartbeat
    /// changes what is known of a device and never makes it heard.
    /// </summary>
    public bool ProvesLife { get; init; } = true;

    /// <summary>
    /// Captures without a registered sensor that a vendor's message named. Those with a reported mode are in <see cref="Capture"/>; the
    /// mode of the others is not known. Empty in the registry's own format: a heartbeat that names such a capture is rejected, see
    /// <see cref="DevicePresence.ApplyRejected"/>.
    /// </summary>
    public CaptureSet UnregisteredCaptures { get; init; }

    /// <summary>Whether this heartbeat comes after another: a greater epoch, or a greater sequence in the same epoch.</summary>
    public bool IsAfter(long epoch, long seq) => Epoch > epoch || Epoch == epoch && Seq > seq;

    /// <summary>Whether it reports the same as another of its device. Sequence, times and firmware are not compared.</summary>
    public bool ReportsSameAs(Heartbeat other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Epoch == other.Epoch
            && Capture == other.Capture
            && UnregisteredCaptures == other.UnregisteredCaptures
            && Health == other.Health
            && RuleVersion == other.RuleVersion
            && Session == other.Session
            && ProvesLife == other.ProvesLife;
    }
}
