using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Fleets;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Postgres.Devices.History;

/// <summary>
/// What the register said of a device in the past: of a fixed one as the ledger has it, of a mobile one as its acts have it. The table of
/// devices says only what holds now.
/// </summary>
internal static class DeviceHistory
{
    /// <summary>
    /// Entries of older versions have the members of the device beside others. The oldest leave the sensors out, and their opening names
    /// no device. Then the row says what was registered, if it was never changed; else the body is null. The kind of a change stands in the
    /// statement itself: only then does PostgreSQL use the index of the changes of each device.
    /// </summary>
    internal const string Query = $"""
        select at as At, body::text as Body
        from (
            select index as number, at,
                case
                    when kind = @registered and written ? 'registered' then written->'registered'
                    when version = 1 then body
                    when kind = @registered and written ?& array['sensors', 'lifecycle'] then written
                end as body
            from registry.device
                join registry.ledger_entry on index = entry
                cross join lateral (select convert_from(bytes, 'UTF8')::jsonb->'body' as written) one
            where id = @deviceId and fleet is null
            union all
            select index, at, case
                when written ? 'registered' then written->'registered'
                when written ?& array['sensors', 'lifecycle'] then written
            end
            from registry.ledger_entry
                cross join lateral (select convert_from(bytes, 'UTF8')::jsonb->'body' as written) one
            where kind = '{LedgerKinds.DeviceChanged}' and registry.device_of(bytes) = @deviceId
                and exists (select from registry.device where id = @deviceId and fleet is null and version > 1)
            union all
            select number, at, coalesce(
                body->'registered',
                jsonb_build_object(
                    'id', device, 'kind', kind, 'fleet', fleet, 'department', department, 'lifecycle', lifecycle,
                    'sensors', coalesce(body->'sensors', '[]')
                )
            )
            from registry.mobile_act
            where device = @deviceId and act in (@registered, @changed)
        ) entries
        where at < @to
        order by number
        """;

    /// <summary>Every entry of a device before an instant, oldest first.</summary>
    public static async Task<ImmutableArray<RegisteredDevice>> ReadAsync(
        NpgsqlDataSource database,
        string deviceId,
        DateTimeOffset to,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<(DateTime At, string? Body)>(
            Query,
            new
            {
                deviceId,
                to = to.UtcDateTime,
                registered = LedgerKinds.DeviceRegistered,
                changed = LedgerKinds.DeviceChanged,
            },
            cancellationToken
        );
        return [.. rows.Select(row => new RegisteredDevice(row.At, row.Body is { } body ? JsonRow.Value<Device>(body) : null))];
    }

    /// <summary>The acts on a mobile device, newest first.</summary>
    public static async Task<ImmutableArray<MobileAct>> ActsAsync(
        NpgsqlDataSource database,
        string deviceId,
        long? before,
        int most,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<ActRow>(
            """
            select number, at, act, by::text, fleet, department, lifecycle, body::text
            from registry.mobile_act
            where device = @deviceId and (@before::bigint is null or number < @before)
            order by number desc
            limit @most
            """,
            new
            {
                deviceId,
                before,
                most,
            },
            cancellationToken
        );
        return [.. rows.Select(row => row.ToAct())];
    }

    private sealed record ActRow(
        long Number,
        DateTime At,
        string Act,
        string By,
        string Fleet,
        string Department,
        string Lifecycle,
        string Body
    )
    {
        public MobileAct ToAct() =>
            new(Number, At, Act, JsonRow.Value<Attribution>(By), Fleet, Department, JsonRow.Word<Lifecycle>(Lifecycle), Body);
    }
}
