using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Web.Present;

namespace SurveillanceRegistry.Web.Staff.Dashboard;

/// <summary>What staff see at an address without a staff page, or when a page cannot be shown.</summary>
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
            StatusCodes.Status404NotFound => (
                "Page not found",
                "Nothing is at this address. If you typed it, check it. What a register once had keeps its page: look for it in the list."
            ),
            StatusCodes.Status400BadRequest => (
                "This address cannot be answered",
                "A part of it is not what its page expects. Check what stands after the question mark, or leave that part out."
            ),
            _ => ("Sorry, there is a problem", "This page cannot be shown now. Nothing was changed. Try again later."),
        };
    }
}
