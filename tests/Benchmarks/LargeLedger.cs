using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks;

/// <summary>
/// The speed of <c>ledger verify</c> on a hundred thousand entries: every hash, the tree and every signature. The peer is bare SHA-256.
/// </summary>
internal static class LargeLedger
{
    private const int Entries = 100_000,
        EntriesPerTransaction = 2_000,
        EntryBytes = 240;

    public static async Task RunAsync()
    {
        await using var registry = new RegistryHost();
        await registry.StartAsync();
        await AppendEntriesAsync(await registry.ConnectionStringAsync());
        var (code, output, errors) = await Programs.CommandAsync(registry.Settings, "ledger", "verify", "--json");
        if (code != 0)
            throw new InvalidOperationException(output + errors);
        var answer = JsonSerializer.Deserialize<JsonElement>(output);
        var rate = answer.GetProperty("entries").GetInt64() / answer.GetProperty("seconds").GetDouble();
        Figures.Print(
            $"ledger verify, {answer.GetProperty("entries").GetInt64()} entries, first connection included",
            $"{rate:0} entries/s, {rate / HashesPerSecond():0.00} × bare SHA-256",
            200_000,
            rate
        );
    }

    private static async Task AppendEntriesAsync(string connectionString)
    {
        await using var database = new NpgsqlConnection(connectionString);
        await database.OpenAsync();
        for (var filled = 0; filled < Entries; filled += EntriesPerTransaction)
        {
            await using var append = new NpgsqlCommand(
                """
                select count(registry.append_entry(t, 'bench', convert_to(format(
                    '{"v":1,"at":"%s","kind":"bench","by":{"role":"registry"},"body":{"number":%s,"text":"%s"}}',
                    to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), n, repeat('x', 120)), 'UTF8')))
                from (select clock_timestamp() as began) clock,
                    lateral (select began + n * interval '1 microsecond' as t, n from generate_series(1, $1) n) made
                """,
                database
            )
            {
                Parameters = { new() { Value = EntriesPerTransaction } },
                CommandTimeout = 120,
            };
            await append.ExecuteScalarAsync();
        }
    }

    /// <summary>Returns the SHA-256 hashes per second of one core, for the bytes of an entry.</summary>
    private static double HashesPerSecond()
    {
        var bytes = new byte[EntryBytes];
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Entries; i++)
            SHA256.HashData(bytes);
        return Entries / clock.Elapsed.TotalSeconds;
    }
}
