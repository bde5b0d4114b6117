using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Fleets;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Web.Devices.Responses;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>
/// The fleets as the public may know them: as they were an hour ago. Of a fleet that the ledger has named since, only that it exists.
/// </summary>
/// <param name="Parts">The fleets an hour ago, by kind and department. <see cref="Text"/> and <see cref="PublishedFleetCount.Of"/> round
/// how many devices a part has.</param>
/// <param name="Known">Every fleet that the public knows of, with its technologies.</param>
public sealed record PublicFleets(ImmutableArray<RegisteredFleet> Parts, ImmutableArray<NamedFleet> Known)
{
    /// <summary>How long the public does not see that a mobile device was registered, moved or removed.</summary>
    public static readonly TimeSpan Delay = PlaceFleet.Delay;

    public static async Task<PublicFleets> FindAsync(IDeviceRegister devices, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(devices);
        var then = now - Delay;
        var parts = await devices.FleetsAsync(then, cancellationToken);
        return new PublicFleets(
            parts,
            [
                .. parts
                    .Select(part => new NamedFleet(part.Id, part.Technology))
                    .Union(await devices.FleetsNamedAsync(then, cancellationToken))
                    .OrderBy(fleet => fleet.Id, StringComparer.Ordinal)
                    .ThenBy(fleet => fleet.Technology, StringComparer.Ordinal),
            ]
        );
    }

    /// <summary>
    /// The fleets for programs, in the order of <see cref="Known"/>: each part, and each fleet without parts that are public yet.
    /// </summary>
    internal IEnumerable<FleetResponse> ToResponses() =>
        Known.SelectMany(known =>
            Parts
                .Where(part => part.Id == known.Id && part.Technology == known.Technology)
                .Select(FleetResponse.From)
                .DefaultIfEmpty(FleetResponse.From(known))
        );

    /// <summary>The rounded size of a part, in a language.</summary>
    public static string Text(RegisteredFleet part, Wording wording)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(wording);
        return PublishedFleetCount.Of(part.Units) is { } count
            ? wording.Say("fleet.about", ("count", $"{count}"))
            : wording.Say("fleet.fewer", ("count", $"{PublishedFleetCount.MinDevices}"));
    }
}
