using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;

namespace SurveillanceRegistry.Postgres.Presence;

/// <summary>The register of expected states, in a table. States are written for whole groups of devices at once.</summary>
public sealed class ExpectedStateRegister(NpgsqlDataSource database) : IExpectedStateRegister
{
    public async Task<long> DeviceRegisterVersionAsync(CancellationToken cancellationToken)
    {
        return await database.ScalarAsync<long>("select version from registry.register_version", null, cancellationToken);
    }

    public async Task<ImmutableArray<DeviceGroup>> GroupsAsync(CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(string Kind, string Department, string Sensors, bool IsActive)>(
            """
            select distinct body->>'kind', body->>'department', (body->'sensors')::text, body->>'lifecycle' = 'active'
            from registry.device
            """,
            null,
            cancellationToken
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
        return await database.ExecuteAsync(
            """
            insert into registry.expected (device, version, at, body)
            select device.id, coalesce(latest.version, 0) + 1, @at, @body::jsonb
            from registry.device
            left join lateral (
                select version, body from registry.expected where expected.device = device.id order by version desc limit 1
            ) latest on true
            where device.body->>'kind' = @Kind
                and device.body->>'department' = @Department
                and device.body->'sensors' = @sensors::jsonb
                and (device.body->>'lifecycle' = 'active') = @IsActive
                and latest.body is distinct from @body::jsonb
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
            cancellationToken
        );
    }

    public async Task RecordPassAsync(PassStep step, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var statement = step switch
        {
            PassStep.Begun => """
                insert into registry.expected_pass (begun_at, rules) values (@at, @rules)
                on conflict (only_one) do update set begun_at = @at, rules = @rules
                """,
            // Unless another process began a pass meanwhile.
            PassStep.Done => "update registry.expected_pass set done_at = @at where begun_at = @at and rules = @rules",
            PassStep.Unchanged => """
                update registry.expected_pass set begun_at = @at, done_at = @at where begun_at = done_at and rules = @rules
                """,
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, null),
        };
        await database.ExecuteAsync(statement, new { at = at.UtcDateTime, rules = ExpectedStateDraft.RulesBuild }, cancellationToken);
    }

    public async Task<ExpectedState?> FindAsync(string deviceId, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(int Version, string Body)>(
            "select version, body::text from registry.expected where device = @deviceId order by version desc limit 1",
            new { deviceId },
            cancellationToken
        );
        return rows.Length == 0 ? null : ToState(rows[0].Version, rows[0].Body);
    }

    public async Task<ImmutableDictionary<string, ExpectedState>> FindAllAsync(
        IReadOnlyCollection<string> deviceIds,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(string Device, int Version, string Body)>(
            """
            select one.id, latest.version, latest.body::text
            from unnest(@ids::text[]) one (id) cross join lateral (
                select version, body from registry.expected where expected.device = one.id order by version desc limit 1) latest
            """,
            new { ids = deviceIds.ToArray() },
            cancellationToken
        );
        return rows.ToImmutableDictionary(row => row.Device, row => ToState(row.Version, row.Body));
    }

    private static ExpectedState ToState(int version, string body)
    {
        var draft = JsonRow.Value<ExpectedStateDraft>(body);
        return new ExpectedState(version, draft.Capture, draft.Rules);
    }

    public async Task<ImmutableArray<(long Entry, string DeviceId)>> ListAfterAsync(
        long afterEntry,
        int most,
        CancellationToken cancellationToken
    )
    {
        return
        [
            .. await database.QueryAsync<(long, string)>(
                "select entry, device from registry.expected where entry > @afterEntry order by entry limit @most",
                new { afterEntry, most },
                cancellationToken
            ),
        ];
    }

    public async Task<long> LastEntryAsync(CancellationToken cancellationToken)
    {
        return await database.ScalarAsync<long>("select coalesce(max(entry), 0) from registry.expected", null, cancellationToken);
    }
}
