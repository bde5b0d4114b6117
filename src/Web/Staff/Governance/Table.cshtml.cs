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
/// The governance table for those who keep it: search, filters, columns, saved views, as of any day and as known at any time.
/// </summary>
public sealed class TableModel(IGrainFactory grains, ISavedViews views, TimeProvider time) : PageModel
{
    /// <summary>So many rows stand on a page.</summary>
    public const int PerPage = 100;

    /// <summary>The columns that can be shown, and their headings.</summary>
    public static readonly ImmutableArray<(string Id, string Heading)> AllColumns =
    [
        ("standing", "Stands"),
        ("from", "From"),
        ("until", "Until"),
        ("capture", "Lets capture"),
        ("kept", "Kept"),
        ("notice", "Public is told"),
        ("records", "Records"),
        ("owner", "Kept true by"),
        ("review", "Look again by"),
        ("source", "Source"),
    ];

    private static readonly ImmutableHashSet<string> UsualColumns = ["standing", "from", "capture", "kept", "review"];

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

    [BindProperty(Name = "change", SupportsGet = true)]
    public string? Change { get; set; }

    [BindProperty(Name = "p", SupportsGet = true)]
    public int PageNumber { get; set; } = 1;

    public ImmutableHashSet<string> Columns { get; private set; } = UsualColumns;

    public ImmutableArray<GovernanceRow> Rows { get; private set; } = [];

    public int Count { get; private set; }

    public int Pages => Math.Max(1, (Count + PerPage - 1) / PerPage);

    public string AsOf { get; private set; } = "";

    public string KnownAt { get; private set; } = "";

    public string? Fault { get; private set; }

    public City City { get; private set; } = null!;

    internal RegistryLinks Links { get; private set; } = null!;

    public ImmutableArray<Technology> Technologies { get; private set; } = [];

    public ImmutableArray<SavedView> Views { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var governance = await grains.Governance();
        (City, Technologies, Links) = (governance.City, governance.Table.Technologies, new RegistryLinks(governance, ""));
        Views = await views.OfAsync(User.StaffId(), HttpContext.RequestAborted);
        if (Request.Query["columns"] is { Count: > 0 } chosen)
            Columns = [.. chosen.OfType<string>().SelectMany(one => one.Split(','))];
        if (!QueryParameters.TryDay(Request.Query, City, time, out var day))
            Fault = $"“{Request.Query["asOf"]}” is not a day: {QueryParameters.DayExpected}.";
        DateTimeOffset known = default;
        KnownAt = Request.Query["knownAt"].ToString();
        if (Fault is null && KnownAt.Length > 0 && !TryKnown(KnownAt, City, out known))
            Fault = $"“{KnownAt}” is no time: expected a local time as YYYY-MM-DDTHH:MM, or an instant as RFC 3339.";
        if (Fault is not null)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        AsOf = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var asked = KnownAt.Length == 0 ? governance : await grains.Policies().KnownAt(known);
        var rows = asked is null ? [] : asked.Table.On(day).Where(Fits).ToImmutableArray();
        Count = rows.Length;
        PageNumber = Math.Clamp(PageNumber, 1, Pages);
        Rows = [.. rows.Skip((PageNumber - 1) * PerPage).Take(PerPage)];
    }

    public async Task<IActionResult> OnPostSaveAsync(string name, string query, string? shared)
    {
        if (name?.Trim() is not { Length: > 0 and <= 80 } given || query is not { Length: <= 1000 } || !query.StartsWith('?'))
            return BadRequest();
        await views.SaveAsync(User.StaffId(), given, query, shared == "yes", HttpContext.RequestAborted);
        return Redirect("/staff/table" + query);
    }

    public async Task<IActionResult> OnPostRemoveAsync(long id)
    {
        await views.RemoveAsync(User.StaffId(), id, HttpContext.RequestAborted);
        return Redirect("/staff/table");
    }

    /// <summary>The address of another page of the same view.</summary>
    public string Address(int page)
    {
        var query = new QueryBuilder(
            Request
                .Query.Where(one => one.Key != "p" && one.Value.ToString().Length > 0)
                .SelectMany(one => one.Value.OfType<string>().Select(value => KeyValuePair.Create(one.Key, value)))
        );
        if (page > 1)
            query.Add("p", page.ToString(CultureInfo.InvariantCulture));
        return query.ToQueryString().Value is { Length: > 0 } text ? text : "?";
    }

    private static bool TryKnown(string text, City city, out DateTimeOffset known)
    {
        if (
            DateTime.TryParseExact(
                text,
                ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss"],
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var local
            )
        )
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(city.TimeZone);
            known = new DateTimeOffset(local, zone.GetUtcOffset(local));
            return true;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out known);
    }

    private bool Fits(GovernanceRow row) =>
        (string.IsNullOrEmpty(Technology) || row.Technology.Id == Technology)
        && (string.IsNullOrEmpty(Kind) || Domain.Json.Word(row.Instrument.Kind) == Kind)
        && (string.IsNullOrEmpty(Status) || Domain.Json.Word(row.Status) == Status)
        && (string.IsNullOrEmpty(Confidence) || row.Version is { } version && Domain.Json.Word(version.Source.Confidence) == Confidence)
        && Only switch
        {
            "disagreeing" => !row.DisagreesWith.IsEmpty,
            "unowned" => row.Rule is { Owner: null },
            _ => true,
        }
        && (
            string.IsNullOrWhiteSpace(Search)
            || Texts(row).Any(text => text?.Contains(Search.Trim(), StringComparison.OrdinalIgnoreCase) == true)
        );

    private static IEnumerable<string?> Texts(GovernanceRow row) =>
        [
            row.Technology.Name,
            row.Technology.Id,
            row.Instrument.Citation,
            row.Instrument.Id,
            row.Version?.Title,
            row.Version?.By,
            row.Rule?.Note,
            row.Version?.Source.Title,
            .. row.Rule?.Purposes ?? [],
        ];
}
