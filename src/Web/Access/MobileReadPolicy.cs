using System.Collections.Immutable;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Web.Access;

/// <summary>
/// Who may read the data of single mobile devices: device clerks and auditors. Every such reading is recorded before it is answered.
/// </summary>
internal static class MobileReadPolicy
{
    public static bool MayRead(ClaimsPrincipal user) => user.Is(Role.DeviceClerk) || user.Is(Role.Auditor);

    /// <summary>
    /// Returns the device with an id; null when it is not registered, or is a mobile one that the user may not read. Both take the same
    /// time.
    /// </summary>
    public static Task<Device?> FindAsync(IDeviceRegister devices, string id, HttpContext http) =>
        MayRead(http.User) ? devices.FindAsync(id, http.RequestAborted) : devices.FindFixedAsync(id, http.RequestAborted);

    /// <summary>The devices behind a gateway; without the mobile ones for a user who may not read them.</summary>
    public static async Task<ImmutableArray<Device>> BehindAsync(
        string gateway,
        HttpContext http,
        IEnrolment enrolment,
        IMobileReadAudit audit,
        TimeProvider time
    )
    {
        var behind = await enrolment.ListBehindAsync(gateway, http.RequestAborted);
        if (!MayRead(http.User))
            return [.. behind.Where(device => !device.KindOf.IsMobile)];
        await RecordListAsync(behind, http, audit, time);
        return behind;
    }

    /// <summary>Records that the mobile devices of a list were read.</summary>
    public static async Task RecordListAsync(ImmutableArray<Device> devices, HttpContext http, IMobileReadAudit audit, TimeProvider time)
    {
        var mobile = devices.Where(device => device.KindOf.IsMobile).Select(device => device.Id).ToArray();
        if (mobile.Length > 0)
            await audit.RecordAsync(http.User.StaffId(), mobile, "list", time.GetUtcNow(), http.RequestAborted);
    }
}
