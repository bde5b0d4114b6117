using System.Runtime.InteropServices;
using SurveillanceRegistry.Domain.Devices;
using Bits = SurveillanceRegistry.Domain.Presence.DevicePresenceBits;

namespace SurveillanceRegistry.Domain.Presence;

/// <summary>The fields of a device's presence, how the small ones are packed, and the form in which they are recorded.</summary>
[StructLayout(LayoutKind.Sequential)] // A million devices, with their places in the timing wheel, take 60 MB.
public partial struct DevicePresence
{
    private long _epoch;
    private long _seq;
    private long _heardAtUnixMs;
    private long _heardAtSteadyMs;

    // The newest session on which the device spoke, in a rejected publish too; 0 when not known. The low 32 bits of its number: two
    // sessions of one device are never 2^32 connections apart.
    private int _session;
    private int _ruleVersion;
    private int _skewSeconds;
    private int _lastReturnSecond;
    private PackedBits _packed;

    /// <summary>Restores what an earlier activation of the partition recorded of the device.</summary>
    /// <param name="last">The last recorded observation.</param>
    /// <param name="heardSteady">When it was last heard, on this process's monotonic clock. Ignored when it never was.</param>
    public void Restore(DeviceObservation last, long heardSteady)
    {
        ArgumentNullException.ThrowIfNull(last);
        _epoch = last.Epoch;
        _seq = last.Seq;
        if (last.LastHeardAt is { } heardAt)
        {
            _heardAtUnixMs = heardAt.ToUnixTimeMilliseconds();
            _heardAtSteadyMs = heardSteady;
        }

        Capture = last.Capture;
        UnregisteredCaptures = last.UnregisteredCaptures ?? default;
        Health = last.Health;
        State = last.Presence;
        Evidence = last.Evidence;
        SetRuleVersion(last.RuleVersion);
        SetSkew(last.SkewSeconds);
        LastSessionEnd = last.SessionEnd;
        Set(Flag.ClockFellBack, last.ClockFellBack);
        Set(Flag.WasHeard, last.LastHeardAt is not null);
        Set(Flag.WasReceived, true);
    }

    /// <summary>What is known of the device, in the form in which it is recorded, published and shown.</summary>
    public readonly DeviceObservation ToObservation(string deviceId) =>
        new(
            deviceId,
            Presence,
            WasHeard ? DateTimeOffset.FromUnixTimeMilliseconds(_heardAtUnixMs) : null,
            _epoch,
            _seq,
            Capture,
            Health,
            []
        )
        {
            UnregisteredCaptures = UnregisteredCaptures,
            Evidence = Evidence,
            RuleVersion = Has(Flag.HasRuleVersion) ? _ruleVersion : null,
            SkewSeconds = Has(Flag.HasSkew) ? _skewSeconds : null,
            ClockFellBack = Has(Flag.ClockFellBack),
            SessionEnd = IsHeard ? null : LastSessionEnd,
        };

    private void SetRuleVersion(long? version)
    {
        Set(Flag.HasRuleVersion, version is not null);
        _ruleVersion = (int)Math.Min(version ?? 0, int.MaxValue);
    }

    private void SetSkew(int? seconds)
    {
        Set(Flag.HasSkew, seconds is not null);
        _skewSeconds = seconds ?? 0;
    }

    private int DeadlineSeconds
    {
        readonly get => _packed[Bits.DeadlineSeconds];
        set => _packed[Bits.DeadlineSeconds] = Math.Min(value, Registration.MaxDeadlineSeconds);
    }

    private CaptureReport Capture
    {
        readonly get => new(_packed[Bits.Capture]);
        set => _packed[Bits.Capture] = value.Bits;
    }

    private CaptureSet UnregisteredCaptures
    {
        readonly get => new(_packed[Bits.UnregisteredCaptures]);
        set => _packed[Bits.UnregisteredCaptures] = value.Bits;
    }

    private Evidence Evidence
    {
        readonly get => (Evidence)_packed[Bits.Evidence];
        set => _packed[Bits.Evidence] = (int)value;
    }

    private Health Health
    {
        readonly get => (Health)_packed[Bits.Health];
        set => _packed[Bits.Health] = (int)value;
    }

    /// <summary>
    /// Returns from silence in a row, each within <see cref="FlapWindowSeconds"/> of the one before; at most one too many.
    /// </summary>
    private int ReturnCount
    {
        readonly get => _packed[Bits.ReturnCount];
        set => _packed[Bits.ReturnCount] = Math.Min(value, MaxReturns + 1);
    }

    /// <summary>Late heartbeats in a row, up to <see cref="MaxLateInARow"/>.</summary>
    private int LateCount
    {
        readonly get => _packed[Bits.LateCount];
        set => _packed[Bits.LateCount] = Math.Min(value, MaxLateInARow);
    }

    /// <summary>Heartbeats in a row on a session older than the newest, up to <see cref="MaxOlderInARow"/>.</summary>
    private int OlderCount
    {
        readonly get => _packed[Bits.OlderCount];
        set => _packed[Bits.OlderCount] = Math.Min(value, MaxOlderInARow);
    }

    /// <summary>How the newest session ended; null when it is not known to have ended.</summary>
    private SessionEnd? LastSessionEnd
    {
        readonly get => _packed[Bits.LastSessionEnd] is var end and not 0 ? (SessionEnd)(end - 1) : null;
        set => _packed[Bits.LastSessionEnd] = value is { } end ? (int)end + 1 : 0;
    }

    private PresenceState State
    {
        readonly get => (PresenceState)_packed[Bits.State];
        set => _packed[Bits.State] = (int)value;
    }

    private Flag Flags
    {
        readonly get => (Flag)_packed[Bits.Flags];
        set => _packed[Bits.Flags] = (int)value;
    }

    private readonly bool Has(Flag flag) => (Flags & flag) != 0;

    private void Set(Flag flag, bool value) => Flags = value ? Flags | flag : Flags & ~flag;

    [Flags]
    private enum Flag
    {
        SilenceIsNormal = 1,
        WasHeard = 2,
        HasSkew = 4,
        HasRuleVersion = 8,
        ClockFellBack = 16,

        /// <summary>The device spoke on the newest session, and its newest heartbeat came on an older one.</summary>
        SpokeOnNewerSession = 32,

        /// <summary>Something was received from the device, if only a message that says nothing.</summary>
        WasReceived = 64,
    }

    /// <summary>
    /// Adopts the session of the newest heartbeat. False when the device has spoken on a newer one: which of the two it said last is not
    /// known. Several heartbeats in a row on the older session are no stragglers any more: the device uses it.
    /// </summary>
    private bool TryAdoptSession(long session)
    {
        var isOlder = session != 0 && _session != 0 && unchecked((int)session - _session) < 0;
        var isInDoubt = isOlder && ++OlderCount < MaxOlderInARow;
        Set(Flag.SpokeOnNewerSession, isInDoubt);
        if (isInDoubt)
            return false;
        _session = unchecked((int)session);
        OlderCount = 0;
        return true;
    }

    /// <summary>Notes that the device spoke on a session, in a message that is not its newest heartbeat.</summary>
    private void NoteSession(long session)
    {
        OlderCount = 0;
        if (session == 0 || !IsNewerSession(session))
            return;
        _session = unchecked((int)session);
        if (IsHeard) // Else it is shown: a device that connects only to be rejected would make a state change each time.
            LastSessionEnd = null;
        Set(Flag.SpokeOnNewerSession, true);
    }

    /// <summary>
    /// Whether the end of a session may end what is known: it is the newest, or may be that of the newest heartbeat, whose number is not
    /// known once the device spoke on a newer one.
    /// </summary>
    private readonly bool IsPresentSession(long session) =>
        IsLastSession(session) || Has(Flag.SpokeOnNewerSession) && !IsNewerSession(session);

    private readonly bool IsLastSession(long session) => unchecked((int)session) == _session;

    /// <summary>
    /// Whether a session began after the newest on which the device spoke. The low 32 bits are compared, with wrap-around.
    /// </summary>
    private readonly bool IsNewerSession(long session) => unchecked((int)session - _session) > 0;

    /// <summary>
    /// Calls a device unknown that was last heard outside a time: before the registry started it may have changed unheard what it does.
    /// Returns whether its state changed.
    /// </summary>
    /// <param name="fromUnixMs">When the registry started, in Unix milliseconds.</param>
    /// <param name="toUnixMs">Now, in Unix milliseconds. A device heard later was heard before the clock was set back.</param>
    public bool MarkUnobservedUnlessHeard(long fromUnixMs, long toUnixMs)
    {
        if (!IsHeard || (_heardAtUnixMs >= fromUnixMs && _heardAtUnixMs <= toUnixMs))
            return false;
        (State, Evidence) = (PresenceState.Unknown, Evidence.Registry);
        return true;
    }
}

/// <summary>Where each small value of a <see cref="DevicePresence"/> is packed. Each field begins where the one before ends.</summary>
internal static class DevicePresenceBits
{
    public static readonly BitField DeadlineSeconds = new(0, 17);
    public static readonly BitField Capture = DeadlineSeconds.Next(12);
    public static readonly BitField UnregisteredCaptures = Capture.Next(6);
    public static readonly BitField Evidence = UnregisteredCaptures.Next(3);
    public static readonly BitField Health = Evidence.Next(3);
    public static readonly BitField ReturnCount = Health.Next(3);
    public static readonly BitField LateCount = ReturnCount.Next(2);
    public static readonly BitField LastSessionEnd = LateCount.Next(4);
    public static readonly BitField Flags = LastSessionEnd.Next(7);
    public static readonly BitField State = Flags.Next(3);
    public static readonly BitField OlderCount = State.Next(2);
}
