using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SurveillanceRegistry.Web.Home;

/// <summary>What people read where there is nothing: it never was, or it was removed.</summary>
[ResponseCache(NoStore = true)]
public sealed class MissingModel : PageModel
{
    public string Heading { get; private set; } = "";

    public string Text { get; private set; } = "";

    public void OnGet(int code)
    {
        // Whoever asks for this page itself asks for one that is not there.
        if (HttpContext.Features.Get<IStatusCodeReExecuteFeature>() is null)
            Response.StatusCode = StatusCodes.Status404NotFound;
        (Heading, Text) = code switch
        {
            StatusCodes.Status410Gone => (
                "It was removed",
                "What stood at this address was taken out of the register. What the register said of it while it was there stands in the history and in the ledger."
            ),
            StatusCodes.Status404NotFound => (
                "There is no such page",
                "The register has nothing at this address, and never had. If a sign or a letter led you here, its address may have been misread."
            ),
            _ => ("That did not work", "The page could not be shown. Try again, or begin at one of these."),
        };
    }
}
