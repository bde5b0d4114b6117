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
/// The past of a place: every version that was recorded, and what the register says of one time as it was known at another. The page stays
/// when the place is retired.
/// </summary>
public sealed class PlaceHistoryModel(
    IInventoryRegister<Place> places,
    IInventoryRegister<Kiosk> kiosks,
    IGrainFactory grains,
    TimeProvider time
) : PageModel
{
    private GovernanceSnapshot _governance = null!;

    public PageLanguage Language { get; private set; } = null!;

    /// <summary>Every version, the newest first.</summary>
    public ImmutableArray<AttributedVersion<Place>> Versions { get; private set; }

    public RegisterVersion<Place> Latest => Versions[0].Version;

    /// <summary>From when the place is retired, when it is.</summary>
    public DateTimeOffset RetiredSince => Versions.TakeWhile(version => version.Version.Value.IsRetired).Last().Version.Since;

    /// <summary>The version at the point that was asked for; null when the place was not registered then.</summary>
    public RegisterVersion<Place>? Shown { get; private set; }

    /// <summary>The screens that showed the notice of the place at that point.</summary>
    public ImmutableArray<string> Screens { get; private set; } = [];

    public RegisterPoint Point { get; private set; } = null!;

    /// <summary>Which parameter of the address cannot be read; null when all can.</summary>
    public string? Fault { get; private set; }

    /// <summary>The language of names and addresses: the city's first.</summary>
    public string NamesLanguage => _governance.City.Languages[0];

    /// <summary>The value that a field of the form shows: as it was asked.</summary>
    public string Asked(string parameter) => Request.Query[parameter].ToString();

    public async Task<IActionResult> OnGetAsync(string id)
    {
        var cancellationToken = HttpContext.RequestAborted;
        var versions = await places.HistoryAsync(id, cancellationToken);
        if (versions.IsEmpty)
            return NotFound();
        Versions = [.. versions.Reverse()];
        _governance = await grains.Governance();
        Language = PageLanguage.For(_governance, QueryParameters.Language(Request.Query, _governance.City));
        (Point, Fault) = RegisterTimes.ReadPoint(Request.Query, _governance.City, time);
        if (Fault is not null)
            Response.StatusCode = StatusCodes.Status400BadRequest;
        Shown = await places.FindAsync(id, Point, cancellationToken);
        Screens =
        [
            .. (await kiosks.ListAsync(Point, cancellationToken))
                .Where(kiosk => kiosk.Value.Place == id && !kiosk.Value.Removed)
                .Select(kiosk => kiosk.Value.Id),
        ];
        return Page();
    }
}
