using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt.Vendors;

/// <summary>The merged state of one unit of a profile. It becomes a heartbeat of the unit's device.</summary>
/// <param name="Epoch">The epoch of the connection; it grows with every connection.</param>
/// <param name="Seq">Grows with every report of the connection, over all units.</param>
/// <param name="Capture">
/// The mode of each capture that the vendor reported. A capture that is registered or unregistered but not reported may be recording.
/// </param>
/// <param name="UnregisteredCaptures">The captures that the vendor named on this connection and that have no registered sensor.</param>
/// <param name="Firmware">Digits and dots; 0 when it is unknown.</param>
/// <param name="DeviceAt">The sender's clock; for skew only.</param>
/// <param name="ProvesLife">Whether the unit was heard just now. False if only its known state changed.</param>
public sealed record UnitReport(
    Device Device,
    long Epoch,
    long Seq,
    CaptureReport Capture,
    CaptureSet UnregisteredCaptures,
    Health Health,
    string Firmware,
    DateTimeOffset? DeviceAt,
    bool ProvesLife
);

/// <summary>The death of a unit that was online.</summary>
/// <param name="Epoch">The epoch of the connection on which it was heard. A death of an older epoch never ends a newer life.</param>
/// <param name="IsPlanned">Whether it was stopped on purpose.</param>
public sealed record UnitDeath(string DeviceId, long Epoch, bool IsPlanned);
