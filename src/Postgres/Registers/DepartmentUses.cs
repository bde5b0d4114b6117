using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain.Registers;

namespace SurveillanceRegistry.Postgres.Registers;

/// <summary>What belongs to each department, as the tables say now.</summary>
public sealed class DepartmentUses(NpgsqlDataSource database) : IDepartmentUses
{
    private const string All = """
        with uses as (
            select body->>'department' as department, null as fleet, null as gateway
            from registry.device where place is not null and body->>'lifecycle' <> 'removed'
            union all
            select distinct body->>'department', fleet, null
            from registry.device where fleet is not null and body->>'lifecycle' <> 'removed'
            union all
            select department, id, null
            from registry.fleet_base where department is not null and coalesce(body->>'retired', 'false') <> 'true'
            union all
            select department, null, id from registry.gateway where not removed
        )
        select department,
            (count(*) filter (where fleet is null and gateway is null))::int,
            coalesce(array_agg(distinct fleet order by fleet) filter (where fleet is not null), '{}'),
            coalesce(array_agg(distinct gateway order by gateway) filter (where gateway is not null), '{}')
        from uses
        group by department
        order by department
        """;

    public async Task<ImmutableArray<DepartmentUse>> AllAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(string Department, int Devices, string[] Fleets, string[] Gateways)>(
            All,
            null,
            cancellationToken
        );
        return [.. rows.Select(row => new DepartmentUse(row.Department, row.Devices, [.. row.Fleets], [.. row.Gateways]))];
    }
}
