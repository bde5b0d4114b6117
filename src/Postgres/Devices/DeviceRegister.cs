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

    public async Task<ImmutableArray<int>> PartitionsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return [.. await connection.QueryAsync<int>(new CommandDefinition(
            "select part::int from generate_series(0, 255) part where exists (select from registry.device where device.part = part::smallint)", cancellationToken: cancellationToken))];
    }

    public async Task<ImmutableArray<SeatedDevice>> SeatedAsync(int partition, int? number, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return [.. await connection.QueryAsync<SeatedDevice>(new CommandDefinition(
            "select slot as Number, body->>'kind' as Kind, (body->>'deadlineSeconds')::int as OwnDeadlineSeconds from registry.device where part = @partition and (@number is null or slot = @number) order by slot",
            new { partition, number }, cancellationToken: cancellationToken))];
    }

    public async Task<ImmutableDictionary<int, string>> IdsAsync(IReadOnlyCollection<int> numbers, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await connection.QueryAsync<(int Number, string Id)>(new CommandDefinition(
            "select slot, id from registry.device where slot = any(@numbers)", new { numbers = numbers.ToArray() }, cancellationToken: cancellationToken))).ToImmutableDictionary(row => row.Number, row => row.Id);
    }

    public async Task<bool> ForgetEpochAsync(string deviceId, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(
            "update registry.device set epochs_from = @at where id = @deviceId", new { deviceId, at = at.UtcDateTime }, cancellationToken: cancellationToken)) == 1;
    }

    private async Task<ImmutableArray<Device>> QueryAsync(string which, object? values, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(int Number, string Body)>(new CommandDefinition($"select slot, body::text from registry.device {which}", values, cancellationToken: cancellationToken));
        return [.. rows.Select(row => Rows.Value<Device>(row.Body) with { Number = row.Number })];
    }
}
