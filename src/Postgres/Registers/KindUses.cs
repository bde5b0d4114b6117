using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain.Registers;

namespace SurveillanceRegistry.Postgres.Registers;

/// <summary>What is of each device kind, as the tables say now.</summary>
public sealed class KindUses(NpgsqlDataSource database) : IKindUses
{
    private const string All = """
        select body->>'kind',
            (count(*) filter (where fleet is null))::int,
            coalesce(array_agg(distinct fleet order by fleet) filter (where fleet is not null), '{}')
        from registry.device
        where body->>'lifecycle' <> 'removed'
        group by body->>'kind'
        order by body->>'kind'
        """;

    public async Task<ImmutableArray<KindUse>> AllAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(string Kind, int Devices, string[] Fleets)>(All, null, cancellationToken);
        return [.. rows.Select(row => new KindUse(row.Kind, row.Devices, [.. row.Fleets]))];
    }
}
