using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Languages;

namespace SurveillanceRegistry.Web.Kiosks;

/// <summary>
/// The screen of a kiosk, empty: its script fills it with what it verifies. It is sent whatever happened, also for a kiosk that is not
/// registered and while the database is away, because its script tries again by itself.
/// </summary>
public sealed class KioskModel(IPlaceRegister places, ScreenGovernance screens, TimeProvider time, ILogger<KioskModel> logger) : PageModel
{
    private City _city = null!;

    /// <summary>The id in the address; empty when the address has none.</summary>
    public string Id { get; private set; } = "";

    /// <summary>The kiosk; null while it is not known.</summary>
    public Kiosk? Kiosk { get; private set; }

    public PageLanguage Language { get; private set; } = null!;

    /// <summary>The screen's own texts in every language, as JSON.</summary>
    public string Texts { get; private set; } = "";

    /// <summary>Whether the page has everything. The script of an incomplete page loads it again when the registry answers.</summary>
    public bool IsWhole { get; private set; }

    public bool IsSample => _city.IsSample;

    /// <summary>The IANA name of the city's time zone.</summary>
    public string TimeZone => _city.TimeZone;

    /// <summary>When the page was made.</summary>
    public DateTimeOffset Now { get; } = time.GetUtcNow();

    /// <summary>The state that the screen begins in, and the key of the sentence that says so.</summary>
    public (string State, string Text) Standing =>
        Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => ("unpaired", "screen.unpaired"),
            StatusCodes.Status410Gone => ("closed", "screen.closed"),
            _ => ("unconfirmed", "screen.initial"),
        };

    public async Task OnGetAsync(string id)
    {
        var (governance, isOwn) = await screens.FindAsync();
        _city = governance.City;
        Language = PageLanguage.For(governance, QueryParameters.Language(Request.Query, _city));
        Texts = KioskTexts.ToJson(governance);
        if (HttpContext.Features.Get<IStatusCodeReExecuteFeature>() is { } failed)
            Id = IdOf(failed.OriginalPath);
        else
            (Id, Response.StatusCode) = (id, await FindAsync(id));
        IsWhole = isOwn && Kiosk is not null;
    }

    /// <summary>Looks the kiosk up. Returns the status of the answer.</summary>
    private async Task<int> FindAsync(string id)
    {
        try
        {
            var kiosks = await places.KiosksAsync(HttpContext.RequestAborted).WaitAsync(ScreenGovernance.MaxWait, time);
            Kiosk = kiosks.FirstOrDefault(kiosk => kiosk.Id == id);
        }
        catch (Exception failure) when (!HttpContext.RequestAborted.IsCancellationRequested)
        {
            logger.LogWarning("The register of kiosks does not answer ({Reason}); the screen {Kiosk} asks again.", failure.Message, id);
            return StatusCodes.Status503ServiceUnavailable;
        }

        return Kiosk switch
        {
            null => StatusCodes.Status404NotFound,
            { Removed: true } => StatusCodes.Status410Gone,
            _ => StatusCodes.Status200OK,
        };
    }

    private static string IdOf(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(1) is { } id && Identifier.IsValid(id) ? id : "";
}
