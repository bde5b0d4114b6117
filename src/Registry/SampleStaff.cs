using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Registry;

/// <summary>
/// The staff of the sample city: an editor, an approver, a device clerk and an administrator, with a new password at every start. No other
/// city has them.
/// </summary>
internal static class SampleStaff
{
    private static readonly (string Name, string Person, Role[] Roles)[] People =
    [
        ("editor", "Sample Editor", [Role.Editor]),
        ("approver", "Sample Approver", [Role.Approver]),
        ("clerk", "Sample Device Clerk", [Role.DeviceClerk]),
        ("administrator", "Sample Administrator", [Role.Administrator, Role.Auditor]),
    ];

    /// <summary>Gives each person a new password. Returns a line for each with sign-in and password.</summary>
    public static async Task<ImmutableArray<string>> RenewAsync(
        IStaffRegister register,
        IStaffCredentialRegister credentials,
        string url,
        string department,
        CancellationToken cancellationToken
    )
    {
        var lines = ImmutableArray.CreateBuilder<string>();
        foreach (var (name, person, roles) in People)
        {
            var signIn = $"{name}@sample-city.example";
            var password = Passwords.New();
            // It lives until the next start, so that its owner need not change it, and needs no second factor.
            var stored = new StoredPassword(Passwords.Hash(password), PasswordKind.Sample, null);
            var now = TimeProvider.System.GetUtcNow();
            if (await register.FindBySignInAsync(signIn, cancellationToken) is { } found)
            {
                await credentials.RemoveSecondFactorAsync(found.Member.Id, Attribution.Registry, now, cancellationToken);
                await credentials.SetPasswordAsync(found.Member.Id, stored, Attribution.Registry, now, cancellationToken);
            }
            else
            {
                await register.AddAsync(
                    new StaffMember(StaffMember.NewId(), signIn, person, department, [.. roles], false, true, 1),
                    stored,
                    Attribution.Registry,
                    now,
                    cancellationToken
                );
            }

            lines.Add($"sign-in {url}/staff as {signIn} with {password} ({string.Join(", ", roles.Select(Json.Word))})");
        }

        return lines.ToImmutable();
    }
}
