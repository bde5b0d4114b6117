using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks;

/// <summary>
/// How fast a ledger of a hundred thousand entries is verified: every hash, the tree, every signature, by the verb that people use.
/// </summary>
internal static class LargeLedger
{
    private const int Entries = 100_000,
        PerTransaction = 2_000,
        BytesOfAnEntry = 240;

    public static async Task RunAsync()
    {
        await using var house = new RegistryHost();
        await house.OpenAsync();
        await using (var database = new NpgsqlConnection(await house.DatabaseAsync()))
        {
            await database.OpenAsync();
            for (var filled = 0; filled < Entries; filled += PerTransaction)
            {
                await using var fill = new NpgsqlCommand(
                    """
                    select count(registry.append_entry(t, 'bench', convert_to(format(
                        '{"v":1,"at":"%s","kind":"bench","by":{"role":"registry"},"body":{"number":%s,"text":"%s"}}', to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), n, repeat('x', 120)), 'UTF8')))
                    from (select clock_timestamp() as began) clock, lateral (select began + n * interval '1 microsecond' as t, n from generate_series(1, $1) n) made
                    """,
                    database
                )
                {
                    Parameters = { new() { Value = PerTransaction } },
                    CommandTimeout = 120,
                };
                await fill.ExecuteScalarAsync();
            }
        }

        var (code, output, errors) = await Programs.VerbAsync(house.Settings, "ledger", "verify", "--json");
        if (code != 0)
            throw new InvalidOperationException(output + errors);
        var answer = JsonSerializer.Deserialize<JsonElement>(output);
        var rate = answer.GetProperty("entries").GetInt64() / answer.GetProperty("seconds").GetDouble();
        Figures.Print(
            $"ledger verify, {answer.GetProperty("entries").GetInt64()} entries, first connection included",
            $"{rate:0} entries/s, {rate / BareHashes():0.00} × bare SHA-256",
            200_000,
            rate
        );
    }

    /// <summary>SHA-256 of as many bytes as an entry has, and of nothing else: hashes per second on one core.</summary>
    private static double BareHashes()
    {
        var bytes = new byte[BytesOfAnEntry];
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < Entries; i++)
            SHA256.HashData(bytes);
        return Entries / clock.Elapsed.TotalSeconds;
    }
}
