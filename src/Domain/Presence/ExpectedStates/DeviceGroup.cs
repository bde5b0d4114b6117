using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Domain.Presence.ExpectedStates;

/// <summary>Devices with equal values of everything that decides their expected state.</summary>
public sealed record DeviceGroup(string Kind, string Department, ImmutableArray<Capture> Sensors, bool IsActive);
