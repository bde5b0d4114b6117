using System.Collections.Immutable;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Postgres.Staff;

/// <summary>The views that staff keep, in a table.</summary>
public sealed class SavedViews(NpgsqlDataSource database) : ISavedViews
{
    public async Task<ImmutableArray<SavedView>> OfAsync(string owner, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return
        [
            .. await connection.QueryAsync<SavedView>(
                new CommandDefinition(
                    "select id, owner, name, query, shared as IsShared from registry.saved_view where owner = @owner or shared order by lower(name), id",
                    new { owner },
                    cancellationToken: cancellationToken
                )
            ),
        ];
    }

    public async Task SaveAsync(string owner, string name, string query, bool isShared, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                "insert into registry.saved_view (owner, name, query, shared) values (@owner, @name, @query, @isShared) on conflict (owner, name) do update set query = excluded.query, shared = excluded.shared",
                new
                {
                    owner,
                    name,
                    query,
                    isShared,
                },
                cancellationToken: cancellationToken
            )
        );
    }

    public async Task<bool> RemoveAsync(string owner, long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(
                new CommandDefinition(
                    "delete from registry.saved_view where owner = @owner and id = @id",
                    new { owner, id },
                    cancellationToken: cancellationToken
                )
            ) == 1;
    }
}
