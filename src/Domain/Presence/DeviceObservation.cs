using System.Collections.Immutable;
using System.Text.Json.Serialization;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Domain.Presence;

/// <summary>
/// Whether a unit is heard. <c>Online</c> and <c>Late</c>: within its deadline. <c>Silent</c>: past it. <c>Disconnected</c>: its
/// session ended without a farewell. <c>Docked</c>: it says so itself. <c>Unknown</c>: never heard, or silence means nothing.
/// </summary>
public enum PresenceState
{
    Unknown,
    Online,
    Late,
    Silent,
    Disconnected,
    Docked,
}

/// <summary>
/// By what the registry knows a state: a word of the unit, its deadline passing, the death of its session, that the registry itself
/// could not see, or that the unit comes and goes too fast to be relied on.
/// </summary>
public enum Evidence
{
    Heartbeat,
    Deadline,
    Death,
    Registry,
    Flapping,
}

/// <summary>
/// What the registry knows of a unit: the last that it reported, when, and whether it is still heard. The rules by which it comes to know
/// are those of <see cref="DevicePresence"/>.
/// </summary>
/// <param name="LastHeardAt">When its last sign of life was received; null when none ever was, for what is known of a unit may come from a
/// word that is none.</param>
/// <param name="Capture">What it reported then. A sensor that is not named may be doing anything.</param>
/// <param name="ModeSince">For each capture, in the order of <see cref="Devices.Capture"/>: since when it reports that mode; null for no
/// sensor, and when it was never heard.</param>
public sealed record DeviceObservation(
    string DeviceId,
    PresenceState Presence,
    DateTimeOffset? LastHeardAt,
    long Epoch,
    long Seq,
    CaptureReport Capture,
    Health Health,
    ImmutableArray<DateTimeOffset?> ModeSince
)
{
    /// <summary>When its last sign of life was received; null when none ever was.</summary>
    // So was “never” written down once.
    public DateTimeOffset? LastHeardAt { get; init; } = LastHeardAt == DateTimeOffset.UnixEpoch ? null : LastHeardAt;

    /// <summary>
    /// Captures for which no sensor was registered and which the unit's vendor named, ever: whoever told of a microphone has one, whatever
    /// the
    /// register says and whatever is told later. Null in what was written down before this was; see <see cref="WithDerivedUnregistered"/>.
    /// </summary>
    [JsonPropertyName("beyond")]
    public CaptureSet? UnregisteredCaptures { get; init; }

    /// <summary>By what <see cref="Presence"/> is known.</summary>
    public Evidence Evidence { get; init; }

    /// <summary>The version of its expected state that the unit last said it applies; null when it never said one.</summary>
    public long? RuleVersion { get; init; }

    /// <summary>
    /// How far the unit's clock stood from the registry's when it was last heard, in whole seconds, positive when it is ahead; null when it
    /// said no time.
    /// </summary>
    public int? SkewSeconds { get; init; }

    /// <summary>Whether the unit only says what seems old: its clock fell back, and a clerk has to look at it.</summary>
    public bool ClockFellBack { get; init; }

    /// <summary>
    /// How the session ended in which the unit last spoke; null while it is heard, and when the session is not known to have ended.
    /// </summary>
    public SessionEnd? SessionEnd { get; init; }

    /// <summary>
    /// Whether the last report may be taken for the present: the unit was heard within its deadline and its session did not break.
    /// </summary>
    [JsonIgnore]
    public bool IsHeard => IsHeardState(Presence);

    /// <summary>Whether a unit in this state is heard.</summary>
    public static bool IsHeardState(PresenceState presence) =>
        presence is PresenceState.Online or PresenceState.Late or PresenceState.Docked;

    /// <summary>Since when it reports the mode of a capture; null when it has no such sensor.</summary>
    public DateTimeOffset? Since(Capture capture) => ModeSince.IsDefaultOrEmpty ? null : ModeSince[(int)capture];

    /// <summary>The first that is known of a unit.</summary>
    public static DeviceObservation First(Heartbeat heartbeat)
    {
        ArgumentNullException.ThrowIfNull(heartbeat);
        var seat = DevicePresence.Create(deadlineSeconds: 1, silenceIsNormal: false);
        seat.ApplyHeartbeat(heartbeat, steadyMs: 0);
        return seat.ToObservation(heartbeat.DeviceId).MergedWith(null);
    }

    /// <summary>
    /// This observation with since when each mode holds, told by the one before, and with every capture that was ever named beyond the
    /// register.
    /// While a unit was not heard nobody knows what it did: what it reports when it returns, it reports since then.
    /// </summary>
    public DeviceObservation MergedWith(DeviceObservation? before)
    {
        var known =
            before is { IsHeard: true } ? before
            : IsHeard ? null
            : before;
        return this with
        {
            UnregisteredCaptures = (UnregisteredCaptures ?? default).And(before?.UnregisteredCaptures ?? default),
            ModeSince =
            [
                .. Enum.GetValues<Capture>()
                    .Select(capture =>
                        Capture[capture] is null ? null
                        : known is not null && known.Capture[capture] == Capture[capture] ? known.Since(capture) ?? LastHeardAt
                        : LastHeardAt
                    ),
            ],
        };
    }

    /// <summary>
    /// This observation as it was written down before <see cref="UnregisteredCaptures"/> was: beyond the register is what it tells and the
    /// register does not have.
    /// </summary>
    /// <param name="registered">The unit's registered sensors.</param>
    public DeviceObservation WithDerivedUnregistered(ImmutableArray<Capture> registered) =>
        UnregisteredCaptures is null ? this with { UnregisteredCaptures = CaptureSet.From(Capture.Captures.Except(registered)) } : this;

    /// <summary>This observation as it stands while the registry itself cannot see.</summary>
    public DeviceObservation AsUnobserved() =>
        this with
        {
            Presence = PresenceState.Unknown,
            Evidence = Evidence.Registry,
            SessionEnd = null,
        };

    /// <summary>Whether a notice, a page or a rule would see a difference; most heartbeats make none.</summary>
    public bool DiffersFrom(DeviceObservation? other) =>
        other is null
        || (Presence, Evidence, SessionEnd, Capture, UnregisteredCaptures ?? default, Health, RuleVersion, ClockFellBack, IsSkewed)
            != (
                other.Presence,
                other.Evidence,
                other.SessionEnd,
                other.Capture,
                other.UnregisteredCaptures ?? default,
                other.Health,
                other.RuleVersion,
                other.ClockFellBack,
                other.IsSkewed
            );

    private bool IsSkewed => SkewSeconds is { } skew && Math.Abs((long)skew) >= DevicePresence.SkewThresholdSeconds;
}
