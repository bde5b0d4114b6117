using System.Collections.Immutable;
using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Postgres.Devices;

/// <summary>The register of devices, in a table; their secrets beside it, as hashes.</summary>
public sealed class DeviceRegister(NpgsqlDataSource database) : IDeviceRegister
{
    public Task<ImmutableArray<Device>> AllAsync(CancellationToken cancellationToken) => QueryAsync("order by id", null, cancellationToken);

    public async Task<Device?> FindAsync(string deviceId, CancellationToken cancellationToken) =>
        (await QueryAsync("where id = @deviceId", new { deviceId }, cancellationToken)).FirstOrDefault();

    public async Task<bool> ReplaceSecretAsync(string deviceId, byte[] secretHash, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into registry.device_secret (device, sha256, replaced_at) select id, @secretHash, @at from registry.device where id = @deviceId
            on conflict (device) do update set sha256 = excluded.sha256, replaced_at = excluded.replaced_at
            """, new { deviceId, secretHash, at = at.ToUniversalTime() }, cancellationToken: cancellationToken)) == 1;
    }

    public async Task<(Device Device, byte[] SecretHash)?> CredentialAsync(string deviceId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<(string Body, byte[] Sha256)?>(new CommandDefinition(
            "select body::text, sha256 from registry.device join registry.device_secret on device = id where id = @deviceId", new { deviceId }, cancellationToken: cancellationToken));
        return row is { } found ? (Rows.Value<Device>(found.Body), found.Sha256) : null;
    }

    private async Task<ImmutableArray<Device>> QueryAsync(string which, object? values, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(int Number, string Body)>(new CommandDefinition($"select slot, body::text from registry.device {which}", values, cancellationToken: cancellationToken));
        return [.. rows.Select(row => Rows.Value<Device>(row.Body) with { Number = row.Number })];
    }
}
