using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Staff.Audit;

/// <summary>A page of a record that auditors read. That it was read is itself recorded, in the security log.</summary>
/// <param name="record">The name of the record in the security log.</param>
public abstract class AuditPageModel<T>(string record, IStaffRegister staff, IGrainFactory grains) : PageModel
{
    public const int PerPage = 100;

    public City City { get; private set; } = null!;

    /// <summary>What the page lists, newest first.</summary>
    public ImmutableArray<T> Items { get; private set; } = [];

    /// <summary>The number after which the next page continues; null on the last page.</summary>
    public long? Next { get; private set; }

    private ImmutableDictionary<string, string> Names { get; set; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The name of a member of staff; the id when it is not known.</summary>
    public string NameOf(string? id) => id is null ? "" : Names.GetValueOrDefault(id, id);

    public async Task OnGetAsync(long? after)
    {
        City = (await grains.Governance()).City;
        Names = (await staff.AllAsync(HttpContext.RequestAborted)).ToImmutableDictionary(member => member.Id, member => member.Name);
        await HttpContext.RecordAsync(SecurityEventKind.AuditRead, detail: record);
        var page = await ListAsync(after, PerPage + 1, HttpContext.RequestAborted);
        Items = [.. page.Take(PerPage)];
        Next = page.Length > PerPage ? NumberOf(page[PerPage - 1]) : null;
    }

    /// <summary>What the filters of the page select. A filter that can match nothing never reaches the database.</summary>
    private protected abstract Task<ImmutableArray<T>> ListAsync(long? after, int most, CancellationToken cancellationToken);

    private protected abstract long NumberOf(T item);

    /// <summary>The text of a filter; null when it is empty.</summary>
    private protected static string? Filter(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
