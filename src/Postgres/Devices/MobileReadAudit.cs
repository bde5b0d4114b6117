using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Devices.Enrolment;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>Readings of single mobile units, in a table that is only added to.</summary>
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
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                "insert into registry.reading (at, reader, device, what) select @at, @reader, device, @what from unnest(@devices) device",
                new
                {
                    at = at.UtcDateTime,
                    reader,
                    devices = deviceIds.ToArray(),
                    what,
                },
                cancellationToken: cancellationToken
            )
        );
    }
}
