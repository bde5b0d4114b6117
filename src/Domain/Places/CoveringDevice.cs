using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Domain.Places;

/// <summary>A device that covers a place, or that the register took from it, and its last observation.</summary>
/// <param name="Last">Null when nothing was ever received from it.</param>
public sealed record CoveringDevice(Device Device, DeviceObservation? Last)
{
    /// <summary>What the register took of it from this place; null when nothing was ever taken.</summary>
    public DeviceWithdrawals? Withdrawals { get; init; }

    /// <summary>
    /// The captures that the device makes or may be making: every sensor and every capture it ever named. The mode is the reported one
    /// while the device is heard, else <see cref="Mode.Recorded"/>. Empty for a device that is not in scope.
    /// </summary>
    public CaptureReport PossibleCaptures =>
        !IsInScope
            ? default
            : AllSensors.Aggregate(
                default(CaptureReport),
                (report, sensor) => report.With(sensor, Reports(sensor) ? Last!.Capture[sensor]!.Value : Mode.Recorded)
            );

    /// <summary>Whether the device is heard and reports the mode of a sensor at this place.</summary>
    public bool Reports(Capture capture) => !IsElsewhere && Last is { IsHeard: true } && Last.Capture[capture] is not null;

    /// <summary>
    /// Every sensor that the register or the device itself has named, every one whose withdrawal is open, and those that were struck.
    /// </summary>
    public IEnumerable<Capture> AllSensors =>
        Device
            .Sensors.Union((Withdrawals?.Captures ?? default).Captures)
            .Union((IsElsewhere ? default : Device.Struck).Captures)
            .Union((Last?.Capture ?? default).Captures)
            .Union((Last?.UnregisteredCaptures ?? default).Captures);

    /// <summary>
    /// Whether the notice covers the device, in the worst case too: it is installed, or something was received from it, or its withdrawal
    /// from the place is open. A removed device is also covered while it is heard, while it is not heard only because the registry cannot
    /// observe or because the device flaps, and after it knocked.
    /// </summary>
    public bool IsInScope => Withdrawals is { Open.IsEmpty: false } || !IsElsewhere && IsInScopeByItself;

    /// <summary>Whether the device covers another place by now. Its reports then say nothing certain of this one.</summary>
    public bool IsElsewhere => Withdrawals is { } withdrawals && withdrawals.Place != Device.Place;

    /// <summary>
    /// When it was last heard at this place; null when it never was. A device that the register moved is taken to have left at once.
    /// </summary>
    public DateTimeOffset? LastHeardHereAt => IsElsewhere && Withdrawals!.Since < Last?.LastHeardAt ? Withdrawals.Since : Last?.LastHeardAt;

    /// <summary>
    /// Since when the register says that this capture, or the whole device, is gone from here, and no other person has confirmed it; null
    /// when the register names it here.
    /// </summary>
    public DateTimeOffset? WithdrawnSince(Capture capture)
    {
        if (Withdrawals is not { Open.IsEmpty: false } withdrawals || Withdrawal.CoveredBy(Device, withdrawals.Place).Contains(capture))
            return null;
        var isWhole = IsElsewhere || !Device.IsInstalled;
        return isWhole || withdrawals.Captures.Contains(capture) ? withdrawals.Since : null;
    }

    /// <summary>
    /// The same device while the registry itself cannot observe. A removed device that was not in scope before does not come into scope.
    /// </summary>
    public CoveringDevice AsUnobserved() => IsInScope ? this with { Last = Last?.AsUnobserved() } : this;

    private bool IsInScopeByItself =>
        Device.Lifecycle != Lifecycle.Removed
            ? Device.IsInstalled || Last is not null
            : Last is { IsHeard: true } or { LastHeardAt: not null, Evidence: Evidence.Registry or Evidence.Flapping } || HasKnocked;

    private bool HasKnocked => Withdrawals is null ? Last?.KnocksAt is not null : Withdrawals.KnockedAfterConfirmation(Last?.KnocksAt);
}
