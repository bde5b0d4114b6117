using System.Collections.Immutable;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Fleets;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Languages;
using SurveillanceRegistry.Web.Present;

namespace SurveillanceRegistry.Web.Devices;

/// <summary>A fleet of mobile devices: rounded counts, one hour late, and the rules that apply. Shows nothing of a single device.</summary>
public sealed class FleetModel(
    IDeviceRegister devices,
    IFleetBaseRegister bases,
    IPlaceRegister places,
    IGrainFactory grains,
    TimeProvider time
) : PresentPage(time)
{
    private GovernanceSnapshot _governance = null!;
    private ImmutableHashSet<string> _technologies = [];

    public string Id { get; private set; } = "";

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

    public async Task<IActionResult> OnGetAsync(string id)
    {
        _governance = await grains.Governance();
        Id = id;
        Language = PageLanguage.For(_governance, QueryParameters.Language(Request.Query, _governance.City));
        var fleets = await PublicFleets.FindAsync(devices, AsOf, HttpContext.RequestAborted);
        Kinds = [.. fleets.Parts.Where(fleet => fleet.Id == id)];
        _technologies = [.. fleets.Known.Where(fleet => fleet.Id == id).Select(fleet => fleet.Technology)];
        var known = await bases.AllAsync(HttpContext.RequestAborted);
        var works = known.Where(fleet => fleet.Fleet == id).SelectMany(fleet => fleet.Places).ToHashSet(StringComparer.Ordinal);
        Bases = [.. (await places.PlacesAsync(HttpContext.RequestAborted)).Where(place => works.Contains(place.Id))];
        return _technologies.IsEmpty ? NotFound() : Page();
    }

    public IEnumerable<GovernanceRow> Rows(string technology) => _governance.Table.On(_governance.City.DayAt(AsOf), technology);
}
