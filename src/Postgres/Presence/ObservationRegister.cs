using System.Collections.Immutable;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Postgres.Presence;

/// <summary>The changes of what is known of each device, in a table.</summary>
public sealed class ObservationRegister(NpgsqlDataSource database) : IObservationRegister
{
    public async Task AppendAsync(DeviceObservation observation, DateTimeOffset at, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(observation);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into registry.observation (device, at, epoch, seq, presence, body)
            values (@DeviceId, @at, @Epoch, @Seq, @presence, @body::jsonb)
            on conflict (device, epoch, seq, presence) do nothing
            """,
            new { observation.DeviceId, at = at.ToUniversalTime(), observation.Epoch, observation.Seq, presence = Json.Word(observation.Presence), body = Rows.Body(observation) },
            cancellationToken: cancellationToken));
    }

    public Task<ImmutableArray<DeviceObservation>> LatestAsync(int partition, CancellationToken cancellationToken) =>
        database.BodiesAsync<DeviceObservation>(
            """
            select latest.body::text
            from registry.device cross join lateral (
                select body from registry.observation where observation.device = device.id order by id desc limit 1) latest
            where part = @partition
            """, new { partition }, cancellationToken);
}
