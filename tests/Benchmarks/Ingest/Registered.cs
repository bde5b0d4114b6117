using System.Globalization;
using System.Text.Json;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>
/// All that the measurements know of the registry's tables and of settings that are not in the contract: who is registered, what was kept,
/// how much a device may send. Written as the owner of the private cluster, while the registry runs or before it opens again.
/// </summary>
internal static class Registered
{
    public const string Prefix = "bench-";

    private const int SecretCharacters = 43,
        AtOnce = 50_000;

    /// <summary>Limits far above what is measured: a load test must meet the registry, not its rate limits.</summary>
    public static IReadOnlyDictionary<string, string> Unlimited { get; } =
        new Dictionary<string, string>
        {
            ["REGISTRY_MQTT_LIMITS__BurstPerDevice"] = "10000000",
            ["REGISTRY_MQTT_LIMITS__PerSecondAndDevice"] = "100000",
            ["REGISTRY_MQTT_LIMITS__KeepAliveSeconds"] = "3600",
            ["REGISTRY_MQTT_LIMITS__ConnectionBurstPerAddress"] = "100000",
        };

    public static string Device(int number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:0000000}");

    public static string Gateway(int number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}gateway-{number:0000}");

    public static string Place(int number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}place-{number:0000}");

    public static string Kiosk(int number) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}kiosk-{number:0000}");

    /// <summary>The secret of whoever has this id. As long as a real one, and no secret at all.</summary>
    public static string Secret(string id) => id.PadRight(SecretCharacters, 'A');

    /// <summary>A unit that moves: nobody's notice changes with it. It speaks every 30 s, and 90 s of silence mean something.</summary>
    public static Device Moving { get; } =
        new("", "body-worn", [Capture.Video, Capture.Audio], null, "bench-fleet", "police", Lifecycle.Active);

    /// <summary>A unit that covers a place.</summary>
    public static Device Fixed(int place) =>
        new("", "traffic-camera", [Capture.Video, Capture.Audio], Place(place), null, "transportation", Lifecycle.Active);

    /// <summary>
    /// Registers devices with numbers from <paramref name="first"/>, each with a secret of its own; when <paramref name="gateways"/> is not
    /// 0,
    /// without one, behind so many gateways. Without the tables' triggers: the registry hears of it when it opens again.
    /// </summary>
    public static async Task DevicesAsync(string database, Device like, int first, int count, int gateways = 0)
    {
        await using var connection = await ConnectAsync(database);
        await RunAsync(connection, "set session_replication_role = replica");
        var gatewayIds = Enumerable.Range(0, gateways).Select(Gateway).ToArray();
        await RunAsync(
            connection,
            "insert into registry.gateway (id, department, entry) select id, 'police', (select min(entry) from registry.place) from unnest($1::text[]) made (id)",
            [gatewayIds]
        );
        await SecretsAsync(connection, gatewayIds);
        for (var done = 0; done < count; done += AtOnce)
        {
            var numbers = Enumerable.Range(first + done, Math.Min(AtOnce, count - done)).ToArray();
            var ids = numbers.Select(Device).ToArray();
            await RunAsync(
                connection,
                """
                insert into registry.device (id, place, fleet, body, entry)
                select id, $4, $5, $3::jsonb || jsonb_strip_nulls(jsonb_build_object('id', id, 'gateway', gateway)), (select min(entry) from registry.place) from unnest($1::text[], $2::text[]) made (id, gateway)
                """,
                ids,
                numbers.Select(number => gateways > 0 ? Gateway(number % gateways) : null).ToArray(),
                JsonSerializer.Serialize(like, Json.Options),
                (object?)like.Place ?? DBNull.Value,
                (object?)like.Fleet ?? DBNull.Value
            );
            if (gateways == 0)
                await SecretsAsync(connection, ids);
        }

        await RunAsync(connection, "analyze registry.device, registry.credential");
    }

    /// <summary>
    /// Lets every device of the measurement have said this, once and just now, in its session of before: the log holds it, and so does its
    /// history.
    /// </summary>
    public static async Task SpokeAsync(string database, Heartbeat said)
    {
        await using var connection = await ConnectAsync(database);
        await RunAsync(connection, "set session_replication_role = replica");
        await RunAsync(
            connection,
            $"""
            insert into registry.heartbeat (slot, epoch, seq, received_at, capture, health, firmware, session)
            select slot, $1, $2, $3, $4, $5, $6, $7 from registry.device where id like '{Prefix}%'
            """,
            said.Epoch,
            said.Seq,
            said.ReceivedAt.UtcDateTime,
            said.Capture.Bits,
            (short)said.Health,
            said.Firmware,
            said.Session
        );
        var observation = DeviceObservation.First(said);
        await RunAsync(
            connection,
            $"""
            insert into registry.observation (device, at, epoch, seq, presence, body)
            select id, $3, $1, $2, $4, $5::jsonb || jsonb_build_object('deviceId', id) from registry.device where id like '{Prefix}%'
            """,
            said.Epoch,
            said.Seq,
            said.ReceivedAt.UtcDateTime,
            Json.Word(observation.Presence),
            JsonSerializer.Serialize(observation, Json.Options)
        );
        // The upkeep of what was put in at once belongs to no measurement.
        await RunAsync(connection, "vacuum (analyze) registry.device, registry.heartbeat, registry.observation");
        await RunAsync(connection, "checkpoint");
    }

    public static async Task PlaceAsync(string database, int number)
    {
        await using var connection = await ConnectAsync(database);
        await RunAsync(
            connection,
            "insert into registry.place (id, body, entry) select $1, jsonb_set(body, '{id}', to_jsonb($1::text)), entry from registry.place where id = 'east-precinct-lobby'",
            Place(number)
        );
        await RunAsync(
            connection,
            """
            insert into registry.kiosk (id, place, body, entry)
            select $1, $2, jsonb_set(jsonb_set(body, '{id}', to_jsonb($1::text)), '{place}', to_jsonb($2::text)), entry from registry.kiosk where id = 'kiosk-east-precinct-lobby'
            """,
            Kiosk(number),
            Place(number)
        );
    }

    /// <summary>How many heartbeats of an epoch are in the table.</summary>
    public static Task<long> KeptAsync(string database, long epoch) =>
        AskAsync<long>(database, "select count(*) from registry.heartbeat where epoch = $1", epoch);

    /// <summary>How many times since an instant a device of the measurement was found not to be heard.</summary>
    public static Task<long> NotHeardAsync(string database, DateTime since) =>
        AskAsync<long>(
            database,
            $"select count(*) from registry.observation where device like '{Prefix}%' and at >= $1 and presence not in ('online', 'late', 'docked')",
            since
        );

    /// <summary>
    /// The devices of the measurement that are on record as not heard: asked of the table, since whoever asks the registry may make it
    /// look.
    /// </summary>
    public static async Task<string[]> NotHeardAsync(string database) =>
        await AskAsync<string[]>(
            database,
            $"""
            select coalesce(array_agg(device), array[]::text[]) from (
                select distinct on (device) device, presence from registry.observation where device like '{Prefix}%' order by device, id desc) last
            where presence not in ('online', 'late', 'docked')
            """
        );

    /// <summary>The id of the cluster's first process.</summary>
    public static async Task<int> PostmasterAsync(string database) =>
        Cores.ParentOf(await AskAsync<int>(database, "select pid from pg_stat_activity where backend_type = 'checkpointer'"));

    public static async Task<T> AskAsync<T>(string database, string sql, params object[] values)
    {
        await using var connection = await ConnectAsync(database);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Not from a pool: the cluster goes and comes back between two measurements.</summary>
    public static async Task<NpgsqlConnection> ConnectAsync(string database)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static Task SecretsAsync(NpgsqlConnection connection, string[] holders) =>
        RunAsync(
            connection,
            $"insert into registry.credential (holder, number, kind, sha256, made_at) select id, 1, 'secret', sha256(convert_to(rpad(id, {SecretCharacters}, 'A'), 'UTF8')), now() from unnest($1::text[]) made (id)",
            [holders]
        );

    private static async Task RunAsync(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }
}
