using System.Collections.Immutable;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Staff.Audit;

/// <summary>Who read the data of single mobile devices, for auditors.</summary>
[Authorize(Policy = StaffPolicies.Auditor)]
public sealed class ReadingsModel(IMobileReadAudit readings, IStaffRegister staff, IGrainFactory grains) : PageModel
{
    public const int PerPage = 100;

    [BindProperty(Name = "reader", SupportsGet = true)]
    public string? Reader { get; set; }

    [BindProperty(Name = "device", SupportsGet = true)]
    public string? Device { get; set; }

    public City City { get; private set; } = null!;

    public ImmutableArray<MobileReading> Readings { get; private set; } = [];

    /// <summary>The number after which the next page continues; null on the last page.</summary>
    public long? Next { get; private set; }

    /// <summary>The names of members of staff, by staff id.</summary>
    public ImmutableDictionary<string, string> Names { get; private set; } = ImmutableDictionary<string, string>.Empty;

    public async Task OnGetAsync(long? after)
    {
        City = (await grains.Governance()).City;
        Names = (await staff.AllAsync(HttpContext.RequestAborted)).ToImmutableDictionary(member => member.Id, member => member.Name);
        await HttpContext.RecordAsync(SecurityEventKind.AuditRead, detail: "readings");
        // A text that is no id selects nothing, and never reaches the database.
        if (
            Reader is { Length: > 0 } reader && !StaffMember.IsId(reader)
            || Device is { Length: > 0 } device && !Identifier.IsValid(device)
        )
            return;
        var page = await readings.ListAsync(
            Reader is { Length: > 0 } ? Reader : null,
            Device is { Length: > 0 } ? Device : null,
            after,
            PerPage + 1,
            HttpContext.RequestAborted
        );
        Readings = [.. page.Take(PerPage)];
        Next = page.Length > PerPage ? page[PerPage - 1].Number : null;
    }
}
