using System.Collections.Immutable;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>Who may sign in, from the tables.</summary>
public sealed class Enrolment(NpgsqlDataSource database) : IEnrolment
{
    public async Task<Enrolled?> FindAsync(string id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<(int Number, string Body, byte[] Sha256)?>(new CommandDefinition(
            "select slot, body::text, sha256 from registry.device join registry.device_secret on device = id where id = @id", new { id }, cancellationToken: cancellationToken));
        return row is { } found ? new Enrolled(id, Rows.Value<Device>(found.Body) with { Number = found.Number }, null, [new Credential(0, CredentialKind.Secret, [.. found.Sha256])]) : null;
    }

    public Task<Device?> BehindAsync(string gateway, string deviceId, CancellationToken cancellationToken) => Task.FromResult<Device?>(null);

    public Task<ImmutableArray<Device>> AllBehindAsync(string gateway, CancellationToken cancellationToken) => Task.FromResult(ImmutableArray<Device>.Empty);
}
