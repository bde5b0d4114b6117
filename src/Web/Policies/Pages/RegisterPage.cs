using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Policies.Text;

namespace SurveillanceRegistry.Web.Policies.Pages;

/// <summary>A page about one document, on a day of the law and as known to the registry at an instant.</summary>
public abstract class RegisterPage(IGrainFactory grains, TimeProvider time) : PageModel
{
    internal BitemporalPoint At { get; private set; } = null!;

    private protected DateTimeOffset Now => time.GetUtcNow();

    internal GovernanceSnapshot Known => At.Known!;

    internal RegistryLinks Links { get; private set; } = null!;

    internal HistoryView History { get; private set; } = null!;

    internal AsOfFormView Ask => new(Address, At);

    /// <summary>The page's own address, without a query.</summary>
    internal string Address { get; private set; } = "";

    /// <summary>Why there is nothing to show, in plain words; null when there is.</summary>
    public string? Missing { get; private set; }

    /// <summary>
    /// Reads the document at the point in time asked for. Returns false, with the status code set, when there is nothing to show.
    /// </summary>
    private protected async Task<bool> FindAsync(DocumentKind kind, string id, string address, string noun)
    {
        Address = address;
        At = await BitemporalPoint.OfAsync(Request.Query, grains, time, mayBeLocal: true);
        var revisions = At.RevisionsOf(kind, id);
        if (At.Fault is not null || At.Known is null || revisions.IsEmpty)
        {
            Response.StatusCode = At.Fault is not null ? StatusCodes.Status400BadRequest : StatusCodes.Status404NotFound;
            Missing =
                At.History.RevisionsOf(kind, id) is not [var first, ..] ? $"The registry has no {noun} “{id}”. Check the address."
                : At.Fault is not null || At.Known is null ? ""
                : $"The registry did not know this {noun} at that time. "
                    + $"It was first recorded on {PlainLanguage.Time(At.City.LocalTime(first.RecordedAt))}, city time.";
            return false;
        }

        Links = new RegistryLinks(At.Known, At.Query, kind == DocumentKind.Instrument ? id : null);
        History = await HistoryView.OfAsync(kind, id, address, At, grains);
        return true;
    }
}
