using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Simulator;

/// <summary>What a unit does on an ordinary day, so long after the fleet began.</summary>
internal static class Routine
{
    /// <summary>A worn or driven unit's round: it records for a while, stands by, and (when worn) spends the end of it in its dock.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromMinutes(20), Records = TimeSpan.FromMinutes(3), Docks = TimeSpan.FromMinutes(4);

    /// <summary>Spreads neighbouring numbers evenly over a round.</summary>
    private const double GoldenRatio = 0.6180339887;

    /// <summary>What it reports of its health.</summary>
    public static Health HealthOf(Device device, TimeSpan elapsed) =>
        device.Kind == "body-worn" && InRound(device, elapsed) >= Round - Docks ? Health.Docked : Health.Ok;

    /// <summary>What it does with each sensor.</summary>
    public static CaptureReport CaptureOf(Device device, TimeSpan elapsed) =>
        device.Sensors.Aggregate(default(CaptureReport), (report, sensor) => report.With(sensor, ModeOf(device, sensor, elapsed)));

    private static Mode ModeOf(Device device, Capture sensor, TimeSpan elapsed) => (device.Kind, sensor) switch
    {
        ("body-worn" or "in-car", _) => InRound(device, elapsed) < Records ? Mode.Recorded : Mode.Off,
        ("interview-room-camera", _) => Mode.Recorded,
        (_, Capture.Audio) => Mode.Off,
        ("traffic-camera", _) => Mode.Live,
        _ => Mode.Recorded,
    };

    /// <summary>How far a unit is in its round. Each begins elsewhere, always at the same point: few record at the same time.</summary>
    private static TimeSpan InRound(Device device, TimeSpan elapsed) =>
        TimeSpan.FromTicks((elapsed + Round * (device.Number * GoldenRatio % 1)).Ticks % Round.Ticks);
}
