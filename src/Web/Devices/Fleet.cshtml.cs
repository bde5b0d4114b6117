using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>A fleet of mobile units: how many there are, late and rounded, and what governs them. Nothing of any one of them.</summary>
public sealed class FleetModel(IDeviceRegister devices, IGrainFactory grains, TimeProvider time) : PageModel
{
    private GovernanceSnapshot _governance = null!;
    private ImmutableHashSet<string> _technologies = [];

    public string Id { get; private set; } = "";

    public ImmutableArray<RegisteredFleet> Kinds { get; private set; } = [];

    internal Policies.Text.RegistryLinks Links => new(_governance, "");

    public IEnumerable<Technology> Technologies =>
        _governance.Table.Technologies.Where(technology => _technologies.Contains(technology.Id));

    public async Task<IActionResult> OnGetAsync(string id)
    {
        _governance = await grains.Governance();
        Id = id;
        var fleets = await PublicFleets.LookAsync(devices, time, HttpContext.RequestAborted);
        Kinds = [.. fleets.Parts.Where(fleet => fleet.Id == id)];
        _technologies = [.. fleets.Known.Where(fleet => fleet.Id == id).Select(fleet => fleet.Technology)];
        return _technologies.IsEmpty ? NotFound() : Page();
    }

    public IEnumerable<GovernanceRow> Rows(string technology) => _governance.Table.On(_governance.City.DayAt(time.GetUtcNow()), technology);
}
