using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Languages;

namespace SurveillanceRegistry.Web.Registers;

/// <summary>
/// The past of a fleet: every version that was recorded, and what the register says of one time as it was known at another. The page stays
/// when the fleet is retired. It says nothing of single devices, and no number of them.
/// </summary>
public sealed class FleetHistoryModel(
    IInventoryRegister<Fleet> fleets,
    IInventoryRegister<Place> places,
    IGrainFactory grains,
    TimeProvider time
) : PageModel
{
    private GovernanceSnapshot _governance = null!;
    private Dictionary<string, string> _places = [];

    public PageLanguage Language { get; private set; } = null!;

    /// <summary>Every version, the newest first.</summary>
    public ImmutableArray<AttributedVersion<Fleet>> Versions { get; private set; }

    public RegisterVersion<Fleet> Latest => Versions[0].Version;

    /// <summary>From when the fleet is retired, when it is.</summary>
    public DateTimeOffset RetiredSince => Versions.TakeWhile(version => version.Version.Value.IsRetired).Last().Version.Since;

    /// <summary>The version at the point that was asked for; null when the fleet was not registered then.</summary>
    public RegisterVersion<Fleet>? Shown { get; private set; }

    public RegisterPoint Point { get; private set; } = null!;

    /// <summary>Which parameter of the address cannot be read; null when all can.</summary>
    public string? Fault { get; private set; }

    /// <summary>The language of names and addresses: the city's first.</summary>
    public string NamesLanguage => _governance.City.Languages[0];

    /// <summary>The value that a field of the form shows: as it was asked.</summary>
    public string Asked(string parameter) => Request.Query[parameter].ToString();

    /// <summary>The name of the department of a version, as it is called now; empty when none was stated.</summary>
    public string DepartmentOf(Fleet fleet)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        return fleet.Department is { } id ? _governance.City.Department(id)?.Name ?? id : "";
    }

    /// <summary>The places of a version, as they are called now.</summary>
    public string PlacesOf(Fleet fleet)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        return string.Join(", ", fleet.Places.Select(place => _places.GetValueOrDefault(place, place)));
    }

    public async Task<IActionResult> OnGetAsync(string id)
    {
        var cancellationToken = HttpContext.RequestAborted;
        var versions = await fleets.HistoryAsync(id, cancellationToken);
        if (versions.IsEmpty)
            return NotFound();
        Versions = [.. versions.Reverse()];
        _governance = await grains.Governance();
        Language = PageLanguage.For(_governance, QueryParameters.Language(Request.Query, _governance.City));
        (Point, Fault) = RegisterTimes.ReadPoint(Request.Query, _governance.City, time);
        if (Fault is not null)
            Response.StatusCode = StatusCodes.Status400BadRequest;
        Shown = await fleets.FindAsync(id, Point, cancellationToken);
        _places = (await places.ListAsync(null, cancellationToken)).ToDictionary(place => place.Value.Id, place => place.Value.Name);
        return Page();
    }
}
