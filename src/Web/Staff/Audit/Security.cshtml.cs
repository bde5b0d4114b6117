using System.Collections.Immutable;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Staff.Audit;

/// <summary>The security log, for auditors.</summary>
[Authorize(Policy = StaffPolicies.Auditor)]
public sealed class SecurityModel(ISecurityLog log, IStaffRegister staff, IGrainFactory grains)
    : AuditPageModel<StoredSecurityEvent>("security", staff, grains)
{
    [BindProperty(Name = "kind", SupportsGet = true)]
    public string? Kind { get; set; }

    [BindProperty(Name = "staff", SupportsGet = true)]
    public string? StaffId { get; set; }

    private protected override async Task<ImmutableArray<StoredSecurityEvent>> ListAsync(
        long? after,
        int most,
        CancellationToken cancellationToken
    )
    {
        var kind = Json.TryWord<SecurityEventKind>(Kind, out var known) ? known : (SecurityEventKind?)null;
        var (isKindUnknown, id) = (kind is null && Filter(Kind) is not null, Filter(StaffId));
        return isKindUnknown || id is not null && !StaffMember.IsId(id)
            ? []
            : await log.ListAsync(new SecurityFilter(kind, id), after, most, cancellationToken);
    }

    private protected override long NumberOf(StoredSecurityEvent item) => item.Number;
}
