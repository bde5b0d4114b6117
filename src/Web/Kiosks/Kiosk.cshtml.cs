using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Kiosks;

/// <summary>The screen of a kiosk, empty: it fills itself with what it verifies.</summary>
public sealed class KioskModel(IGrainFactory grains, IPlaceRegister places) : PageModel
{
    public Kiosk Kiosk { get; private set; } = null!;

    public bool IsSample { get; private set; }

    public string Language { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellationToken)
    {
        if ((await places.KiosksAsync(cancellationToken)).FirstOrDefault(kiosk => kiosk.Id == id) is not { } kiosk)
            return NotFound();
        if (kiosk.Removed)
            return StatusCode(StatusCodes.Status410Gone);
        var city = (await grains.Governance()).City;
        (Kiosk, IsSample, Language) = (kiosk, city.IsSample, QueryParameters.Language(Request.Query, city));
        return Page();
    }
}
