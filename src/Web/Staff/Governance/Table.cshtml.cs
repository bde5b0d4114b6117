using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Policies.Text;

namespace SurveillanceRegistry.Web.Staff.Governance;

/// <summary>
/// The governance table for staff, with search, filters, columns and saved views. It shows any valid day, as recorded at any time.
/// </summary>
public sealed class TableModel(IGrainFactory grains, ISavedViews views, TimeProvider time) : PageModel
{
    public const int RowsPerPage = 100;

    /// <summary>The columns that can be chosen. Saved views contain the ids.</summary>
    public static readonly ImmutableArray<(string Id, string Heading)> AllColumns =
    [
        ("standing", "Status"),
        ("from", "Effective from"),
        ("until", "First day no longer in force"),
        ("capture", "Permits capturing"),
        ("kept", "Retention"),
        ("notice", "Public notice"),
        ("records", "Public records"),
        ("owner", "Owner"),
        ("review", "Review by"),
        ("source", "Source"),
    ];

    private static readonly ImmutableHashSet<string> DefaultColumns = ["standing", "from", "capture", "kept", "review"];

    [BindProperty(Name = "q", SupportsGet = true)]
    public string? Search { get; set; }

    [BindProperty(Name = "technology", SupportsGet = true)]
    public string? Technology { get; set; }

    [BindProperty(Name = "kind", SupportsGet = true)]
    public string? Kind { get; set; }

    [BindProperty(Name = "status", SupportsGet = true)]
    public string? Status { get; set; }

    [BindProperty(Name = "confidence", SupportsGet = true)]
    public string? Confidence { get; set; }

    [BindProperty(Name = "only", SupportsGet = true)]
    public string? Only { get; set; }

    /// <summary>The number of the draft to which the chosen row is added; null to start a new one.</summary>
    [BindProperty(Name = "change", SupportsGet = true)]
    public string? Change { get; set; }

    [BindProperty(Name = "p", SupportsGet = true)]
    public int PageNumber { get; set; } = 1;

    public ImmutableHashSet<string> Columns { get; private set; } = DefaultColumns;

    /// <summary>The rows of this page.</summary>
    public ImmutableArray<GovernanceRow> Rows { get; private set; } = [];

    /// <summary>The conflicts that begin after the day that is shown; null when no table is.</summary>
    internal LaterConflicts? Later { get; private set; }

    /// <summary>The number of rows on all pages.</summary>
    public int Count { get; private set; }

    public int Pages => Math.Max(1, (Count + RowsPerPage - 1) / RowsPerPage);

    /// <summary>The valid day that is shown, as YYYY-MM-DD.</summary>
    public string AsOf { get; private set; } = "";

    /// <summary>The recorded time that is shown, as it was entered; empty for now.</summary>
    public string KnownAt { get; private set; } = "";

    /// <summary>What is wrong with the entered day or time; otherwise null.</summary>
    public string? Error { get; private set; }

    public City City { get; private set; } = null!;

    internal RegistryLinks Links { get; private set; } = null!;

    public ImmutableArray<Technology> Technologies { get; private set; } = [];

    public ImmutableArray<SavedView> Views { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var governance = await grains.Governance();
        City = governance.City;
        Technologies = governance.Table.Technologies;
        Links = new RegistryLinks(governance, "");
        Views = await views.ListAsync(User.StaffId(), HttpContext.RequestAborted);
        if (Request.Query["columns"] is { Count: > 0 } chosen)
            Columns = [.. chosen.OfType<string>().SelectMany(value => value.Split(','))];
        KnownAt = Request.Query["knownAt"].ToString();
        if (!TryReadAsOf(out var day) || !TryReadKnownAt(out var knownAt))
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        AsOf = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var snapshot = knownAt is { } instant ? await grains.Policies().KnownAt(instant) : governance;
        Later = snapshot is null ? null : new LaterConflicts(snapshot.Table, day);
        var filter = new TableFilter(Search, Technology, Kind, Status, Confidence, Only) { Later = Later };
        var rows = snapshot is null ? [] : snapshot.Table.On(day).Where(filter.Includes).ToImmutableArray();
        Count = rows.Length;
        PageNumber = Math.Clamp(PageNumber, 1, Pages);
        Rows = [.. rows.Skip((PageNumber - 1) * RowsPerPage).Take(RowsPerPage)];
    }

    public async Task<IActionResult> OnPostSaveAsync(string name, string query, string? shared)
    {
        if (name?.Trim() is not { Length: > 0 and <= 80 } trimmed || query is not { Length: <= 1000 } || !query.StartsWith('?'))
            return BadRequest();
        await views.SaveAsync(User.StaffId(), trimmed, query, shared == "yes", HttpContext.RequestAborted);
        return Redirect("/staff/table" + query);
    }

    public async Task<IActionResult> OnPostRemoveAsync(long id)
    {
        await views.RemoveAsync(User.StaffId(), id, HttpContext.RequestAborted);
        return Redirect("/staff/table");
    }

    /// <summary>The query of another page of the same view.</summary>
    public string QueryOf(int page)
    {
        var query = new QueryBuilder(
            Request
                .Query.Where(parameter => parameter.Key != "p" && parameter.Value.ToString().Length > 0)
                .SelectMany(parameter => parameter.Value.OfType<string>().Select(value => KeyValuePair.Create(parameter.Key, value)))
        );
        if (page > 1)
            query.Add("p", page.ToString(CultureInfo.InvariantCulture));
        return query.ToQueryString().Value is { Length: > 0 } text ? text : "?";
    }

    private bool TryReadAsOf(out DateOnly day)
    {
        if (QueryParameters.TryDay(Request.Query, City, time, out day))
            return true;
        Error = $"“{Request.Query["asOf"]}” is not a day: {QueryParameters.DayExpected}.";
        return false;
    }

    /// <param name="knownAt">Null when no time was entered.</param>
    private bool TryReadKnownAt(out DateTimeOffset? knownAt)
    {
        knownAt = null;
        if (KnownAt.Length == 0)
            return true;
        if (QueryParameters.TryLocalInstant(Request.Query, "knownAt", City, time, out var instant))
        {
            knownAt = instant;
            return true;
        }

        Error = $"“{KnownAt}” is not a time: expected a local time as YYYY-MM-DDTHH:MM, or an instant as RFC 3339.";
        return false;
    }
}
