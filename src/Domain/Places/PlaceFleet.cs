using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Domain.Places;

/// <summary>
/// A fleet of mobile devices whose people work from a place, as far as it is public. It says nothing about a single device: no number, no
/// position, no state.
/// </summary>
/// <param name="Id">The fleet.</param>
/// <param name="Captures">What devices of the fleet can capture.</param>
public sealed record PlaceFleet(string Id, string Technology, string Department, ImmutableArray<Capture> Captures);
