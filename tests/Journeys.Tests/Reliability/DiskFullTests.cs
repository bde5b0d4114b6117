using System.Globalization;
using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Reliability;

/// <summary>
/// The disk takes what is changed and nothing new, so PostgreSQL answers and no heartbeat can be kept. Made without a disk of its own: no
/// file
/// of the server's may grow beyond the length that the log has, so that a write comes back short and the server calls the disk full.
/// </summary>
public sealed class DiskFullTests
{
    private const string Quiet = "city-hall-lobby-3",
        Busy = "city-hall-lobby-1";
    private const int Page = 8192,
        OneSegment = 16 * 1024 * 1024; // The server's journal comes in files of this length, which must still be taken.

    private static readonly TimeSpan LongerThanADeadline = TimeSpan.FromSeconds(13);

    [Fact]
    public async Task A_full_disk_loses_nothing_and_the_registry_resumes_when_there_is_room()
    {
        await using var registry = await Snapshot.StartHostAsync(isOnDisk: true);
        await registry.ShortenDeadlineAsync(Quiet);
        await registry.ShortenDeadlineAsync(Busy);
        await using var quiet = await PipeliningDevice.ConnectAsync(registry, Quiet);
        await using var busy = await PipeliningDevice.ConnectAsync(registry, Busy);
        busy.StartPublishing();
        await busy.WaitForAcknowledgementsAsync(100);
        await using var database = NpgsqlDataSource.Create(await registry.ConnectionStringAsync());
        var size = await FillTodaysLogAsync(database);

        await quiet.PublishAsync();
        await LimitFileSizeAsync(registry, database, (size + Page / 2).ToString(CultureInfo.InvariantCulture));
        var full = Task.Delay(LongerThanADeadline);
        await registry.WaitForReadinessAsync(ready: false);
        var acknowledged = busy.AcknowledgedCount;
        await full;
        Assert.Contains("/problems/not-ready", await registry.ReadinessAsync(), StringComparison.Ordinal);
        Assert.Contains("heartbeats wait to be made durable", registry.Log, StringComparison.Ordinal);
        Assert.Contains("could not extend file", registry.Log, StringComparison.Ordinal);
        Assert.Contains("The registry cannot see", registry.Log, StringComparison.Ordinal);
        Assert.Equal(acknowledged, busy.AcknowledgedCount);
        Assert.False(busy.WasDisconnected || quiet.WasDisconnected);

        await LimitFileSizeAsync(registry, database, "unlimited");
        await busy.WaitForAcknowledgementsAsync(100);
        await registry.WaitForReadinessAsync(ready: true);
        await quiet.PublishAsync();
        foreach (var device in new[] { busy, quiet })
        {
            await device.StopPublishingAsync();
            await device.AssertStoredOnceAsync(await registry.ConnectionStringAsync());
            Assert.Equal("online", (await registry.GetAsync("/api/v1/devices/" + device.Id)).GetProperty("presence").GetString());
            Assert.DoesNotContain(
                await device.RecordedPresencesAsync(await registry.ConnectionStringAsync()),
                presence => presence is "silent" or "disconnected"
            );
        }
    }

    /// <summary>Fills today's partition of the log with heartbeats of a device that is gone. Returns its size in bytes.</summary>
    private static async Task<long> FillTodaysLogAsync(NpgsqlDataSource database)
    {
        await using var fill = database.CreateCommand(
            """
            insert into registry.heartbeat (slot, epoch, seq, received_at, capture, health, firmware, session)
            select 1000000, 1, seq, now(), 1, 0, '1.0', 1 from generate_series(1, 250000) seq
            """
        );
        await fill.ExecuteNonQueryAsync();
        await using var ask = database.CreateCommand(
            "select max(pg_relation_size(relid)) from pg_partition_tree('registry.heartbeat') where isleaf"
        );
        var size = (long)(await ask.ExecuteScalarAsync())!;
        Assert.True(size > OneSegment);
        return size;
    }

    /// <summary>Limits the file size of the postmaster, of its present backends, and so of its future ones.</summary>
    private static async Task LimitFileSizeAsync(RegistryHost registry, NpgsqlDataSource database, string bytes)
    {
        var postmaster = (await File.ReadAllLinesAsync(Path.Combine(registry.Data, "postgres/cluster/postmaster.pid")))[0];
        await OneAsync(postmaster);
        await using var ask = database.CreateCommand(
            "select array_agg(pid::text) from pg_stat_activity where backend_type = 'client backend'"
        );
        foreach (var pid in (string[])(await ask.ExecuteScalarAsync())!)
            await OneAsync(pid);

        async Task OneAsync(string pid)
        {
            // As the server's own user: root in a container may not touch others' limits.
            var (code, _, errors) = await Programs.RunAsync(
                "bash",
                [
                    "-c",
                    $"as=$(stat -c %u /proc/{pid}) && run=\"prlimit --pid {pid} --fsize={bytes}:\" && "
                        + "if [ \"$(id -u)\" = \"$as\" ]; then $run; "
                        + $"else setpriv --reuid=$as --regid=$(stat -c %g /proc/{pid}) --clear-groups $run; fi",
                ]
            );
            Assert.True(code == 0 || !Directory.Exists($"/proc/{pid}"), errors);
        }
    }
}
