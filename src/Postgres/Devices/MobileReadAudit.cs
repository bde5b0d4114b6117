using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain.Devices.Enrolment;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>The audit of who read a single mobile device, in an append-only table.</summary>
public sealed class MobileReadAudit(NpgsqlDataSource database) : IMobileReadAudit
{
    public async Task RecordAsync(
        string reader,
        IReadOnlyCollection<string> deviceIds,
        string what,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        // The lock comes before the numbers: when the sealer holds it alone, every reading with a lower number is committed.
        await database.ExecuteAsync(
            """
            with shared as materialized (select pg_advisory_xact_lock_shared(@Readings))
            insert into registry.reading (at, reader, device, what)
            select @at, @reader, device, @what from shared, unnest(@devices) device
            """,
            new
            {
                AdvisoryLocks.Readings,
                at = at.UtcDateTime,
                reader,
                devices = deviceIds.ToArray(),
                what,
            },
            cancellationToken
        );
    }

    public async Task<ImmutableArray<MobileReading>> ListAsync(
        string? reader,
        string? device,
        long? before,
        int most,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<ReadingRow>(
            """
            select id, at, reader, device, what from registry.reading
            where (@reader::text is null or reader = @reader) and (@device::text is null or device = @device)
                and (@before::bigint is null or id < @before)
            order by id desc
            limit @most
            """,
            new
            {
                reader,
                device,
                before,
                most,
            },
            cancellationToken
        );
        return [.. rows.Select(row => new MobileReading(row.Id, row.At, row.Reader, row.Device, row.What))];
    }

    private sealed record ReadingRow(long Id, DateTime At, string Reader, string Device, string What);
}
