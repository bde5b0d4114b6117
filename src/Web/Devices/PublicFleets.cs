using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Fleets;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Web.Devices.Responses;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>
/// The fleets as the public may know them at a time: what the register says of each, and its devices as they were an hour before. Of a
/// fleet without a device that is public by then, only that it exists, with the technologies that the ledger named for it.
/// </summary>
/// <param name="InUse">The fleets that are not retired, in the order of ids.</param>
/// <param name="Parts">The fleets an hour before, by kind and department. <see cref="Text"/> and <see cref="PublishedFleetCount.Of"/> round
/// how many devices a part has.</param>
/// <param name="Known">The fleets with each of their technologies, in the order of ids.</param>
public sealed record PublicFleets(ImmutableArray<Fleet> InUse, ImmutableArray<RegisteredFleet> Parts, ImmutableArray<NamedFleet> Known)
{
    /// <summary>How long the public does not see that a mobile device was registered, moved or removed.</summary>
    public static readonly TimeSpan Delay = PlaceFleet.Delay;

    /// <param name="point">The time that is asked about, and as it was known; null for now.</param>
    public static async Task<PublicFleets> FindAsync(
        IDeviceRegister devices,
        IInventoryRegister<Fleet> register,
        RegisterPoint? point,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(devices);
        ArgumentNullException.ThrowIfNull(register);
        // The register of devices has no valid time: what is said of them holds from when it is recorded.
        var then =
            point is null ? now
            : point.AsOf < point.KnownAt ? point.AsOf
            : point.KnownAt;
        var fleets = (await register.ListAsync(point, cancellationToken)).Select(version => version.Value).Where(fleet => !fleet.IsRetired);
        var inUse = fleets.ToImmutableArray();
        var ids = inUse.Select(fleet => fleet.Id).ToHashSet(StringComparer.Ordinal);
        var parts = (await devices.FleetsAsync(then - Delay, cancellationToken)).RemoveAll(part => !ids.Contains(part.Id));
        var named = await devices.FleetsNamedAsync(then, cancellationToken);
        return new PublicFleets(
            inUse,
            parts,
            [
                .. parts
                    .Select(part => new NamedFleet(part.Id, part.Technology))
                    .Union(named.Where(fleet => ids.Contains(fleet.Id)))
                    .OrderBy(fleet => fleet.Id, StringComparer.Ordinal)
                    .ThenBy(fleet => fleet.Technology, StringComparer.Ordinal),
            ]
        );
    }

    /// <summary>What people call a fleet.</summary>
    public string NameOf(string id) => InUse.FirstOrDefault(fleet => fleet.Id == id)?.DisplayName ?? Fleet.NameOf(id);

    /// <summary>The fleets for programs, in the order of ids: each part, and each fleet without parts that are public yet.</summary>
    internal IEnumerable<FleetResponse> ToResponses()
    {
        var known = Known.ToLookup(fleet => fleet.Id, StringComparer.Ordinal);
        return InUse.SelectMany(fleet => known[fleet.Id].SelectMany(PartsOf).DefaultIfEmpty(FleetResponse.From(fleet)));
    }

    private IEnumerable<FleetResponse> PartsOf(NamedFleet known) =>
        Parts
            .Where(part => part.Id == known.Id && part.Technology == known.Technology)
            .Select(FleetResponse.From)
            .DefaultIfEmpty(FleetResponse.From(known));

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
