namespace SurveillanceRegistry.Domain.Devices.Withdrawals;

/// <summary>
/// What a change of a fixed device's entry takes from places. A sensor that the register named once stays with the device, through
/// removals and moves, until the register names it again or another person has confirmed, where the device stands, that it is gone.
/// </summary>
/// <param name="After">The device as it is registered from now on.</param>
/// <param name="Taken">What the change takes from the place that the device covered.</param>
/// <param name="Carried">
/// What the device may bring to the place that it covers from now on, and its entry does not name: struck sensors that no other person has
/// confirmed to be gone from the device.
/// </param>
public sealed record RegisterChange(Device After, CaptureSet Taken, CaptureSet Carried)
{
    /// <summary>Works out what a change takes, and what the device may bring along.</summary>
    /// <param name="wasReceived">Whether anything was ever received from the device.</param>
    /// <param name="withdrawals">What was withdrawn of the device, from every place.</param>
    public static RegisterChange Of(Device before, Device after, bool wasReceived, IReadOnlyCollection<DeviceWithdrawals> withdrawals)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(withdrawals);
        if (before.Place is null || after.Place is null)
            return new RegisterChange(after, default, default);
        var taken = Withdrawal.TakenBy(before, after, wasReceived);
        // Where a device stands, a confirmation is about the device. Where it does not, it is only about the place.
        var known = before.IsInstalled ? OpenAt(before.Place) : before.Struck;
        var wasThere = before.IsInstalled || wasReceived || withdrawals.Any(known => !known.Open.IsEmpty || known.ConfirmedAt is not null);
        var struck = wasThere ? known.Union(CaptureSet.From(before.Sensors)).Except(CaptureSet.From(after.Sensors)) : default;
        if (!after.IsInstalled)
            return new RegisterChange(after with { Struck = struck }, taken, default);
        var named = OpenAt(after.Place).Union(before.Place == after.Place ? taken : default);
        return new RegisterChange(after with { Struck = default }, taken, struck.Except(named));

        CaptureSet OpenAt(string place) => withdrawals.FirstOrDefault(known => known.Place == place)?.Captures ?? default;
    }
}
