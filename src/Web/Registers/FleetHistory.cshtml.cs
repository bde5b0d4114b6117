using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;

namespace SurveillanceRegistry.Web.Registers;

/// <summary>The past of a fleet. It says nothing of single devices, and no number of them.</summary>
public sealed class FleetHistoryModel(
    IInventoryRegister<Fleet> fleets,
    IInventoryRegister<Place> places,
    IGrainFactory grains,
    TimeProvider time
) : RegisterHistoryPage<Fleet>(fleets, grains, time)
{
    private Dictionary<string, string> _places = [];

    /// <summary>The name of the department of a version, as it is called now.</summary>
    public string DepartmentOf(Fleet fleet)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        return fleet.Department is { } id ? Governance.City.Department(id)?.Name ?? id : Language["not-stated"];
    }

    /// <summary>The places of a version, as they are called now.</summary>
    public string PlacesOf(Fleet fleet)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        return fleet.Places.IsEmpty
            ? Language["not-stated"]
            : string.Join(", ", fleet.Places.Select(place => _places.GetValueOrDefault(place, place)));
    }

    private protected override bool IsRetired(Fleet value) => value.IsRetired;

    private protected override async Task ReadMoreAsync(string id, CancellationToken cancellationToken) =>
        _places = (await places.ListAsync(null, cancellationToken)).ToDictionary(place => place.Value.Id, place => place.Value.Name);
}
