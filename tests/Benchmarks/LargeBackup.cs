using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks;

/// <summary>
/// A backup and a drill of a database of 1 GB, beside the sequential write of the disk in the same run. Set TMPDIR to a folder on a disk.
/// </summary>
internal static class LargeBackup
{
    private const int Devices = 50_000,
        Heartbeats = 8_000_000;

    private const double MinMegabytesPerSecond = 100,
        MaxDrillSeconds = 120,
        Megabyte = 1e6;

    private const string AddHeartbeats = """
        insert into registry.heartbeat (slot, epoch, seq, received_at, device_at, capture, health, firmware, rule_version)
        select slot, 1764000000123, n, now(), now(), 2, 0, '10.12.1', 7
        from generate_series(1, $1 / (select count(*) from registry.device where id like 'bench-%')) n, registry.device
        where id like 'bench-%'
        """;

    public static async Task RunAsync()
    {
        await using var registry = new RegistryHost();
        await registry.StartAsync();
        await registry.KillAsync();
        var connectionString = await registry.ConnectionStringAsync();
        await LargeLedger.FillAsync(connectionString, LargeLedger.RegisterDevices, Devices);
        await using var database = new NpgsqlConnection(connectionString + ";Pooling=false;Command Timeout=600");
        await database.OpenAsync();
        await using (var add = new NpgsqlCommand(AddHeartbeats, database) { Parameters = { new() { Value = (long)Heartbeats } } })
            await add.ExecuteNonQueryAsync();
        await using var size = new NpgsqlCommand("checkpoint; select pg_database_size(current_database())", database);
        var megabytes = (long)(await size.ExecuteScalarAsync())! / Megabyte;

        var disk = await DiskAsync(registry.Data);
        var path = Path.Combine(registry.Data, "large.backup");
        var backup = await CommandAsync(registry, "backup", path);
        var seconds = backup.GetProperty("seconds").GetDouble();
        var written = backup.GetProperty("bytes").GetInt64() / Megabyte;
        Figures.Print(
            $"backup of a database of {megabytes:0} MB ({written:0} MB written)",
            $"{megabytes / seconds:0} MB/s in {seconds:0.0} s; the disk {disk:0} MB/s",
            Math.Min(MinMegabytesPerSecond, disk),
            megabytes / seconds
        );
        var clock = Stopwatch.StartNew();
        var drill = await CommandAsync(registry, "drill", path);
        Figures.Print(
            $"drill of it ({drill.GetProperty("entries").GetInt64()} entries)",
            $"{clock.Elapsed.TotalSeconds:0} s: restored in {drill.GetProperty("restoreSeconds").GetDouble():0.0} s, "
                + $"verified in {drill.GetProperty("verifySeconds").GetDouble():0.0} s",
            clock.Elapsed.TotalSeconds,
            MaxDrillSeconds
        );
        File.Delete(path);
    }

    /// <summary>The sequential write of the disk, flushed at the end, in MB/s.</summary>
    private static async Task<double> DiskAsync(string folder)
    {
        var path = Path.Combine(folder, "sequential");
        var clock = Stopwatch.StartNew();
        var (code, _, errors) = await Programs.RunAsync("dd", ["if=/dev/zero", "of=" + path, "bs=1M", "count=1024", "conv=fsync"]);
        if (code != 0)
            throw new InvalidOperationException(errors);
        File.Delete(path);
        return 1024 * 1024 * 1024 / Megabyte / clock.Elapsed.TotalSeconds;
    }

    private static async Task<JsonElement> CommandAsync(RegistryHost registry, params string[] command)
    {
        using var process = Programs.Start("dotnet", [Programs.RegistryExecutable, .. command, "--json"], registry.Settings);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? JsonSerializer.Deserialize<JsonElement>(await output)
            : throw new InvalidOperationException(await output + await errors);
    }
}
