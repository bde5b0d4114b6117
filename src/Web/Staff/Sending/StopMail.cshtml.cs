using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Outbox;

namespace SurveillanceRegistry.Web.Staff.Sending;

/// <summary>
/// The page behind the link of each mail. It works without signing in. Reading it changes nothing, because mail programs open links by
/// themselves; the button, or one click in a mail program (RFC 8058), erases the address. An unknown token gets the same answers.
/// </summary>
[IgnoreAntiforgeryToken]
public sealed class StopMailModel(IMailChoices choices) : PageModel
{
    private const int MaxToken = 64;

    /// <summary>Whether the address is erased now.</summary>
    public bool IsStopped { get; private set; }

    public async Task OnPostAsync(string token)
    {
        if (token.Length <= MaxToken)
            await choices.StopAsync(token, HttpContext.RequestAborted);
        IsStopped = true;
    }
}
