using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Staff;

/// <summary>Changes rights of staff, each with its ledger entry in the same transaction.</summary>
internal static class StaffRights
{
    /// <summary>What a statement on <c>registry.staff</c> returns, so that its change can be recorded.</summary>
    public const string Returning = "returning id as Staff, department, array_to_string(roles, ',') as Roles, null::bigint as Token";

    /// <summary>The member whose right was changed, and the roles that the member has now.</summary>
    public sealed record Right(string Staff, string? Department, string Roles, long? Token);

    /// <summary>Runs a statement that changes a right and returns it as a <see cref="Right"/>, and appends the ledger entry.</summary>
    public static Task<bool> RecordAsync(
        NpgsqlDataSource database,
        DateTimeOffset at,
        Attribution by,
        string what,
        string sql,
        object values,
        CancellationToken cancellationToken
    ) =>
        RecordAsync(
            database,
            at,
            by,
            what,
            (connection, transaction) => connection.QuerySingleOrDefaultAsync<Right>(sql, values, transaction),
            cancellationToken
        );

    /// <summary>Runs a change of a right and appends its ledger entry in one transaction. Returns false when nothing was changed.</summary>
    /// <param name="change">Returns the right as it is now; null when there was nothing to change.</param>
    public static async Task<bool> RecordAsync(
        NpgsqlDataSource database,
        DateTimeOffset at,
        Attribution by,
        string what,
        Func<NpgsqlConnection, NpgsqlTransaction, Task<Right?>> change,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await change(connection, transaction) is not { } right)
            return false;
        var ledger = await LedgerTransaction.BeginAsync(connection, transaction, at, cancellationToken);
        await ledger.AppendAsync(LedgerKinds.StaffRightChanged, by, await StaffEntry.CreateAsync(ledger, what, right));
        await transaction.CommitDurablyAsync();
        return true;
    }

    public static string[] RoleNames(IEnumerable<Role> roles) => [.. roles.Distinct().Order().Select(Json.Word)];
}
