using System.Collections.Immutable;
using System.Security.Claims;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Web.Access;

/// <summary>A signed-in member of staff or program as a <see cref="ClaimsPrincipal"/>.</summary>
internal static class StaffPrincipal
{
    public const string Stamp = "stamp",
        Department = "department";

    /// <summary>Creates the principal of a member with the given roles, which may be fewer than the member has.</summary>
    public static ClaimsPrincipal Create(StaffMember member, ImmutableArray<Role> roles, string scheme) =>
        new(
            new ClaimsIdentity(
                [
                    new Claim(ClaimTypes.NameIdentifier, member.Id),
                    new Claim(ClaimTypes.Name, member.Name),
                    new Claim(Stamp, $"{member.Stamp}"),
                    .. member.Department is { } department ? [new Claim(Department, department)] : Array.Empty<Claim>(),
                    .. roles.Select(role => new Claim(ClaimTypes.Role, Domain.Json.Word(role))),
                ],
                scheme
            )
        );

    /// <summary>The staff id of the user. Throws <see cref="InvalidOperationException"/> when the request is anonymous.</summary>
    public static string StaffId(this ClaimsPrincipal user) =>
        user.FindFirstValue(ClaimTypes.NameIdentifier) ?? throw new InvalidOperationException("The request has no signed-in user.");

    public static bool Is(this ClaimsPrincipal user, Role role) => user.IsInRole(Domain.Json.Word(role));

    /// <summary>What the ledger records of the user who acts in a role: the role, the department and the staff id.</summary>
    public static Attribution AttributionAs(this ClaimsPrincipal user, Role role) =>
        new(Domain.Json.Word(role), user.FindFirstValue(Department), user.StaffId(), user.IsProgram());

    /// <summary>Whether a program acts: it signed in with a token. A person signs in with a session.</summary>
    public static bool IsProgram(this ClaimsPrincipal user) => user.Identity?.AuthenticationType == TokenAuthentication.Name;
}
