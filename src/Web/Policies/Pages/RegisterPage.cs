using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Policies.Text;

namespace SurveillanceRegistry.Web.Policies.Pages;

/// <summary>A page about one document of the registers, as it stood on a day and was known at an instant.</summary>
public abstract class RegisterPage(IGrainFactory grains, TimeProvider time) : PageModel
{
    internal BitemporalPoint At { get; private set; } = null!;

    internal GovernanceSnapshot Known => At.Known!;

    internal RegistryLinks Links { get; private set; } = null!;

    internal HistoryView History { get; private set; } = null!;

    internal AsOfFormView Ask => new(Address, At);

    /// <summary>The page's own address, without a question.</summary>
    internal string Address { get; private set; } = "";

    /// <summary>Why there is nothing to show, in plain words; null when there is.</summary>
    public string? Missing { get; private set; }

    /// <summary>Looks from the point asked for. False, with the status of the answer set, when there is nothing to see.</summary>
    private protected async Task<bool> LookAsync(DocumentKind kind, string id, string address, string noun)
    {
        Address = address;
        At = await BitemporalPoint.OfAsync(Request.Query, grains, time, mayBeLocal: true);
        var revisions = At.RevisionsOf(kind, id);
        if (At.Fault is not null || At.Known is null || revisions.IsEmpty)
        {
            Response.StatusCode = At.Fault is not null ? StatusCodes.Status400BadRequest : StatusCodes.Status404NotFound;
            Missing =
                At.History.From(kind, id) is not [var first, ..] ? $"The register has no {noun} with the name “{id}”, and never had one."
                : At.Fault is not null || At.Known is null ? ""
                : $"At that time the register did not know this {noun}. It was first recorded on {PlainLanguage.Time(At.City.LocalTime(first.RecordedAt))}, city time.";
            return false;
        }

        Links = new RegistryLinks(At.Known, At.Query, kind == DocumentKind.Instrument ? id : null);
        History = await HistoryView.OfAsync(kind, id, address, At, grains);
        return true;
    }
}
