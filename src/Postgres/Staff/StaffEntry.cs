using System.Text.Json;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Staff;

/// <summary>
/// The body of the ledger entry of a changed right. It says everything that the row has and that is no personal data, so that the verifier
/// of the ledger can compare the row with it. Names, sign-ins and labels are never in it.
/// </summary>
internal static class StaffEntry
{
    /// <summary>Writes the body from the rows as they are in the transaction of the change.</summary>
    public static async Task<JsonObject> CreateAsync(LedgerTransaction ledger, string what, StaffRights.Right right)
    {
        var body = JsonSerializer
            .SerializeToNode(
                new
                {
                    what,
                    right.Staff,
                    right.Department,
                    roles = right.Roles.Split(',', StringSplitOptions.RemoveEmptyEntries),
                    right.Token,
                },
                Json.Options
            )!
            .AsObject();
        var row = await ledger.ScalarAsync<string>(right.Token is null ? Member : Token, new { right.Staff, right.Token });
        foreach (var (name, value) in JsonNode.Parse(row!)!.AsObject())
            body[name] = value?.DeepClone();
        return body;
    }

    private const string Member = """
        select json_build_object('program', is_program, 'active', is_active)::text from registry.staff where id = @Staff
        """;

    /// <summary>The hash of the hash identifies a token and is of no use to sign in.</summary>
    private const string Token = """
        select json_build_object(
            'tokenSha256', encode(sha256(sha256), 'hex'),
            'createdAt', to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            'expiresAt', to_char(expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            'revokedAt', to_char(revoked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        )::text
        from registry.api_token
        where id = @Token
        """;
}
