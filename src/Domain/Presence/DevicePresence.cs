using System.Runtime.InteropServices;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Domain.Presence;

/// <summary>What became of a heartbeat.</summary>
public enum HeartbeatOrder
{
    /// <summary>It is the newest word of its device.</summary>
    Newest,

    /// <summary>The same (epoch, seq) as the newest.</summary>
    Duplicate,

    /// <summary>Before the newest: kept as a late fact; it neither revives nor kills.</summary>
    Late,
}

/// <summary>
/// All that a presence partition holds of one unit: 56 bytes, no reference. The rules of presence stand here. Time is an argument: the
/// registry's steady clock in milliseconds, which no step of the wall clock moves.
/// </summary>
/// <remarks>
/// Sessions and epochs after Eclipse Sparkplug 3.0 (a death belongs to its birth), with 64-bit numbers; deadlines by the registry's clock.
/// </remarks>
[StructLayout(LayoutKind.Sequential)] // A million of them, with their places in the wheel: 60 MB.
public struct DevicePresence
{
    /// <summary>More than so many returns from silence within <see cref="FlapWindowSeconds"/> and a unit flaps.</summary>
    public const int MaxReturns = 4;

    /// <summary>For so long a unit must hold still before a flapping one counts as heard again, in seconds.</summary>
    public const int FlapWindowSeconds = 60;

    /// <summary>After so many words in a row that are before the newest, from a unit that is not heard, its clock fell back.</summary>
    public const int MaxLateInARow = 3;

    /// <summary>A clock that stands this far from the registry's is a fact of its own, in seconds.</summary>
    public const int SkewThresholdSeconds = 60;

    private long _epoch,
        _seq,
        _heardAt,
        _heardSteady;
    private int _session,
        _ruleVersion,
        _skew,
        _quietSince;
    private ulong _packed;

    private int DeadlineSeconds
    {
        readonly get => Small(0, 17);
        set => Small(0, 17, Math.Min(value, Registration.MaxDeadlineSeconds));
    }

    private CaptureReport Capture
    {
        readonly get => new(Small(17, 12));
        set => Small(17, 12, value.Bits);
    }

    private CaptureSet UnregisteredCaptures
    {
        readonly get => new(Small(29, 6));
        set => Small(29, 6, value.Bits);
    }

    private Evidence Evidence
    {
        readonly get => (Evidence)Small(35, 3);
        set => Small(35, 3, (int)value);
    }

    private Health Health
    {
        readonly get => (Health)Small(38, 3);
        set => Small(38, 3, (int)value);
    }

    /// <summary>How often it came back from silence within <see cref="FlapWindowSeconds"/>; once too often is enough to know.</summary>
    private int ReturnCount
    {
        readonly get => Small(41, 3);
        set => Small(41, 3, Math.Min(value, MaxReturns + 1));
    }

    /// <summary>How many words in a row were before the newest, up to <see cref="MaxLateInARow"/>.</summary>
    private int LateCount
    {
        readonly get => Small(44, 2);
        set => Small(44, 2, Math.Min(value, MaxLateInARow));
    }

    /// <summary>How the session ended in which the unit last spoke; null when it is not known to have ended.</summary>
    private SessionEnd? LastSessionEnd
    {
        readonly get => Small(46, 4) is var end and not 0 ? (SessionEnd)(end - 1) : null;
        set => Small(46, 4, value is { } end ? (int)end + 1 : 0);
    }

    private Flag Flags
    {
        readonly get => (Flag)Small(50, 5);
        set => Small(50, 5, (int)value);
    }

    private PresenceState State
    {
        readonly get => (PresenceState)Small(55, 3);
        set => Small(55, 3, (int)value);
    }

    [Flags]
    private enum Flag
    {
        SilenceIsNormal = 1,
        WasHeard = 2,
        HasSkew = 4,
        HasRuleVersion = 8,
        ClockFellBack = 16,
    }

    /// <summary>The seat of a registered unit that was never heard.</summary>
    /// <param name="deadlineSeconds">After so long without a word it is not heard any more.</param>
    /// <param name="silenceIsNormal">For units that are switched off after a shift: silence means unknown.</param>
    public static DevicePresence Create(int deadlineSeconds, bool silenceIsNormal) =>
        new()
        {
            DeadlineSeconds = deadlineSeconds,
            _epoch = -1,
            _seq = -1,
            Flags = silenceIsNormal ? Flag.SilenceIsNormal : 0,
        };

    /// <summary>Whether a registered unit sits here.</summary>
    public readonly bool IsRegistered => DeadlineSeconds > 0;

    /// <summary>Whether the unit was ever heard.</summary>
    public readonly bool WasHeard => Has(Flag.WasHeard);

    /// <summary>The greatest epoch and sequence that was heard; −1 when none was.</summary>
    public readonly (long Epoch, long Seq) NewestSequence => (_epoch, _seq);

    public readonly PresenceState Presence => State;

    public readonly bool IsHeard => DeviceObservation.IsHeardState(Presence);

    /// <summary>What a notice, a page or a rule would see change. Most heartbeats leave it as it is.</summary>
    public readonly (PresenceState, Evidence, CaptureReport, CaptureSet, Health, int, bool, bool, SessionEnd?) VisibleState =>
        (
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

    private readonly bool IsSkewed => Has(Flag.HasSkew) && Math.Abs((long)_skew) >= SkewThresholdSeconds;

    /// <summary>
    /// When to look next, on the steady clock in milliseconds; <see cref="long.MaxValue"/> when only a word can change anything.
    /// </summary>
    public readonly long NextCheckAtMs =>
        Presence switch
        {
            PresenceState.Online => _heardSteady + LateAfterMs,
            PresenceState.Late or PresenceState.Docked => _heardSteady + DeadlineMs,
            PresenceState.Unknown when MayStillTimeOut => _heardSteady + DeadlineMs,
            _ => long.MaxValue,
        };

    /// <summary>
    /// Whether a unit that is not heard may yet turn out to be silent: whose fault it is, or whether it holds still, is not settled.
    /// </summary>
    private readonly bool MayStillTimeOut => Evidence is Evidence.Registry or Evidence.Flapping;

    private readonly long DeadlineMs => DeadlineSeconds * 1000L;

    /// <summary>Silence up to half the deadline is ordinary; a kind's units speak three times within it.</summary>
    private readonly long LateAfterMs => DeadlineSeconds * 500L;

    /// <summary>Changes what the unit is asked for; what is known of it stays.</summary>
    public void Configure(int deadlineSeconds, bool silenceIsNormal)
    {
        DeadlineSeconds = deadlineSeconds;
        Set(Flag.SilenceIsNormal, silenceIsNormal);
    }

    /// <summary>Takes in a heartbeat.</summary>
    /// <param name="steadyMs">When it was received.</param>
    public HeartbeatOrder ApplyHeartbeat(Heartbeat heartbeat, long steadyMs)
    {
        ArgumentNullException.ThrowIfNull(heartbeat);
        if (!heartbeat.IsAfter(_epoch, _seq))
        {
            var duplicate = (heartbeat.Epoch, heartbeat.Seq) == (_epoch, _seq);
            // A unit that reboots with a clock that fell back, or in the same epoch, says only what seems old, for ever. Somebody has to
            // know.
            if (!duplicate && !IsHeard && ++LateCount >= MaxLateInARow)
                Set(Flag.ClockFellBack, true);
            return duplicate ? HeartbeatOrder.Duplicate : HeartbeatOrder.Late;
        }

        (_epoch, _seq, _session) = (heartbeat.Epoch, heartbeat.Seq, unchecked((int)heartbeat.Session));
        (Capture, UnregisteredCaptures, Health) = (heartbeat.Capture, heartbeat.UnregisteredCaptures, heartbeat.Health);
        Set(Flag.HasRuleVersion, heartbeat.RuleVersion is not null);
        _ruleVersion = (int)Math.Min(heartbeat.RuleVersion ?? 0, int.MaxValue);
        Set(Flag.HasSkew, heartbeat.DeviceAt is not null);
        _skew = heartbeat.DeviceAt is { } at ? (int)Math.Clamp((at - heartbeat.ReceivedAt).TotalSeconds, int.MinValue, int.MaxValue) : 0;
        Set(Flag.ClockFellBack, false);
        (LateCount, LastSessionEnd) = (0, null);
        if (heartbeat.ProvesLife)
            Revive(heartbeat.ReceivedAt.ToUnixTimeMilliseconds(), steadyMs);
        return HeartbeatOrder.Newest;
    }

    private void Revive(long heardAt, long steadyMs)
    {
        var wasHeard = IsHeard;
        var isReturn = WasHeard && !wasHeard;
        (_heardAt, _heardSteady) = (Math.Max(heardAt, _heardAt), Math.Max(steadyMs, _heardSteady));
        Set(Flag.WasHeard, true);
        var second = (int)(steadyMs / 1000);
        if (isReturn && Evidence != Evidence.Flapping)
        {
            ReturnCount = second - _quietSince < FlapWindowSeconds ? ReturnCount + 1 : 1;
            _quietSince = second;
        }

        // Who comes and goes is not there: until it holds still it counts as not heard, which says more and never less.
        if (!wasHeard && ReturnCount > MaxReturns && second - _quietSince < FlapWindowSeconds)
            (State, Evidence) = (PresenceState.Unknown, Evidence.Flapping);
        else
            (State, Evidence) = (HeardState, Evidence.Heartbeat);
    }

    /// <summary>Takes in that a session died. Counts only for the session and the epoch that the unit last spoke in.</summary>
    public void ApplyDeath(long epoch, long session, SessionEnd end = SessionEnd.ConnectionLost)
    {
        if (epoch != _epoch)
            return;
        RecordSessionEnd(session, end);
        if (unchecked((int)session) == _session && (IsHeard || MayStillTimeOut))
            (State, Evidence) = (PresenceState.Disconnected, Evidence.Death);
    }

    /// <summary>
    /// Takes back a death: so many died with it that the fault may be ours. The unit is unknown until it is heard, or silent for its whole
    /// deadline.
    /// </summary>
    public void RetractDeath(long epoch, long session)
    {
        if (epoch == _epoch && unchecked((int)session) == _session && (Presence, Evidence) == (PresenceState.Disconnected, Evidence.Death))
            (State, Evidence) = (PresenceState.Unknown, Evidence.Registry);
    }

    /// <summary>
    /// Takes in how a session ended that nobody died of. It changes nothing of a unit that is heard: what it tells is told when the unit is
    /// not heard any more.
    /// </summary>
    public void RecordSessionEnd(long session, SessionEnd end)
    {
        if (unchecked((int)session) == _session && LastSessionEnd is null) // What was said first is why; what came of it is not.
            LastSessionEnd = end;
    }

    /// <summary>Looks whether the unit is still heard.</summary>
    /// <param name="seeingSinceMs">
    /// Since when the registry has been able to hear without a break. A unit that had less than its whole deadline since then to be heard
    /// is
    /// not called silent: the fault may be ours.
    /// </param>
    public void EvaluateTimeout(long steadyMs, long seeingSinceMs)
    {
        var silence = steadyMs - _heardSteady;
        if (silence <= DeadlineMs)
        {
            if (IsHeard)
                State =
                    Health == Health.Docked ? PresenceState.Docked
                    : silence > LateAfterMs ? PresenceState.Late
                    : PresenceState.Online;
        }
        else if (IsHeard || MayStillTimeOut)
        {
            (State, Evidence) =
                Has(Flag.SilenceIsNormal) ? (PresenceState.Unknown, Evidence.Deadline)
                : steadyMs - seeingSinceMs < DeadlineMs ? (PresenceState.Unknown, Evidence.Registry)
                : (PresenceState.Silent, Evidence.Deadline);
        }
    }

    /// <summary>Takes up what was remembered of the unit before this partition was.</summary>
    /// <param name="heardSteady">When it was last heard, on the steady clock of now; of no meaning when it never was.</param>
    public void Restore(DeviceObservation last, long heardSteady)
    {
        ArgumentNullException.ThrowIfNull(last);
        (_epoch, _seq) = (last.Epoch, last.Seq);
        if (last.LastHeardAt is { } heardAt)
            (_heardAt, _heardSteady) = (heardAt.ToUnixTimeMilliseconds(), heardSteady);
        (Capture, UnregisteredCaptures, Health, State, Evidence) = (
            last.Capture,
            last.UnregisteredCaptures ?? default,
            last.Health,
            last.Presence,
            last.Evidence
        );
        Set(Flag.HasRuleVersion, last.RuleVersion is not null);
        _ruleVersion = (int)Math.Min(last.RuleVersion ?? 0, int.MaxValue);
        Set(Flag.HasSkew, last.SkewSeconds is not null);
        _skew = last.SkewSeconds ?? 0;
        LastSessionEnd = last.SessionEnd;
        Set(Flag.ClockFellBack, last.ClockFellBack);
        Set(Flag.WasHeard, last.LastHeardAt is not null);
    }

    /// <summary>Lets the next word count whatever its epoch: a clerk has looked at the unit whose clock fell back.</summary>
    public void ForgetEpoch()
    {
        (_epoch, _seq, LateCount) = (-1, -1, 0);
        Set(Flag.ClockFellBack, false);
    }

    /// <summary>What is known of the unit, in the form in which it is told, remembered and shown.</summary>
    public readonly DeviceObservation ToObservation(string deviceId) =>
        new(deviceId, Presence, WasHeard ? DateTimeOffset.FromUnixTimeMilliseconds(_heardAt) : null, _epoch, _seq, Capture, Health, [])
        {
            UnregisteredCaptures = UnregisteredCaptures,
            Evidence = Evidence,
            RuleVersion = Has(Flag.HasRuleVersion) ? _ruleVersion : null,
            SkewSeconds = Has(Flag.HasSkew) ? _skew : null,
            ClockFellBack = Has(Flag.ClockFellBack),
            SessionEnd = IsHeard ? null : LastSessionEnd,
        };

    private readonly PresenceState HeardState => Health == Health.Docked ? PresenceState.Docked : PresenceState.Online;

    private readonly bool Has(Flag flag) => (Flags & flag) != 0;

    private void Set(Flag flag, bool value) => Flags = value ? Flags | flag : Flags & ~flag;

    /// <summary>What is small shares one number: <paramref name="width"/> bits of it, from <paramref name="at"/>.</summary>
    private readonly int Small(int at, int width) => (int)(_packed >> at & (1UL << width) - 1);

    private void Small(int at, int width, int value) =>
        _packed = _packed & ~((1UL << width) - 1 << at) | ((ulong)value & (1UL << width) - 1) << at;
}
