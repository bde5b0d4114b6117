using System.Globalization;
using System.Text.Json;
using Npgsql;
using SurveillanceRegistry.Benchmarks.Ingest.Processes;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Benchmarks.Ingest.UnderTest;

/// <summary>
/// All that the measurements know of the registry's tables and of its undocumented settings: which devices are registered, what was
/// stored, and the rate limits. Connects as the owner of the private cluster.
/// </summary>
internal static class RegisteredDevices
{
    public const string Prefix = "bench-";

    private const int SecretCharacters = 43,
        BatchSize = 50_000;

    /// <summary>Limits far above the measured rates: a load test measures the registry and not its rate limits.</summary>
    public static IReadOnlyDictionary<string, string> UnlimitedSettings { get; } =
        new Dictionary<string, string>
        {
            ["REGISTRY_MQTT_LIMITS__BurstPerDevice"] = "10000000",
            ["REGISTRY_MQTT_LIMITS__PerSecondAndDevice"] = "100000",
            ["REGISTRY_MQTT_LIMITS__KeepAliveSeconds"] = "3600",
            ["REGISTRY_MQTT_LIMITS__ConnectionBurstPerAddress"] = "100000",
        };

    public static string DeviceId(int number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:0000000}");

    public static string GatewayId(int number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}gateway-{number:0000}");

    public static string PlaceId(int number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}place-{number:0000}");

    public static string KioskId(int number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}kiosk-{number:0000}");

    /// <summary>Returns the secret of a device or gateway: as long as a real one, and derived from the id.</summary>
    public static string Secret(string id) => id.PadRight(SecretCharacters, 'A');

    /// <summary>A mobile device, which changes no notice. It publishes every 30 s; after 90 s it counts as silent.</summary>
    public static Device Mobile { get; } =
        Device.Of("", "body-worn", [Capture.Video, Capture.Audio], null, "bench-fleet", "police", Lifecycle.Active);

    /// <summary>A device that covers a place.</summary>
    public static Device FixedAt(int place) =>
        Device.Of("", "traffic-camera", [Capture.Video, Capture.Audio], PlaceId(place), null, "transportation", Lifecycle.Active);

    /// <summary>
    /// Registers devices with numbers from <paramref name="first"/>. Each has its own secret, or none when it is behind one of
    /// <paramref name="gateways"/> gateways. The tables' triggers do not run: the registry reads the devices when it opens again.
    /// </summary>
    public static async Task InsertDevicesAsync(string database, Device template, int first, int count, int gateways = 0)
    {
        await using var connection = await ConnectAsync(database);
        await ExecuteAsync(connection, "set session_replication_role = replica");
        await InsertGatewaysAsync(connection, [.. Enumerable.Range(0, gateways).Select(GatewayId)]);
        for (var done = 0; done < count; done += BatchSize)
        {
            var numbers = Enumerable.Range(first + done, Math.Min(BatchSize, count - done)).ToArray();
            var ids = numbers.Select(DeviceId).ToArray();
            await ExecuteAsync(
                connection,
                """
                insert into registry.device (id, place, fleet, body, entry)
                select id, $4, $5, $3::jsonb || jsonb_strip_nulls(jsonb_build_object('id', id, 'gateway', gateway)),
                    (select min(entry) from registry.place)
                from unnest($1::text[], $2::text[]) made (id, gateway)
                """,
                ids,
                numbers.Select(number => gateways > 0 ? GatewayId(number % gateways) : null).ToArray(),
                JsonSerializer.Serialize(template, Json.Options),
                (object?)template.Place ?? DBNull.Value,
                (object?)template.Fleet ?? DBNull.Value
            );
            if (gateways == 0)
                await InsertSecretsAsync(connection, ids);
        }

        await ExecuteAsync(connection, "analyze registry.device, registry.credential");
    }

    private static async Task InsertGatewaysAsync(NpgsqlConnection connection, string[] ids)
    {
        await ExecuteAsync(
            connection,
            """
            insert into registry.gateway (id, department, entry)
            select id, 'police', (select min(entry) from registry.place) from unnest($1::text[]) made (id)
            """,
            [ids]
        );
        await InsertSecretsAsync(connection, ids);
    }

    private static Task InsertSecretsAsync(NpgsqlConnection connection, string[] holders) =>
        ExecuteAsync(
            connection,
            $"""
            insert into registry.credential (holder, number, kind, sha256, made_at)
            select id, 1, 'secret', sha256(convert_to(rpad(id, {SecretCharacters}, 'A'), 'UTF8')), now() from unnest($1::text[]) made (id)
            """,
            [holders]
        );

    /// <summary>Stores one heartbeat of each device and its observation, as if published just now in an earlier session.</summary>
    public static async Task InsertHeartbeatsAsync(string database, Heartbeat heartbeat)
    {
        await using var connection = await ConnectAsync(database);
        await ExecuteAsync(connection, "set session_replication_role = replica");
        await ExecuteAsync(
            connection,
            $"""
            insert into registry.heartbeat (slot, epoch, seq, received_at, capture, health, firmware, session)
            select slot, $1, $2, $3, $4, $5, $6, $7 from registry.device where id like '{Prefix}%'
            """,
            heartbeat.Epoch,
            heartbeat.Seq,
            heartbeat.ReceivedAt.UtcDateTime,
            heartbeat.Capture.Bits,
            (short)heartbeat.Health,
            heartbeat.Firmware,
            heartbeat.Session
        );
        var observation = DeviceObservation.FromFirstHeartbeat(heartbeat);
        await ExecuteAsync(
            connection,
            $"""
            insert into registry.observation (device, at, epoch, seq, presence, body)
            select id, $3, $1, $2, $4, $5::jsonb || jsonb_build_object('deviceId', id) from registry.device where id like '{Prefix}%'
            """,
            heartbeat.Epoch,
            heartbeat.Seq,
            heartbeat.ReceivedAt.UtcDateTime,
            Json.Word(observation.Presence),
            JsonSerializer.Serialize(observation, Json.Options)
        );
        // No measurement should pay for the maintenance after this bulk insert.
        await ExecuteAsync(connection, "vacuum (analyze) registry.device, registry.heartbeat, registry.observation");
        await ExecuteAsync(connection, "checkpoint");
    }

    /// <summary>Inserts a place with one kiosk, copied from the sample city.</summary>
    public static async Task InsertPlaceAsync(string database, int number)
    {
        await using var connection = await ConnectAsync(database);
        await ExecuteAsync(
            connection,
            """
            insert into registry.place (id, body, entry)
            select $1, jsonb_set(body, '{id}', to_jsonb($1::text)), entry from registry.place where id = 'east-precinct-lobby'
            """,
            PlaceId(number)
        );
        await ExecuteAsync(
            connection,
            """
            insert into registry.kiosk (id, place, body, entry)
            select $1, $2, jsonb_set(jsonb_set(body, '{id}', to_jsonb($1::text)), '{place}', to_jsonb($2::text)), entry
            from registry.kiosk where id = 'kiosk-east-precinct-lobby'
            """,
            KioskId(number),
            PlaceId(number)
        );
    }

    /// <summary>Counts the stored heartbeats of an epoch.</summary>
    public static Task<long> CountHeartbeatsAsync(string database, long epoch) =>
        QueryAsync<long>(database, "select count(*) from registry.heartbeat where epoch = $1", epoch);

    /// <summary>Counts how often a measured device was recorded as not heard since an instant.</summary>
    public static Task<long> CountNotHeardAsync(string database, DateTime since) =>
        QueryAsync<long>(
            database,
            $"""
            select count(*) from registry.observation
            where device like '{Prefix}%' and at >= $1 and presence not in ('online', 'late', 'docked')
            """,
            since
        );

    /// <summary>
    /// Returns the measured devices whose last observation is not heard. Reads the table, because a request to the registry itself could
    /// trigger the check.
    /// </summary>
    public static async Task<string[]> NotHeardAsync(string database) =>
        await QueryAsync<string[]>(
            database,
            $"""
            select coalesce(array_agg(device), array[]::text[]) from (
                select distinct on (device) device, presence
                from registry.observation where device like '{Prefix}%' order by device, id desc) last
            where presence not in ('online', 'late', 'docked')
            """
        );

    /// <summary>Returns the process id of PostgreSQL's main process.</summary>
    public static async Task<int> PostmasterPidAsync(string database) =>
        CpuUsage.ParentOf(await QueryAsync<int>(database, "select pid from pg_stat_activity where backend_type = 'checkpointer'"));

    public static async Task<T> QueryAsync<T>(string database, string sql, params object[] values)
    {
        await using var connection = await ConnectAsync(database);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Opens an unpooled connection: the cluster stops between two measurements, and pooled connections would be broken.</summary>
    public static async Task<NpgsqlConnection> ConnectAsync(string database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }
}
