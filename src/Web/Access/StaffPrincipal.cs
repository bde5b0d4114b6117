using System.Collections.Immutable;
using System.Security.Claims;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Web.Access;

/// <summary>Who is signed in, as claims.</summary>
internal static class StaffPrincipal
{
    public const string Stamp = "stamp",
        Department = "department";

    /// <summary>The claims of a member, in the roles given.</summary>
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

    public static string StaffId(this ClaimsPrincipal who) =>
        who.FindFirstValue(ClaimTypes.NameIdentifier) ?? throw new InvalidOperationException("Nobody is signed in.");

    public static bool Is(this ClaimsPrincipal who, Role role) => who.IsInRole(Domain.Json.Word(role));

    /// <summary>How the ledger names whoever is signed in when they act in a role.</summary>
    public static Attribution HasRole(this ClaimsPrincipal who, Role role) =>
        new(Domain.Json.Word(role), who.FindFirstValue(Department), who.StaffId());
}
