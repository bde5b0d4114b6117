using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>Readings of single mobile units, in a table that is only added to.</summary>
public sealed class Readings(NpgsqlDataSource database) : IReadings
{
    public async Task NoteAsync(string reader, IReadOnlyCollection<string> deviceIds, string what, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into registry.reading (at, reader, device, what) select @at, @reader, device, @what from unnest(@devices) device", new { at = at.UtcDateTime, reader, devices = deviceIds.ToArray(), what }, cancellationToken: cancellationToken));
    }
}
