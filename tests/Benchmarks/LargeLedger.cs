using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks;

/// <summary>
/// The speed of <c>ledger verify</c> on one core, on two hundred thousand entries and the rows that they made: every hash, the tree, every
/// signature and every row. The peer is bare SHA-256. The process is bound to one core. Its own clock runs from when it is connected until
/// its answer: the start of .NET is not in it, compilation of what it runs is. PostgreSQL reads on the other cores.
/// </summary>
internal static class LargeLedger
{
    private const int Devices = 150_000,
        Changes = 40_000,
        Gateways = 10_000,
        RowsPerTransaction = 2_000,
        EntryBytes = 500,
        Hashes = 100_000;

    private const double MinRate = 100_000;

    /// <summary>The command as a city runs it: it sets what a command of seconds needs of the runtime.</summary>
    private static readonly string Deployed = Path.Combine(Programs.Root, "deploy/registry");

    /// <summary>Registers devices: rows and entries as the registry writes them.</summary>
    internal const string RegisterDevices = """
        insert into registry.device (id, place, body, entry)
        select id, place, body, registry.append_entry(t, 'device-registered', convert_to(format(
            '{"v":1,"at":"%s","kind":"device-registered","by":{"role":"device-clerk","department":"police","staff":"st-aaaaaaaaaaaaaaaa"},'
            '"body":{"id":"%s","kind":"facility-camera","technology":"facility-camera","sensors":["video"],"place":"%s",'
            '"department":"police","lifecycle":"active","gateway":null,"reason":"bench","registered":'
            '{"id":"%s","kind":"facility-camera","sensors":["video"],"place":"%s","fleet":null,'
            '"department":"police","lifecycle":"active"}}}',
            to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), id, place, id, place), 'UTF8'))
        from (select registry.take_head(clock_timestamp()) as began) clock,
            (select id as place from registry.place order by id limit 1) spot,
            lateral (
                select 'bench-' || n as id, began + n * interval '1 microsecond' as t, jsonb_build_object(
                    'id', 'bench-' || n, 'kind', 'facility-camera', 'sensors', array['video'], 'place', place, 'fleet', null,
                    'department', 'police', 'lifecycle', 'active') as body
                from generate_series($1 + 1, $1 + $2) n
            ) made
        """;

    /// <summary>Pauses devices that were registered before.</summary>
    private const string ChangeDevices = """
        with paused as (
            update registry.device set body = body || '{"lifecycle":"paused"}', version = version + 1
            where id in (select 'bench-' || n from generate_series($1 + 1, $1 + $2) n)
            returning id, place, body
        )
        select count(registry.append_entry(t, 'device-changed', convert_to(format(
            '{"v":1,"at":"%s","kind":"device-changed","by":{"role":"device-clerk","department":"police","staff":"st-aaaaaaaaaaaaaaaa"},'
            '"body":{"id":"%s","kind":"facility-camera","technology":"facility-camera","sensors":["video"],"place":"%s",'
            '"department":"police","lifecycle":"paused","gateway":null,"reason":"bench","registered":'
            '{"id":"%s","kind":"facility-camera","sensors":["video"],"place":"%s","fleet":null,'
            '"department":"police","lifecycle":"paused"}}}',
            to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), id, place, id, place), 'UTF8')))
        from (
            select began + row_number() over () * interval '1 microsecond' as t, id, place, body
            from (select registry.take_head(clock_timestamp()) as began) clock, paused
        ) made
        """;

    private const string RegisterGateways = """
        insert into registry.gateway (id, department, entry)
        select id, 'police', registry.append_entry(t, 'gateway-registered', convert_to(format(
            '{"v":1,"at":"%s","kind":"gateway-registered","by":{"role":"device-clerk","staff":"st-aaaaaaaaaaaaaaaa"},'
            '"body":{"gateway":"%s","department":"police","profile":null,"reason":"bench"}}',
            to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), id), 'UTF8'))
        from (select registry.take_head(clock_timestamp()) as began) clock,
            lateral (
                select 'bench-gateway-' || n as id, began + n * interval '1 microsecond' as t from generate_series($1 + 1, $1 + $2) n
            ) made
        """;

    public static async Task RunAsync()
    {
        await using var registry = new RegistryHost();
        await registry.StartAsync();
        // PostgreSQL goes on without the registry: nothing but the verification uses the cores.
        await registry.KillAsync();
        var connectionString = await registry.ConnectionStringAsync();
        await FillAsync(connectionString, RegisterDevices, Devices);
        await FillAsync(connectionString, ChangeDevices, Changes);
        await FillAsync(connectionString, RegisterGateways, Gateways);
        var best = 0.0;
        var entries = 0L;
        for (var run = 0; run < 3; run++)
        {
            var answer = await VerifyAsync(registry.Settings);
            entries = answer.GetProperty("entries").GetInt64();
            best = Math.Max(best, entries / answer.GetProperty("seconds").GetDouble());
        }

        Figures.Print(
            $"ledger verify on one core, {entries} entries and their rows, best of 3",
            $"{best:0} entries/s, {best / HashesPerSecond():0.00} × bare SHA-256",
            MinRate,
            best
        );
    }

    private static async Task<JsonElement> VerifyAsync(IReadOnlyDictionary<string, string> settings)
    {
        // What the tests set for their short registries is not how a city runs the command.
        var asDeployed = settings.Where(setting => !setting.Key.StartsWith("DOTNET_", StringComparison.Ordinal)).ToDictionary();
        var (code, output, errors) = await Programs.RunAsync(
            "taskset",
            ["-c", "0", "env", "-u", "DOTNET_TieredPGO", "-u", "DOTNET_TC_CallCountThreshold", Deployed, "ledger", "verify", "--json"],
            asDeployed
        );
        return code == 0 ? JsonSerializer.Deserialize<JsonElement>(output) : throw new InvalidOperationException(output + errors);
    }

    internal static async Task FillAsync(string connectionString, string sql, int rows)
    {
        await using var database = new NpgsqlConnection(connectionString);
        await database.OpenAsync();
        for (var filled = 0; filled < rows; filled += RowsPerTransaction)
        {
            await using var append = new NpgsqlCommand(sql, database)
            {
                Parameters =
                {
                    new() { Value = filled },
                    new() { Value = RowsPerTransaction },
                },
                CommandTimeout = 120,
            };
            await append.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Returns the SHA-256 hashes per second of one core, for the bytes of an entry.</summary>
    private static double HashesPerSecond()
    {
        var bytes = new byte[EntryBytes];
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Hashes; i++)
            SHA256.HashData(bytes);
        return Hashes / clock.Elapsed.TotalSeconds;
    }
}
