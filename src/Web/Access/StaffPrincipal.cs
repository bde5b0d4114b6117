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

    /// <summary>The claim of a step that a person must do first. A principal with it has no role.</summary>
    private const string Step = "step";

    /// <summary>Creates the principal of a member with the given roles, which may be fewer than the member has.</summary>
    /// <param name="step">What the member must do first. Without it the principal has no role, so that nothing else opens.</param>
    public static ClaimsPrincipal Create(
        StaffMember member,
        ImmutableArray<Role> roles,
        string scheme,
        AccountStep step = AccountStep.Complete
    ) =>
        new(
            new ClaimsIdentity(
                [
                    new Claim(ClaimTypes.NameIdentifier, member.Id),
                    new Claim(ClaimTypes.Name, member.Name),
                    new Claim(Stamp, $"{member.Stamp}"),
                    .. member.Department is { } department ? [new Claim(Department, department)] : Array.Empty<Claim>(),
                    .. step == AccountStep.Complete
                        ? roles.Select(role => new Claim(ClaimTypes.Role, Domain.Json.Word(role)))
                        : [new Claim(Step, Domain.Json.Word(step))],
                ],
                scheme
            )
        );

    /// <summary>The staff id of the user. Throws <see cref="InvalidOperationException"/> when the request is anonymous.</summary>
    public static string StaffId(this ClaimsPrincipal user) =>
        user.FindFirstValue(ClaimTypes.NameIdentifier) ?? throw new InvalidOperationException("The request has no signed-in user.");

    public static bool Is(this ClaimsPrincipal user, Role role) => user.IsInRole(Domain.Json.Word(role));

    /// <summary>What the user must do before anything else opens.</summary>
    public static AccountStep NextStep(this ClaimsPrincipal user) =>
        Domain.Json.TryWord<AccountStep>(user.FindFirstValue(Step), out var step) ? step : AccountStep.Complete;

    /// <summary>What the ledger records of the user who acts in a role: the role, the department and the staff id.</summary>
    public static Attribution AttributionAs(this ClaimsPrincipal user, Role role) =>
        new(Domain.Json.Word(role), user.FindFirstValue(Department), user.StaffId(), user.IsProgram());

    /// <summary>What the ledger records of a person who changes their own account: no role is needed for it.</summary>
    public static Attribution AttributionAsOwner(this ClaimsPrincipal user) =>
        new("owner", user.FindFirstValue(Department), user.StaffId());

    /// <summary>Whether a program acts: it signed in with a token. A person signs in with a session.</summary>
    public static bool IsProgram(this ClaimsPrincipal user) => user.Identity?.AuthenticationType == TokenAuthentication.Name;
}
