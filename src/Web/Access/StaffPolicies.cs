using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Web.Access;

/// <summary>
/// Names of the authorization policies of staff pages and of the API. <see cref="Staff.Account.StaffAuthentication"/> registers them.
/// </summary>
internal static class StaffPolicies
{
    /// <summary>Any person with a session, also while a step of the account is missing. Only for the pages of the own account.</summary>
    public const string SignedIn = "signed-in";

    /// <summary>Any signed-in member of staff or program that has at least one role.</summary>
    public const string AnyRole = "staff";

    /// <summary>The roles that may see the ingest figures; <see cref="IngestViewerRoles"/> lists them.</summary>
    public const string IngestViewer = "ingest";

    /// <summary>The roles that may confirm on the spot that a device is gone; <see cref="AbsenceConfirmerRoles"/> lists them.</summary>
    public const string AbsenceConfirmer = "absence-confirmer";

    // Each role has a policy of the same name, written as in the ledger. Attributes need these names as constants.
    public const string Editor = "editor",
        Approver = "approver",
        DeviceClerk = "device-clerk",
        Auditor = "auditor",
        Administrator = "administrator",
        RecordsOfficer = "records-officer";

    /// <summary>The roles that <see cref="IngestViewer"/> admits.</summary>
    public static readonly Role[] IngestViewerRoles = [Role.DeviceClerk, Role.Administrator, Role.Auditor];

    /// <summary>The roles that <see cref="AbsenceConfirmer"/> admits.</summary>
    public static readonly Role[] AbsenceConfirmerRoles = [Role.PostingInspector, Role.DeviceClerk];

    /// <summary>The name of the policy that requires a role.</summary>
    public static string For(Role role) => Domain.Json.Word(role);
}
