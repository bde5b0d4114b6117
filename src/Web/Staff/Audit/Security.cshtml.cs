using System.Collections.Immutable;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Staff.Audit;

/// <summary>The security log, for auditors.</summary>
[Authorize(Policy = StaffPolicies.Auditor)]
public sealed class SecurityModel(ISecurityLog log, IStaffRegister staff, IGrainFactory grains) : PageModel
{
    public const int PerPage = 100;

    [BindProperty(Name = "kind", SupportsGet = true)]
    public string? Kind { get; set; }

    [BindProperty(Name = "staff", SupportsGet = true)]
    public string? StaffId { get; set; }

    public City City { get; private set; } = null!;

    public ImmutableArray<StoredSecurityEvent> Events { get; private set; } = [];

    /// <summary>The number after which the next page continues; null on the last page.</summary>
    public long? Next { get; private set; }

    /// <summary>The names of members of staff, by staff id.</summary>
    public ImmutableDictionary<string, string> Names { get; private set; } = ImmutableDictionary<string, string>.Empty;

    public string NameOf(string? id) => id is null ? "" : Names.GetValueOrDefault(id, id);

    public async Task OnGetAsync(long? after)
    {
        City = (await grains.Governance()).City;
        Names = (await staff.AllAsync(HttpContext.RequestAborted)).ToImmutableDictionary(member => member.Id, member => member.Name);
        await HttpContext.RecordAsync(SecurityEventKind.AuditRead, detail: "security");
        if (StaffId is { Length: > 0 } id && !Domain.Staff.StaffMember.IsId(id))
            return;
        var filter = new SecurityFilter(
            Json.TryWord<SecurityEventKind>(Kind, out var kind) ? kind : null,
            StaffId is { Length: > 0 } ? StaffId : null
        );
        var page = await log.ListAsync(filter, after, PerPage + 1, HttpContext.RequestAborted);
        Events = [.. page.Take(PerPage)];
        Next = page.Length > PerPage ? page[PerPage - 1].Number : null;
    }
}
