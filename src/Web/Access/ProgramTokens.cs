using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Web.Access;

/// <summary>Makes tokens of programs.</summary>
public static class ProgramTokens
{
    /// <summary>How long a token holds at most, and usually, in days.</summary>
    public const int MaxDays = 366,
        UsualDays = 90;

    /// <summary>Adds a program to the register of staff, so that the ledger can name it.</summary>
    public static async Task<StaffMember> AddProgramAsync(
        IStaffRegister staff,
        string label,
        ImmutableArray<Role> roles,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(staff);
        var id = StaffMember.NewId();
        var program = new StaffMember(id, $"program-{id}", label, null, roles, IsProgram: true, IsActive: true, 1);
        await staff.AddAsync(program, null, by, at, cancellationToken);
        return program;
    }

    /// <summary>Makes a token that acts for a program or a person. Returns the token, which is not stored, and the grant.</summary>
    public static async Task<(string Token, TokenGrant Grant)> IssueAsync(
        StaffMember owner,
        ITokenRegister tokens,
        string label,
        ImmutableArray<Role> roles,
        int days,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(tokens);
        var token = ApiToken.New();
        var grant = new TokenGrant(0, owner.Id, roles, label, at, at.AddDays(days), null);
        var number = await tokens.AddTokenAsync(grant, ApiToken.Hash(token), by, at, cancellationToken);
        return (token, grant with { Id = number });
    }
}
