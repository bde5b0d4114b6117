using System.Collections.Immutable;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Fleets;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Languages;
using SurveillanceRegistry.Web.Present;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>A fleet of mobile devices: rounded counts, one hour late, and the rules that apply. Shows nothing of a single device.</summary>
public sealed class FleetModel(
    IDeviceRegister devices,
    IInventoryRegister<Fleet> register,
    IPlaceRegister places,
    IGrainFactory grains,
    TimeProvider time
) : PresentPage(time)
{
    private GovernanceSnapshot _governance = null!;
    private ImmutableHashSet<string> _technologies = [];

    public Fleet Fleet { get; private set; } = null!;

    /// <summary>Whether the fleet was registered less than an hour ago: nothing of its devices is public yet.</summary>
    public bool IsNew { get; private set; }

    public ImmutableArray<RegisteredFleet> Kinds { get; private set; } = [];

    /// <summary>The places that the people of the fleet work from.</summary>
    public ImmutableArray<Place> Bases { get; private set; } = [];

    internal IHtmlContent BaseLinks
    {
        get
        {
            var html = new HtmlContentBuilder();
            foreach (var (i, place) in Bases.Index())
                html.Append(i > 0 ? ", " : "").AppendHtml(PageLanguage.LinkTo($"/places/{place.Id}{Language.Query}", place.Name));
            return html;
        }
    }

    internal Policies.Text.RegistryLinks Links => new(_governance, "");

    public IEnumerable<Technology> Technologies =>
        _governance.Table.Technologies.Where(technology => _technologies.Contains(technology.Id));

    /// <summary>The page of the past of the fleet, with what the address asks for.</summary>
    private string HistoryAddress => $"{Request.Path}/history{Request.QueryString}";

    private protected override string? PastAddress => HistoryAddress;

    public async Task<IActionResult> OnGetAsync(string id)
    {
        var cancellationToken = HttpContext.RequestAborted;
        _governance = await grains.Governance();
        Language = PageLanguage.For(_governance, QueryParameters.Language(Request.Query, _governance.City));
        var versions = await register.HistoryAsync(id, cancellationToken);
        if (versions.IsEmpty)
            return NotFound();
        Fleet = versions[^1].Version.Value;
        if (Fleet.IsRetired)
            return Redirect(HistoryAddress);
        IsNew = versions[0].Version.RecordedAt > AsOf - PublicFleets.Delay;
        var fleets = await PublicFleets.FindAsync(devices, register, null, AsOf, cancellationToken);
        Kinds = [.. fleets.Parts.Where(fleet => fleet.Id == id)];
        _technologies = [.. fleets.Known.Where(fleet => fleet.Id == id).Select(fleet => fleet.Technology)];
        Bases = [.. (await places.PlacesAsync(cancellationToken)).Where(place => Fleet.Places.Contains(place.Id))];
        return Page();
    }

    public IEnumerable<GovernanceRow> Rows(string technology) => _governance.Table.On(_governance.City.DayAt(AsOf), technology);
}
