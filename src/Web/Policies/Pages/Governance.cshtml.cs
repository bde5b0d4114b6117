using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Policies.Text;

namespace SurveillanceRegistry.Web.Policies.Pages;

/// <summary>The governance table on a day of the law, as known to the registry at an instant.</summary>
public sealed class GovernanceModel(IGrainFactory grains, TimeProvider time) : PageModel
{
    /// <summary>The most rows of a page.</summary>
    private const int MaxRows = 250;

    internal BitemporalPoint At { get; private set; } = null!;

    internal AsOfFormView Ask => new("/governance", At);

    internal RegistryLinks Links { get; private set; } = null!;

    /// <summary>True when there is a table to show.</summary>
    public bool IsAnswered { get; private set; }

    public ImmutableArray<GovernanceRow> Rows { get; private set; } = [];

    /// <summary>The address of the next page; null on the last.</summary>
    public string? Next { get; private set; }

    /// <summary>What records and is not in this registry.</summary>
    public ImmutableArray<OutOfScope> OutOfScope { get; private set; } = [];

    public async Task OnGetAsync()
    {
        At = await BitemporalPoint.OfAsync(Request.Query, grains, time, mayBeLocal: true);
        if (At.Fault is not null)
            Response.StatusCode = StatusCodes.Status400BadRequest;
        if (At.Fault is not null || At.Known is not { } known)
            return;
        IsAnswered = true;
        Links = new RegistryLinks(known, At.Query);
        var page =
            TablePage.Create(known.Table, At.Day, null, Request.Query["after"].ToString() is { Length: > 0 } after ? after : null, MaxRows)
            ?? new TablePage([], null);
        Rows = page.Rows;
        Next = page.Next is { } next
            ? $"/governance?asOf={At.AsOf}&knownAt={LedgerEntry.FormatTime(At.KnownAt)}&after={Uri.EscapeDataString(next)}"
            : null;
        OutOfScope = known.City.OutOfScope;
    }
}
