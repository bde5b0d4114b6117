using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Web.Access;

/// <summary>
/// Names of the authorization policies of staff pages and of the API. <see cref="Staff.Account.StaffAuthentication"/> registers them.
/// </summary>
internal static class StaffPolicies
{
    /// <summary>Any signed-in member of staff or program that has at least one role.</summary>
    public const string AnyRole = "staff";

    /// <summary>The roles that may see the ingest figures; <see cref="IngestViewerRoles"/> lists them.</summary>
    public const string IngestViewer = "ingest";

    // Each role has a policy of the same name, written as in the ledger. Attributes need these names as constants.
    public const string Editor = "editor",
        Approver = "approver",
        DeviceClerk = "device-clerk";

    /// <summary>The roles that <see cref="IngestViewer"/> admits.</summary>
    public static readonly Role[] IngestViewerRoles = [Role.DeviceClerk, Role.Administrator, Role.Auditor];

    /// <summary>The name of the policy that requires a role.</summary>
    public static string For(Role role) => Domain.Json.Word(role);
}
