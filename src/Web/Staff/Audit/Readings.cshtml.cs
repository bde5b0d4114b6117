using System.Collections.Immutable;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Staff.Audit;

/// <summary>Who read the data of single mobile devices, for auditors.</summary>
[Authorize(Policy = StaffPolicies.Auditor)]
public sealed class ReadingsModel(IMobileReadAudit readings, IStaffRegister staff, IGrainFactory grains)
    : AuditPageModel<MobileReading>("readings", staff, grains)
{
    [BindProperty(Name = "reader", SupportsGet = true)]
    public string? Reader { get; set; }

    [BindProperty(Name = "device", SupportsGet = true)]
    public string? Device { get; set; }

    private protected override async Task<ImmutableArray<MobileReading>> ListAsync(
        long? after,
        int most,
        CancellationToken cancellationToken
    )
    {
        var (reader, device) = (Filter(Reader), Filter(Device));
        return reader is not null && !StaffMember.IsId(reader) || device is not null && !Identifier.IsValid(device)
            ? []
            : await readings.ListAsync(reader, device, after, most, cancellationToken);
    }

    private protected override long NumberOf(MobileReading item) => item.Number;
}
