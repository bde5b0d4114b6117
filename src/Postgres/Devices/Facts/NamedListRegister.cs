using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Ledger;

namespace SurveillanceRegistry.Postgres.Devices.Facts;

/// <summary>The lists of vendors, models and organisations, in a table; each name has a ledger entry.</summary>
public sealed class NamedListRegister(NpgsqlDataSource database) : INamedListRegister
{
    public async Task<ImmutableArray<ListedName>> AllAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(string List, string? Of, string Name)>(
            "select list, of_name, name from registry.listed_name order by list, of_name, name",
            null,
            cancellationToken
        );
        return [.. rows.Select(row => new ListedName(JsonRow.Word<NamedList>(row.List), row.Name, row.Of))];
    }

    public Task<Outcome<ListedName>> AddAsync(
        ListedName name,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(name);
        return LedgerTransaction.RunAsync<ListedName>(
            database,
            at,
            async ledger =>
                await AddAsync(ledger, name, by, reason)
                    ? name
                    : new Refusal(RefusalCodes.Taken, $"'{name.Name}' is in the list already.", "name"),
            cancellationToken
        );
    }

    /// <summary>Adds a name within a transaction. Returns false, and records nothing, when it is in the list.</summary>
    internal static async Task<bool> AddAsync(LedgerTransaction ledger, ListedName name, Attribution by, string reason)
    {
        var values = new
        {
            list = Json.Word(name.List),
            name.Of,
            name.Name,
        };
        // The transaction holds the ledger's head, so that no other one adds the name meanwhile.
        var isListed = await ledger.ScalarAsync<bool>(
            """
            select exists (
                select from registry.listed_name where list = @list and of_name is not distinct from @Of and name = @Name
            )
            """,
            values
        );
        if (isListed)
            return false;
        var entry = await ledger.AppendAsync(
            LedgerKinds.ListExtended,
            by,
            new
            {
                values.list,
                values.Of,
                values.Name,
                reason,
            }
        );
        await ledger.ExecuteAsync(
            "insert into registry.listed_name (entry, list, of_name, name) values (@entry, @list, @Of, @Name)",
            new
            {
                entry,
                values.list,
                values.Of,
                values.Name,
            }
        );
        return true;
    }
}
