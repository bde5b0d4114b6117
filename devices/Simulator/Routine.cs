using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Simulator;

/// <summary>What a simulated device does on an ordinary day, by the time since the fleet began.</summary>
internal sealed class Routine
{
    private const int Shifts = 3;

    /// <summary>Spreads neighbouring ordinals evenly over a round.</summary>
    private const double GoldenRatio = 0.6180339887;

    /// <summary>The round of a body-worn or in-car camera: it records for a while and then stands by.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromMinutes(20),
        Records = TimeSpan.FromMinutes(3);

    /// <summary>
    /// The day of body-worn cameras: one shift after the other is docked for its part of the day, each camera from its own moment on.
    /// </summary>
    private static readonly TimeSpan Day = TimeSpan.FromMinutes(24),
        Docks = Day / Shifts,
        Straggles = TimeSpan.FromSeconds(90);

    private readonly Device _device;
    private readonly Times? _records,
        _docks;

    /// <param name="ordinal">The index of the device in the fleet. It sets the fixed start of its rounds, so that few devices record at the
    /// same time, and no shift docks at one moment.</param>
    public Routine(Device device, int ordinal)
    {
        _device = device;
        var part = ordinal * GoldenRatio % 1;
        if (device is { Lifecycle: Lifecycle.Active, Kind: "body-worn" or "in-car" })
            _records = new Times(-Round * part, Records, Round);
        if (device is { Lifecycle: Lifecycle.Active, Kind: "body-worn" })
            _docks = new Times(Docks * (ordinal % Shifts) - Day + Straggles * part, Docks, Day);
    }

    /// <summary>Returns the health that it reports.</summary>
    public Health HealthAt(TimeSpan elapsed) => _docks?.IsOn(elapsed) == true ? Health.Docked : Health.Ok;

    /// <summary>Returns the mode of each sensor.</summary>
    public CaptureReport CaptureAt(TimeSpan elapsed) =>
        _device.Sensors.Aggregate(default(CaptureReport), (report, sensor) => report.With(sensor, ModeAt(elapsed, sensor)));

    /// <summary>Returns when its routine next changes; null when it never does.</summary>
    public TimeSpan? NextTurn(TimeSpan elapsed)
    {
        var (records, docks) = (_records?.NextTurn(elapsed), _docks?.NextTurn(elapsed));
        return records < docks ? records : docks ?? records;
    }

    private Mode ModeAt(TimeSpan elapsed, Capture sensor) =>
        (_device.Kind, sensor) switch
        {
            _ when _device.Lifecycle != Lifecycle.Active => Mode.Off, // It is paused, and off.
            ("body-worn" or "in-car", _) => _records!.Value.IsOn(elapsed) && _docks?.IsOn(elapsed) != true ? Mode.Recorded : Mode.Off,
            ("interview-room-camera", _) => Mode.Recorded,
            (_, Capture.Audio) => Mode.Off,
            ("traffic-camera", _) => Mode.Live,
            _ => Mode.Recorded,
        };
}
