using System.Collections.Immutable;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;

namespace SurveillanceRegistry.Postgres.Presence;

/// <summary>What is expected of each device, in a table; written for whole groups at once.</summary>
public sealed class ExpectedStateRegister(NpgsqlDataSource database) : IExpectedStateRegister
{
    public async Task<long> RegisterVersionAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<long>(
            new CommandDefinition("select version from registry.register_version", cancellationToken: cancellationToken)
        );
    }

    public async Task<ImmutableArray<DeviceGroup>> GroupsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(string Kind, string Department, string Sensors, bool IsActive)>(
            new CommandDefinition(
                "select distinct body->>'kind', body->>'department', (body->'sensors')::text, body->>'lifecycle' = 'active' from registry.device",
                cancellationToken: cancellationToken
            )
        );
        return
        [
            .. rows.Select(row => new DeviceGroup(
                row.Kind,
                row.Department,
                JsonRow.Value<ImmutableArray<Capture>>(row.Sensors),
                row.IsActive
            )),
        ];
    }

    public async Task<int> RecordAsync(
        DeviceGroup likeness,
        ExpectedStateDraft expectation,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(likeness);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(
            new CommandDefinition(
                """
                insert into registry.expected (device, version, at, body)
                select device.id, coalesce(latest.version, 0) + 1, @at, @body::jsonb
                from registry.device left join lateral (select version, body from registry.expected where expected.device = device.id order by version desc limit 1) latest on true
                where device.body->>'kind' = @Kind and device.body->>'department' = @Department and device.body->'sensors' = @sensors::jsonb
                    and (device.body->>'lifecycle' = 'active') = @IsActive and latest.body is distinct from @body::jsonb
                on conflict do nothing
                """,
                new
                {
                    likeness.Kind,
                    likeness.Department,
                    sensors = JsonRow.Body(likeness.Sensors),
                    likeness.IsActive,
                    at = at.UtcDateTime,
                    body = JsonRow.Body(expectation),
                },
                cancellationToken: cancellationToken
            )
        );
    }

    public async Task<ExpectedState?> FindAsync(string deviceId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<(int Version, string Body)?>(
            new CommandDefinition(
                "select version, body::text from registry.expected where device = @deviceId order by version desc limit 1",
                new { deviceId },
                cancellationToken: cancellationToken
            )
        );
        return row is { } found && JsonRow.Value<ExpectedStateDraft>(found.Body) is var expectation
            ? new ExpectedState(found.Version, expectation.Capture, expectation.Rules)
            : null;
    }

    public async Task<ImmutableArray<(long Entry, string DeviceId)>> ListAfterAsync(
        long afterEntry,
        int most,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return
        [
            .. await connection.QueryAsync<(long, string)>(
                new CommandDefinition(
                    "select entry, device from registry.expected where entry > @afterEntry order by entry limit @most",
                    new { afterEntry, most },
                    cancellationToken: cancellationToken
                )
            ),
        ];
    }

    public async Task<long> LastEntryAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<long>(
            new CommandDefinition("select coalesce(max(entry), 0) from registry.expected", cancellationToken: cancellationToken)
        );
    }
}
