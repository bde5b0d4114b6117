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
    public async Task Nothing_is_acknowledged_nobody_is_cut_off_or_called_dead_and_all_goes_on_when_there_is_room()
    {
        await using var house = new RegistryHost();
        await house.OpenAsync();
        await house.ShortenDeadlineAsync(Quiet);
        await house.ShortenDeadlineAsync(Busy);
        await using var quiet = await PipeliningDevice.ConnectAsync(house, Quiet);
        await using var busy = await PipeliningDevice.ConnectAsync(house, Busy);
        busy.Speak();
        await busy.MoreAsync(100);
        await using var database = NpgsqlDataSource.Create(await house.DatabaseAsync());
        var size = await LongerThanOneSegmentAsync(database);

        await quiet.SayAsync();
        await LimitAsync(house, database, (size + Page / 2).ToString(CultureInfo.InvariantCulture));
        var full = Task.Delay(LongerThanADeadline);
        await house.BecomesAsync(ready: false);
        var acknowledged = busy.Acknowledged;
        await full;
        Assert.Contains("/problems/not-ready", await house.ReadinessAsync(), StringComparison.Ordinal);
        Assert.Contains("heartbeats wait to be made durable", house.Log, StringComparison.Ordinal);
        Assert.Contains("could not extend file", house.Log, StringComparison.Ordinal);
        Assert.Contains("The registry cannot see", house.Log, StringComparison.Ordinal);
        Assert.Equal(acknowledged, busy.Acknowledged);
        Assert.False(busy.WasCut || quiet.WasCut);

        await LimitAsync(house, database, "unlimited");
        await busy.MoreAsync(100);
        await house.BecomesAsync(ready: true);
        await quiet.SayAsync();
        foreach (var talker in new[] { busy, quiet })
        {
            await talker.FallSilentAsync();
            await talker.IsKeptWholeAsync(await house.DatabaseAsync());
            Assert.Equal("online", (await house.GetAsync("/api/v1/devices/" + talker.Id)).GetProperty("presence").GetString());
            Assert.DoesNotContain(
                await talker.PresencesAsync(await house.DatabaseAsync()),
                presence => presence is "silent" or "disconnected"
            );
        }
    }

    /// <summary>Fills the log of today with what some unit said that is long gone; how long it is then, in bytes.</summary>
    private static async Task<long> LongerThanOneSegmentAsync(NpgsqlDataSource database)
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

    /// <summary>Sets how long a file of the server's may be: for those who serve already, and for those who come.</summary>
    private static async Task LimitAsync(RegistryHost house, NpgsqlDataSource database, string bytes)
    {
        var postmaster = (await File.ReadAllLinesAsync(Path.Combine(house.Data, "postgres/cluster/postmaster.pid")))[0];
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
                    $"as=$(stat -c %u /proc/{pid}) && run=\"prlimit --pid {pid} --fsize={bytes}:\" && if [ \"$(id -u)\" = \"$as\" ]; then $run; else setpriv --reuid=$as --regid=$(stat -c %g /proc/{pid}) --clear-groups $run; fi",
                ]
            );
            Assert.True(code == 0 || !Directory.Exists($"/proc/{pid}"), errors);
        }
    }
}
