using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Postgres.Staff;

/// <summary>Saved views of staff members, in a table.</summary>
public sealed class SavedViews(NpgsqlDataSource database) : ISavedViews
{
    public async Task<ImmutableArray<SavedView>> ListAsync(string owner, CancellationToken cancellationToken)
    {
        return
        [
            .. await database.QueryAsync<SavedView>(
                """
                select id, owner, name, query, shared as IsShared from registry.saved_view
                where owner = @owner or shared
                order by lower(name), id
                """,
                new { owner },
                cancellationToken
            ),
        ];
    }

    public async Task SaveAsync(string owner, string name, string query, bool isShared, CancellationToken cancellationToken)
    {
        await database.ExecuteAsync(
            """
            insert into registry.saved_view (owner, name, query, shared) values (@owner, @name, @query, @isShared)
            on conflict (owner, name) do update set query = excluded.query, shared = excluded.shared
            """,
            new
            {
                owner,
                name,
                query,
                isShared,
            },
            cancellationToken
        );
    }

    public async Task<bool> RemoveAsync(string owner, long id, CancellationToken cancellationToken)
    {
        return await database.ExecuteAsync(
                "delete from registry.saved_view where owner = @owner and id = @id",
                new { owner, id },
                cancellationToken
            ) == 1;
    }
}
