using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices.Fleets;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Web.Api;

namespace SurveillanceRegistry.Web.Devices.Responses;

/// <summary>The mobile devices of one kind and department of a fleet, as they were an hour before.</summary>
/// <param name="Kind">The kind of its devices. Null of a fleet without a device that is public by then, as are `department` and
/// `units`.</param>
/// <param name="Technology">Null of a fleet of which no device was ever registered.</param>
/// <param name="Units">How many devices it has, rounded to 5; null for fewer than 13.</param>
internal sealed record FleetResponse(string Id, string? Kind, string? Technology, string? Department, int? Units)
{
    public static FleetResponse From(RegisteredFleet fleet) =>
        new(fleet.Id, fleet.Kind, fleet.Technology, fleet.Department, PublishedFleetCount.Of(fleet.Units));

    public static FleetResponse From(NamedFleet fleet) => new(fleet.Id, null, fleet.Technology, null, null);

    /// <summary>A fleet of which no device was ever registered.</summary>
    public static FleetResponse From(Fleet fleet) => new(fleet.Id, null, null, null, null);
}

/// <summary>One fleet: what the register says of it, and its devices by kind and department.</summary>
/// <param name="Name">Null while it has no name.</param>
/// <param name="Department">The department whose people they are. Null until a clerk states it.</param>
/// <param name="Places">The places that its people work from.</param>
/// <param name="Version">The number of the version of the register that says this.</param>
/// <param name="Since">From when it holds.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="Entry">The number of its ledger entry.</param>
internal sealed record FleetKindsResponse(
    string Id,
    string? Name,
    string? Department,
    ImmutableArray<string> Places,
    ImmutableArray<FleetResponse> Kinds,
    int Version,
    [property: Instant] string Since,
    [property: Instant] string RecordedAt,
    long Entry
)
{
    public static FleetKindsResponse Create(RegisterVersion<Fleet> version, ImmutableArray<FleetResponse> kinds) =>
        new(
            version.Value.Id,
            version.Value.Name,
            version.Value.Department,
            version.Value.Places,
            kinds,
            version.Number,
            LedgerEntry.FormatTime(version.Since),
            LedgerEntry.FormatTime(version.RecordedAt),
            version.Entry
        );
}
