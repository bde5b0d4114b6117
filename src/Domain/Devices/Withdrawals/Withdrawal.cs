namespace SurveillanceRegistry.Domain.Devices.Withdrawals;

/// <summary>
/// A change of the register that took captures of a fixed device from a place: the device was removed or moved, or a sensor was struck.
/// A device with a struck sensor that moves may bring it along: that is a withdrawal from its new place. The place's notice counts the
/// captures until another person has confirmed on the spot that they are gone.
/// </summary>
/// <param name="Entry">The ledger entry of the change.</param>
/// <param name="Captures">What it took. Captures that the register names there again are left out.</param>
/// <param name="By">Opaque id of the person or program that made the change; null for the registry's operator.</param>
public sealed record Withdrawal(long Entry, CaptureSet Captures, DateTimeOffset At, string? By)
{
    /// <summary>What a change of a device's entry takes from the place that it covered. Empty for a mobile device.</summary>
    /// <param name="wasReceived">Whether anything was ever received from it. A planned device then counts as installed.</param>
    public static CaptureSet TakenBy(Device before, Device after, bool wasReceived)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var covered = before.Place is not null && (before.IsInstalled || wasReceived && before.Lifecycle is Lifecycle.Planned);
        // A planned device that reports is there with what was struck of it.
        return covered ? CaptureSet.From(before.Sensors).Union(before.Struck).Except(CoveredBy(after, before.Place)) : default;
    }

    /// <summary>What the register says that a device can capture at a place: all its sensors, or nothing.</summary>
    public static CaptureSet CoveredBy(Device device, string? place)
    {
        ArgumentNullException.ThrowIfNull(device);
        return place is not null && device.Place == place && device.IsInstalled ? CaptureSet.From(device.Sensors) : default;
    }
}
