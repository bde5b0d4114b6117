using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Languages;

namespace SurveillanceRegistry.Web.Kiosks;

/// <summary>The screen of a kiosk, empty: its script fills it with what it verifies.</summary>
public sealed class KioskModel(IGrainFactory grains, IPlaceRegister places) : PageModel
{
    public Kiosk Kiosk { get; private set; } = null!;

    public bool IsSample { get; private set; }

    public PageLanguage Language { get; private set; } = null!;

    /// <summary>The screen's own texts in every language, as JSON.</summary>
    public string Texts { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellationToken)
    {
        if ((await places.KiosksAsync(cancellationToken)).FirstOrDefault(kiosk => kiosk.Id == id) is not { } kiosk)
            return NotFound();
        if (kiosk.Removed)
            return StatusCode(StatusCodes.Status410Gone);
        var governance = await grains.Governance();
        Kiosk = kiosk;
        IsSample = governance.City.IsSample;
        Language = PageLanguage.For(governance, QueryParameters.Language(Request.Query, governance.City));
        Texts = KioskTexts.ToJson(governance);
        return Page();
    }
}
