using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Web.Present;

namespace SurveillanceRegistry.Web.Home;

/// <summary>The page for an address without a page: never registered, removed, or not available.</summary>
[ResponseCache(NoStore = true)]
public sealed class MissingModel : PageModel
{
    public string Heading { get; private set; } = "";

    public string Text { get; private set; } = "";

    public void OnGet(int code)
    {
        // A request for this address itself is a request for a page that does not exist.
        if (!PresentOnly.IsInPlaceOfAnother(HttpContext))
            Response.StatusCode = StatusCodes.Status404NotFound;
        (Heading, Text) = code switch
        {
            StatusCodes.Status400BadRequest when PresentOnly.WasRefused(HttpContext) => (
                "This page shows only the present",
                "It has no other day. Leave asOf and knownAt out of its address. The rules of any day are on the page of all rules; "
                    + "the notice of a place at a past time, and the past of a device, are in the API."
            ),
            StatusCodes.Status400BadRequest => (
                "This address cannot be answered",
                "A part of it is not what its page expects. Check what stands after the question mark, or leave that part out."
            ),
            StatusCodes.Status410Gone => (
                "Page removed",
                "What was at this address was removed from the registry. Its history is kept in the ledger."
            ),
            StatusCodes.Status404NotFound => (
                "Page not found",
                "If you typed the address from a sign or a letter, check that it is correct."
            ),
            _ => ("Sorry, there is a problem", "This page cannot be shown now. Try again later, or go to one of these pages."),
        };
    }
}
