using System.Diagnostics;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Domain.Presence;

/// <summary>
/// The state of one device in a presence partition, and the rules of presence: 56 bytes, no reference. Every time argument is the
/// registry's monotonic clock in milliseconds, which no step of the wall clock moves.
/// </summary>
/// <remarks>
/// Sessions follow Eclipse Sparkplug 3.0: a death counts only for the session and the epoch of the newest heartbeat. The epoch and the
/// sequence have 64 bits; Sparkplug's bdSeq and seq have 8. Deadlines are measured by the registry's clock, never by the device's.
/// </remarks>
public partial struct DevicePresence
{
    /// <summary>
    /// A device flaps when it returns from silence more often than this in a row, each time within <see cref="FlapWindowSeconds"/> of the
    /// return before.
    /// </summary>
    public const int MaxReturns = 4;

    /// <summary>
    /// The longest time between two returns of a flapping device. A flapping device counts as heard again when this time has passed since
    /// its last counted return.
    /// </summary>
    public const int FlapWindowSeconds = 60;

    /// <summary>
    /// After this many late heartbeats in a row from a device that is not heard, its clock is taken to have fallen back.
    /// </summary>
    public const int MaxLateInARow = 3;

    /// <summary>
    /// After this many heartbeats in a row on an older session, the device is taken to use that one: it was moved to another gateway.
    /// </summary>
    public const int MaxOlderInARow = 3;

    /// <summary>A device clock this far from the registry's, in seconds, is a finding of its own.</summary>
    public const int SkewThresholdSeconds = 60;

    /// <summary>A registered device that was never heard.</summary>
    /// <param name="deadlineSeconds">After this long without a heartbeat the device is not heard any more.</param>
    /// <param name="silenceIsNormal">True for devices that are switched off after a shift: their silence means unknown.</param>
    public static DevicePresence Create(int deadlineSeconds, bool silenceIsNormal) =>
        new()
        {
            DeadlineSeconds = deadlineSeconds,
            _epoch = -1,
            _seq = -1,
            Flags = silenceIsNormal ? Flag.SilenceIsNormal : 0,
        };

    /// <summary>Whether a device is registered under this device number.</summary>
    public readonly bool IsRegistered => DeadlineSeconds > 0;

    /// <summary>Whether the device was ever heard.</summary>
    public readonly bool WasHeard => Has(Flag.WasHeard);

    /// <summary>The greatest epoch and sequence received; both −1 when there is none.</summary>
    public readonly (long Epoch, long Seq) NewestSequence => (_epoch, _seq);

    public readonly PresenceState Presence => State;

    public readonly bool IsHeard => DeviceObservation.IsHeardState(Presence);

    /// <summary>
    /// Everything that a notice, a page or a rule shows of the device. Most heartbeats leave it unchanged; only a change is recorded. The
    /// first message is one, whatever it says: a planned device counts from then on.
    /// </summary>
    public readonly (bool, PresenceState, Evidence, CaptureReport, CaptureSet, Health, int, bool, bool, SessionEnd?) VisibleState =>
        (
            Has(Flag.WasReceived),
            Presence,
            Evidence,
            Capture,
            UnregisteredCaptures,
            Health,
            Has(Flag.HasRuleVersion) ? _ruleVersion : -1,
            Has(Flag.ClockFellBack),
            IsSkewed,
            IsHeard ? null : LastSessionEnd
        );

    /// <summary>
    /// Whether both have the same <see cref="VisibleState"/>. Nearly always every packed value is the same, and nothing is unpacked.
    /// </summary>
    public readonly bool LooksLike(in DevicePresence other) =>
        _packed == other._packed && _ruleVersion == other._ruleVersion && _skewSeconds == other._skewSeconds
        || VisibleState == other.VisibleState;

    /// <summary>
    /// When to call <see cref="EvaluateTimeout"/> next, on the monotonic clock in milliseconds; <see cref="long.MaxValue"/> when only a
    /// heartbeat or a death can change anything.
    /// </summary>
    public readonly long NextCheckAtMs =>
        Presence switch
        {
            PresenceState.Online => _heardAtSteadyMs + LateAfterMs,
            PresenceState.Late or PresenceState.Docked => _heardAtSteadyMs + DeadlineMs,
            PresenceState.Unknown when MayStillTimeOut => _heardAtSteadyMs + DeadlineMs,
            PresenceState.Unknown or PresenceState.Silent or PresenceState.Disconnected => long.MaxValue,
            _ => throw new UnreachableException($"{Presence} has no name."),
        };

    /// <summary>Sets what the register says of the device; its state stays.</summary>
    public void Configure(int deadlineSeconds, bool silenceIsNormal)
    {
        DeadlineSeconds = deadlineSeconds;
        Set(Flag.SilenceIsNormal, silenceIsNormal);
    }

    /// <summary>
    /// Applies a heartbeat. Only the newest becomes what is known of the device. Any other may still put its report in doubt, see
    /// <see cref="Doubt"/>.
    /// </summary>
    /// <param name="steadyMs">When the registry received it, on the monotonic clock.</param>
    public HeartbeatOrder ApplyHeartbeat(Heartbeat heartbeat, long steadyMs)
    {
        ArgumentNullException.ThrowIfNull(heartbeat);
        Set(Flag.WasReceived, true);
        if (!heartbeat.IsAfter(_epoch, _seq))
        {
            var isDuplicate = heartbeat.Epoch == _epoch && heartbeat.Seq == _seq;
            // A restored partition reads its newest heartbeats again. Without their sessions it would ignore the deaths of those.
            if (isDuplicate && _session == 0)
                _session = unchecked((int)heartbeat.Session);
            Doubt(heartbeat);
            if (isDuplicate)
                return HeartbeatOrder.Duplicate;

            // A device that restarts with an older clock, or in the same epoch, sends only heartbeats that seem late, for ever.
            // Without this flag it would stay silent and no clerk would know why.
            if (!IsHeard && ++LateCount >= MaxLateInARow)
                Set(Flag.ClockFellBack, true);
            return HeartbeatOrder.Late;
        }

        _epoch = heartbeat.Epoch;
        _seq = heartbeat.Seq;
        Capture = TryAdoptSession(heartbeat.Session) ? heartbeat.Capture : Capture.AgreeingWith(heartbeat.Capture);
        UnregisteredCaptures = UnregisteredCaptures.Union(heartbeat.UnregisteredCaptures);
        Health = heartbeat.Health;
        SetRuleVersion(heartbeat.RuleVersion);
        SetSkew(
            heartbeat.DeviceAt is { } deviceAt
                ? (int)Math.Clamp((deviceAt - heartbeat.ReceivedAt).TotalSeconds, int.MinValue, int.MaxValue)
                : null
        );
        Set(Flag.ClockFellBack, false);
        LateCount = 0;
        LastSessionEnd = null;
        if (heartbeat.ProvesLife)
            MarkHeard(heartbeat.ReceivedAt.ToUnixTimeMilliseconds(), steadyMs);
        return HeartbeatOrder.Newest;
    }

    /// <summary>
    /// Applies what a rejected publish of the device reported. It proves no life and has no place in the order of heartbeats. A mode that
    /// differs from it is not known any more, and an unregistered capture that it named stays.
    /// </summary>
    /// <param name="reported">What it reported; empty when it could not be read.</param>
    /// <param name="afterEpoch">The newest heartbeat before it, with <paramref name="afterSeq"/>. A newer one removes the doubt.</param>
    /// <param name="session">The connection that brought it; 0 when not known. A heartbeat of an older one does not remove the
    /// doubt.</param>
    public void ApplyRejected(CaptureReport reported, CaptureSet unregistered, long afterEpoch, long afterSeq, long session = 0)
    {
        Set(Flag.WasReceived, true);
        NoteSession(session);
        UnregisteredCaptures = UnregisteredCaptures.Union(unregistered);
        if ((_epoch, _seq).CompareTo((afterEpoch, afterSeq)) <= 0)
            Capture = Capture.AgreeingWith(reported);
    }

    /// <summary>
    /// Puts in doubt what differs from a heartbeat that is not after the newest by its numbers and came after it. A device that boots with
    /// an older clock sends only such heartbeats, and so does one that starts its sequence again, or never counts it on. The next heartbeat
    /// that is the newest removes a doubt that was none.
    /// </summary>
    private void Doubt(Heartbeat heartbeat)
    {
        UnregisteredCaptures = UnregisteredCaptures.Union(heartbeat.UnregisteredCaptures);
        NoteSession(heartbeat.Session);
        Capture = Capture.AgreeingWith(heartbeat.Capture);
    }

    private void MarkHeard(long heardAtUnixMs, long steadyMs)
    {
        var wasHeardBefore = IsHeard;
        var isReturn = WasHeard && !wasHeardBefore;
        _heardAtUnixMs = Math.Max(heardAtUnixMs, _heardAtUnixMs);
        _heardAtSteadyMs = Math.Max(steadyMs, _heardAtSteadyMs);
        Set(Flag.WasHeard, true);
        var second = (int)(steadyMs / 1000);
        if (isReturn && Evidence != Evidence.Flapping)
        {
            ReturnCount = second - _lastReturnSecond < FlapWindowSeconds ? ReturnCount + 1 : 1;
            _lastReturnSecond = second;
        }

        // Flap damping: a flapping device counts as not heard until it is stable, so that its notice shows the worst case.
        var isFlapping = !wasHeardBefore && ReturnCount > MaxReturns && second - _lastReturnSecond < FlapWindowSeconds;
        (State, Evidence) = isFlapping ? (PresenceState.Unknown, Evidence.Flapping) : (HeardState, Evidence.Heartbeat);
    }

    /// <summary>
    /// Applies the death of a session. Ignored unless it is of the epoch and the session of the newest heartbeat, or of the newest session
    /// on which the device spoke: a death may arrive after the device has connected again.
    /// </summary>
    public void ApplyDeath(long epoch, long session, SessionEnd end = SessionEnd.ConnectionLost)
    {
        if (epoch != _epoch)
            return;
        RecordSessionEnd(session, end);
        if (IsPresentSession(session) && (IsHeard || MayStillTimeOut))
            (State, Evidence) = (PresenceState.Disconnected, Evidence.Death);
    }

    /// <summary>
    /// Takes a death back: so many sessions died at once that the registry's own network may be the cause. The device is unknown until it
    /// is heard, or silent after its whole deadline.
    /// </summary>
    public void RetractDeath(long epoch, long session)
    {
        if (epoch == _epoch && IsPresentSession(session) && (Presence, Evidence) == (PresenceState.Disconnected, Evidence.Death))
            (State, Evidence) = (PresenceState.Unknown, Evidence.Registry);
    }

    /// <summary>Records how a session ended without a death. It becomes visible only once the device is no longer heard.</summary>
    public void RecordSessionEnd(long session, SessionEnd end)
    {
        // The first reason is the cause; a later one is its consequence.
        if (IsPresentSession(session) && LastSessionEnd is null)
            LastSessionEnd = end;
    }

    /// <summary>Changes the state when the device was not heard for half its deadline, or for all of it.</summary>
    /// <param name="steadyMs">Now, on the monotonic clock.</param>
    /// <param name="observingSinceMs">
    /// When the registry's current uninterrupted observation began. If that is less than one deadline ago, the device becomes unknown and
    /// not silent, because the registry may have missed its heartbeats.
    /// </param>
    public void EvaluateTimeout(long steadyMs, long observingSinceMs)
    {
        var silenceMs = steadyMs - _heardAtSteadyMs;
        if (silenceMs <= DeadlineMs)
        {
            if (IsHeard && Health != Health.Docked)
                State = silenceMs > LateAfterMs ? PresenceState.Late : PresenceState.Online;
            else if (IsHeard)
                State = PresenceState.Docked;
            return;
        }

        if (!IsHeard && !MayStillTimeOut)
            return;
        if (Has(Flag.SilenceIsNormal))
            (State, Evidence) = (PresenceState.Unknown, Evidence.Deadline);
        else if (steadyMs - observingSinceMs < DeadlineMs)
            (State, Evidence) = (PresenceState.Unknown, Evidence.Registry);
        else
            (State, Evidence) = (PresenceState.Silent, Evidence.Deadline);
    }

    /// <summary>Makes the next heartbeat the newest whatever its epoch: a clerk has checked a device whose clock fell back.</summary>
    public void ForgetEpoch()
    {
        _epoch = -1;
        _seq = -1;
        LateCount = 0;
        Set(Flag.ClockFellBack, false);
    }

    private readonly PresenceState HeardState => Health == Health.Docked ? PresenceState.Docked : PresenceState.Online;

    private readonly bool IsSkewed => Has(Flag.HasSkew) && Math.Abs((long)_skewSeconds) >= SkewThresholdSeconds;

    /// <summary>
    /// Whether a device that is not heard may still become silent: the registry may have been the cause, or it flapped and may have
    /// stopped.
    /// </summary>
    private readonly bool MayStillTimeOut => Evidence is Evidence.Registry or Evidence.Flapping;

    private readonly long DeadlineMs => DeadlineSeconds * 1000L;

    /// <summary>Half the deadline. A device sends three heartbeats in its kind's deadline, so one lost heartbeat is not late.</summary>
    private readonly long LateAfterMs => DeadlineSeconds * 500L;
}
