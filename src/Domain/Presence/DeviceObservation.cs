using System.Collections.Immutable;
using System.Text.Json.Serialization;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Domain.Presence;

/// <summary>Whether a device is heard.</summary>
public enum PresenceState
{
    /// <summary>It was never heard, or its silence has no meaning.</summary>
    Unknown,

    /// <summary>It was heard within half its deadline.</summary>
    Online,

    /// <summary>It was heard within its deadline, but not within half of it.</summary>
    Late,

    /// <summary>It was not heard for its whole deadline.</summary>
    Silent,

    /// <summary>Its session ended in a death.</summary>
    Disconnected,

    /// <summary>It is heard, and reports that it is docked.</summary>
    Docked,
}

/// <summary>Why a device is in its presence state.</summary>
public enum Evidence
{
    /// <summary>A heartbeat of the device.</summary>
    Heartbeat,

    /// <summary>Its deadline passed.</summary>
    Deadline,

    /// <summary>The death of its session.</summary>
    Death,

    /// <summary>The registry itself could not observe.</summary>
    Registry,

    /// <summary>The device connects and disconnects too often to be relied on.</summary>
    Flapping,
}

/// <summary>
/// What the registry knows of a device: its last report, the time of it, and whether the device is still heard.
/// <see cref="DevicePresence"/> has the rules.
/// </summary>
/// <param name="LastHeardAt">When its last sign of life was received; null when there is none. The report may come from a message that is
/// no sign of life, see <see cref="Heartbeat.ProvesLife"/>.</param>
/// <param name="Capture">Its last report. A sensor that the report does not name may be doing anything.</param>
/// <param name="ModeSince">For each capture, in the order of <see cref="Devices.Capture"/>: since when the device reports its mode; null
/// when it has no such sensor or was never heard.</param>
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
    /// <summary>When its last sign of life was received; null when there is none.</summary>
    // Older rows state 1970-01-01 for a device that was never heard.
    public DateTimeOffset? LastHeardAt { get; init; } = LastHeardAt == DateTimeOffset.UnixEpoch ? null : LastHeardAt;

    /// <summary>
    /// Captures without a registered sensor that the device, or its vendor, has ever named, in a rejected publish too. They stay: a device
    /// that once reported a microphone has one, whatever the register or a later message says. Null in older rows, see
    /// <see cref="WithDerivedUnregistered"/>.
    /// </summary>
    [JsonPropertyName("beyond")]
    public CaptureSet? UnregisteredCaptures { get; init; }

    /// <summary>Why the device is in the state <see cref="Presence"/>.</summary>
    public Evidence Evidence { get; init; }

    /// <summary>The version of its expected state that the device last reported to apply; null when it never reported one.</summary>
    public long? RuleVersion { get; init; }

    /// <summary>
    /// The device's clock minus the registry's at the newest heartbeat, in whole seconds; null when the heartbeat had no device time.
    /// </summary>
    public int? SkewSeconds { get; init; }

    /// <summary>Whether the device sends only heartbeats that seem late. Its clock fell back, and a clerk has to check it.</summary>
    public bool ClockFellBack { get; init; }

    /// <summary>
    /// How the session of the newest heartbeat ended; null while the device is heard, and when the session is not known to have ended.
    /// </summary>
    public SessionEnd? SessionEnd { get; init; }

    /// <summary>
    /// When the removed device last tried to sign in with a credential that had been its own, or its gateway last published for it, to the
    /// minute or so; null when it never did. A device that knocks has power, and may be recording.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? KnocksAt { get; init; }

    /// <summary>
    /// Whether the last report describes the present: the device was heard within its deadline and its session did not break.
    /// </summary>
    [JsonIgnore]
    public bool IsHeard => IsHeardState(Presence);

    /// <summary>Whether a device in this state is heard.</summary>
    public static bool IsHeardState(PresenceState presence) =>
        presence is PresenceState.Online or PresenceState.Late or PresenceState.Docked;

    /// <summary>Since when the device reports the mode of a capture; null when it has no such sensor.</summary>
    public DateTimeOffset? Since(Capture capture) => ModeSince.IsDefaultOrEmpty ? null : ModeSince[(int)capture];

    /// <summary>The observation after the first heartbeat of a device.</summary>
    public static DeviceObservation FromFirstHeartbeat(Heartbeat heartbeat)
    {
        ArgumentNullException.ThrowIfNull(heartbeat);
        var presence = DevicePresence.Create(deadlineSeconds: 1, silenceIsNormal: false);
        presence.ApplyHeartbeat(heartbeat, steadyMs: 0);
        return presence.ToObservation(heartbeat.DeviceId).MergedWith(null);
    }

    /// <summary>
    /// This observation with what it takes over from the one before: since when each mode is reported, every unregistered capture that was
    /// ever named, and the last knock. When a device returns, its modes are reported since its return: what it did while it was not heard
    /// is not known.
    /// </summary>
    public DeviceObservation MergedWith(DeviceObservation? before)
    {
        var isReturn = IsHeard && before is not { IsHeard: true };
        var known = isReturn ? null : before;
        return this with
        {
            UnregisteredCaptures = (UnregisteredCaptures ?? default).Union(before?.UnregisteredCaptures ?? default),
            KnocksAt = KnocksAt is { } at && !(before?.KnocksAt > at) ? at : before?.KnocksAt,
            ModeSince = [.. Enum.GetValues<Capture>().Select(capture => ModeSinceOf(capture, known))],
        };
    }

    private DateTimeOffset? ModeSinceOf(Capture capture, DeviceObservation? known)
    {
        if (Capture[capture] is null)
            return null;
        return known is not null && known.Capture[capture] == Capture[capture] ? known.Since(capture) ?? LastHeardAt : LastHeardAt;
    }

    /// <summary>
    /// Upgrades an observation that was recorded before <see cref="UnregisteredCaptures"/> existed: derives it as the reported captures
    /// without a registered sensor.
    /// </summary>
    /// <param name="registered">The device's registered sensors.</param>
    public DeviceObservation WithDerivedUnregistered(ImmutableArray<Capture> registered) =>
        UnregisteredCaptures is null ? this with { UnregisteredCaptures = CaptureSet.From(Capture.Captures.Except(registered)) } : this;

    /// <summary>This observation after a clerk let the device start a new sequence: the next heartbeat is the newest.</summary>
    public DeviceObservation WithForgottenEpoch() => this with { Epoch = -1, Seq = -1, ClockFellBack = false };

    /// <summary>This observation while the registry itself cannot observe.</summary>
    public DeviceObservation AsUnobserved() =>
        this with
        {
            Presence = PresenceState.Unknown,
            Evidence = Evidence.Registry,
            SessionEnd = null,
        };

    /// <summary>Whether a notice, a page or a rule would show a difference. Most heartbeats make none.</summary>
    public bool DiffersFrom(DeviceObservation? other) =>
        other is null
        || Presence != other.Presence
        || Evidence != other.Evidence
        || SessionEnd != other.SessionEnd
        || Capture != other.Capture
        || (UnregisteredCaptures ?? default) != (other.UnregisteredCaptures ?? default)
        || Health != other.Health
        || RuleVersion != other.RuleVersion
        || ClockFellBack != other.ClockFellBack
        || KnocksAt != other.KnocksAt
        || IsSkewed != other.IsSkewed;

    private bool IsSkewed => SkewSeconds is { } skew && Math.Abs((long)skew) >= DevicePresence.SkewThresholdSeconds;
}
