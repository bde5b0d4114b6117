using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Domain.Presence;

/// <summary>What a unit says of its own health.</summary>
public enum Health
{
    Ok,
    Degraded,
    Fault,
    Docked,
}

/// <summary>
/// One heartbeat, as it is kept: numbers and closed words only. Nothing else of the payload has a place to go.
/// </summary>
/// <param name="Number">The register's number of the device that spoke, known from its session.</param>
/// <param name="DeviceId">Its id.</param>
/// <param name="Epoch">Grows with every boot, 0 to 2^53−1.</param>
/// <param name="Seq">Grows with every heartbeat of an epoch, 0 to 2^53−1.</param>
/// <param name="ReceivedAt">When the registry received it. Decides liveness; the device's own clock does not.</param>
/// <param name="DeviceAt">The device's own clock, when it sent one.</param>
/// <param name="Capture">What it reports of each registered sensor, and a vendor of captures <see cref="UnregisteredCaptures"/>
/// them.</param>
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
    /// <summary>The largest epoch, sequence and rule version: 2^53−1, the largest integer that every JSON reader keeps.</summary>
    public const long MaxNumber = (1L << 53) - 1;

    /// <summary>
    /// False for a vendor's message that says what a unit does and not that it lives, such as a retained one. Such a word changes what is
    /// known of a unit that is heard, and never makes it heard.
    /// </summary>
    public bool ProvesLife { get; init; } = true;

    /// <summary>
    /// Captures for which no sensor is registered and which a vendor's message named all the same: what it told of them stands in <see
    /// cref="Capture"/>,
    /// of the others it is not known. None in the registry's own shape, which names exactly the registered sensors.
    /// </summary>
    public CaptureSet UnregisteredCaptures { get; init; }

    /// <summary>Whether this one comes after another: a greater epoch, or a greater sequence in the same epoch.</summary>
    public bool IsAfter(long epoch, long seq) => Epoch > epoch || Epoch == epoch && Seq > seq;

    /// <summary>Whether it says the same of the unit as another, but for when.</summary>
    public bool ReportsSameAs(Heartbeat other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (Epoch, Capture, UnregisteredCaptures, Health, RuleVersion, Session, ProvesLife)
            == (other.Epoch, other.Capture, other.UnregisteredCaptures, other.Health, other.RuleVersion, other.Session, other.ProvesLife);
    }
}
