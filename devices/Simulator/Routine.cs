using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Simulator;

/// <summary>What a unit does on an ordinary day, so long after the fleet began.</summary>
internal sealed class Routine
{
    private const int Shifts = 3;

    /// <summary>Spreads neighbouring ordinals evenly over a round.</summary>
    private const double GoldenRatio = 0.6180339887;

    /// <summary>A worn or driven unit's round: it records for a while and stands by.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromMinutes(20),
        Records = TimeSpan.FromMinutes(3);

    /// <summary>
    /// A day of worn units: one shift after the other spends its part of it in the docks, each unit from its own moment on.
    /// </summary>
    private static readonly TimeSpan Day = TimeSpan.FromMinutes(24),
        Docks = Day / Shifts,
        Straggles = TimeSpan.FromSeconds(90);

    private readonly Device _device;
    private readonly Times? _records,
        _docks;

    /// <param name="ordinal">Which unit of the fleet it is. Each begins elsewhere, always at the same point: few record at the same time,
    /// and no shift docks in one moment.</param>
    public Routine(Device device, int ordinal)
    {
        _device = device;
        var part = ordinal * GoldenRatio % 1;
        if (device is { Lifecycle: Lifecycle.Active, Kind: "body-worn" or "in-car" })
            _records = new Times(-Round * part, Records, Round);
        if (device is { Lifecycle: Lifecycle.Active, Kind: "body-worn" })
            _docks = new Times(Docks * (ordinal % Shifts) - Day + Straggles * part, Docks, Day);
    }

    /// <summary>What it reports of its health.</summary>
    public Health HealthAt(TimeSpan elapsed) => _docks?.IsOn(elapsed) == true ? Health.Docked : Health.Ok;

    /// <summary>What it does with each sensor.</summary>
    public CaptureReport CaptureAt(TimeSpan elapsed) =>
        _device.Sensors.Aggregate(default(CaptureReport), (report, sensor) => report.With(sensor, ModeAt(elapsed, sensor)));

    /// <summary>When it begins to do something else; null when it always does the same.</summary>
    public TimeSpan? NextTurn(TimeSpan elapsed)
    {
        var (records, docks) = (_records?.NextTurn(elapsed), _docks?.NextTurn(elapsed));
        return records < docks ? records : docks ?? records;
    }

    private Mode ModeAt(TimeSpan elapsed, Capture sensor) =>
        (_device.Kind, sensor) switch
        {
            _ when _device.Lifecycle != Lifecycle.Active => Mode.Off, // Paused, and it keeps to it.
            ("body-worn" or "in-car", _) => _records!.Value.IsOn(elapsed) && _docks?.IsOn(elapsed) != true ? Mode.Recorded : Mode.Off,
            ("interview-room-camera", _) => Mode.Recorded,
            (_, Capture.Audio) => Mode.Off,
            ("traffic-camera", _) => Mode.Live,
            _ => Mode.Recorded,
        };
}
