using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Present;

namespace SurveillanceRegistry.Web.Changes;

/// <summary>What was recorded and what took effect, newest first.</summary>
public sealed class ChangesModel(IGrainFactory grains) : PageModel
{
    private City _city = null!;

    internal ImmutableArray<PublicActText> Acts { get; private set; } = [];

    /// <summary>The entry before which older acts exist; null when there are none.</summary>
    public long? Older { get; private set; }

    /// <summary>True on every page but the newest.</summary>
    public bool IsOlder { get; private set; }

    /// <summary>Which query parameter is invalid; null when all are valid.</summary>
    public string? Fault { get; private set; }

    public async Task OnGetAsync()
    {
        if (!await PresentOnly.AsksForPresentAsync(HttpContext))
        {
            Fault = "This page has no other day: it lists every change, the newest first. Leave asOf and knownAt out of its address.";
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        _city = (await grains.Governance()).City;
        var before = long.MaxValue;
        if (Request.Query["before"].ToString() is { Length: > 0 } text)
        {
            IsOlder = true;
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out before))
            {
                Fault = $"before is “{text}”: expected the number of a ledger entry.";
                Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }
        }

        var acts = await PublicActText.BeforeAsync(before, PublicActText.MaxActs + 1, grains);
        Acts = [.. acts.Take(PublicActText.MaxActs)];
        Older = acts.Length > PublicActText.MaxActs ? Acts[^1].Act.Entry : null;
    }

    internal string Time(PublicActText act) => PlainLanguage.Time(_city.LocalTime(act.Act.At));

    internal static string Instant(PublicActText act) => LedgerEntry.FormatTime(act.Act.At);
}
