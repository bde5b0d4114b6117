using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Domain.Presence;

/// <summary>
/// Whether a unit is heard. <c>Online</c> and <c>Late</c>: within its deadline. <c>Silent</c>: past it. <c>Disconnected</c>: its
/// session ended without a farewell. <c>Docked</c>: it says so itself. <c>Unknown</c>: never heard, or silence means nothing.
/// </summary>
public enum PresenceState { Unknown, Online, Late, Silent, Disconnected, Docked }

/// <summary>
/// By what the registry knows a state: a word of the unit, its deadline passing, the death of its session, or that the registry itself
/// could not see.
/// </summary>
public enum Evidence { Heartbeat, Deadline, Death, Registry }

/// <summary>
/// What the registry knows of a unit: the last that it reported, when, and whether it is still heard.
/// </summary>
/// <param name="LastHeardAt">When its last heartbeat was received.</param>
/// <param name="Capture">What it reported then.</param>
/// <param name="ModeSince">For each capture, in the order of <see cref="Devices.Capture"/>: since when it reports that mode; null for no sensor.</param>
public sealed record DeviceObservation(
    string DeviceId, PresenceState Presence, DateTimeOffset LastHeardAt, long Epoch, long Seq,
    CaptureReport Capture, Health Health, ImmutableArray<DateTimeOffset?> ModeSince)
{
    /// <summary>By what <see cref="Presence"/> is known.</summary>
    public Evidence Evidence { get; init; }

    /// <summary>The version of its expected state that the unit last said it applies; null when it never said one.</summary>
    public long? RuleVersion { get; init; }

    /// <summary>How far the unit's clock stood from the registry's when it was last heard, in whole seconds, positive when it is ahead; null when it said no time.</summary>
    public int? SkewSeconds { get; init; }

    /// <summary>Whether the last report may be taken for the present: the unit was heard within its deadline and its session did not break.</summary>
    public bool IsHeard => Presence is PresenceState.Online or PresenceState.Late or PresenceState.Docked;

    /// <summary>Since when it reports the mode of a capture; null when it has no such sensor.</summary>
    public DateTimeOffset? Since(Capture capture) => ModeSince.IsDefaultOrEmpty ? null : ModeSince[(int)capture];

    /// <summary>The first that is known of a unit.</summary>
    public static DeviceObservation First(Heartbeat heartbeat)
    {
        ArgumentNullException.ThrowIfNull(heartbeat);
        return new(heartbeat.DeviceId, Alive(heartbeat.Health), heartbeat.ReceivedAt, heartbeat.Epoch, heartbeat.Seq, heartbeat.Capture, heartbeat.Health,
            Since(heartbeat.Capture, heartbeat.ReceivedAt, null));
    }

    /// <summary>
    /// What is known after one more heartbeat. One that is not after the last (duplicate, late, from an older boot) changes nothing:
    /// it neither revives nor kills.
    /// </summary>
    public DeviceObservation After(Heartbeat heartbeat)
    {
        ArgumentNullException.ThrowIfNull(heartbeat);
        return !heartbeat.IsAfter(Epoch, Seq) ? this : this with
        {
            Presence = Alive(heartbeat.Health),
            LastHeardAt = heartbeat.ReceivedAt > LastHeardAt ? heartbeat.ReceivedAt : LastHeardAt,
            Epoch = heartbeat.Epoch,
            Seq = heartbeat.Seq,
            Capture = heartbeat.Capture,
            Health = heartbeat.Health,
            // While it was not heard nobody knows what it did: what it reports now, it reports since now.
            ModeSince = Since(heartbeat.Capture, heartbeat.ReceivedAt, IsHeard ? this : null),
        };
    }

    /// <summary>What is known after a session of the unit died. A death of another epoch's session changes nothing.</summary>
    public DeviceObservation AfterDeath(long epoch) => epoch == Epoch && IsHeard ? this with { Presence = PresenceState.Disconnected } : this;

    /// <summary>What is known at an instant when nothing more was heard.</summary>
    public DeviceObservation At(DateTimeOffset now, DeviceKind kind)
    {
        ArgumentNullException.ThrowIfNull(kind);
        if (!IsHeard)
            return this;
        var silence = (now - LastHeardAt).TotalSeconds;
        var presence = silence > kind.DeadlineSeconds ? kind.SilenceIsNormal ? PresenceState.Unknown : PresenceState.Silent
            : Health == Health.Docked ? PresenceState.Docked
            : silence > kind.LateAfterSeconds ? PresenceState.Late
            : PresenceState.Online;
        return presence == Presence ? this : this with { Presence = presence };
    }

    /// <summary>Whether a notice, a page or a rule would see a difference; most heartbeats make none.</summary>
    public bool DiffersFrom(DeviceObservation? other) =>
        other is null || Presence != other.Presence || Capture != other.Capture || Health != other.Health;

    private static PresenceState Alive(Health health) => health == Health.Docked ? PresenceState.Docked : PresenceState.Online;

    private static ImmutableArray<DateTimeOffset?> Since(CaptureReport report, DateTimeOffset at, DeviceObservation? before) =>
        [.. Enum.GetValues<Capture>().Select(capture => report[capture] is null ? (DateTimeOffset?)null
            : before is not null && before.Capture[capture] == report[capture] ? before.Since(capture) ?? at : at)];
}
