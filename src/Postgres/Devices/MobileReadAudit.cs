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
        await database.ExecuteAsync(
            """
            insert into registry.reading (at, reader, device, what)
            select @at, @reader, device, @what from unnest(@devices) device
            """,
            new
            {
                at = at.UtcDateTime,
                reader,
                devices = deviceIds.ToArray(),
                what,
            },
            cancellationToken
        );
    }
}
