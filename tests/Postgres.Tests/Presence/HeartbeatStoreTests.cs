using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Presence;

/// <summary>The latest heartbeat of each device, as a partition reads it when it starts.</summary>
public sealed class HeartbeatStoreTests(SharedCluster cluster) : HeartbeatLogTestBase(cluster)
{
    [Fact]
    public async Task Heartbeats_before_a_clock_reset_do_not_count_as_the_latest()
    {
        await AppendAsync(Beat(1, epoch: 9));
        Assert.True(
            await new DeviceRegister(Database.Source).ForgetEpochAsync(
                SmallCity.Camera,
                Attribution.Registry,
                "",
                SmallCity.Noon.AddMinutes(1),
                Cancellation
            )
        );
        Assert.Empty(await Log.LatestAsync(Camera, Cancellation));
        var after = Beat(1, epoch: 2) with { ReceivedAt = SmallCity.Noon.AddMinutes(2) };
        await AppendAsync(after);
        Assert.Equal(after, Assert.Single(await Log.LatestAsync(Camera, Cancellation)));
    }

    [Fact]
    public async Task The_latest_heartbeat_is_found_among_duplicates_and_late_ones()
    {
        foreach (
            var heartbeat in new[]
            {
                Beat(7, epoch: 2),
                Beat(7, epoch: 2) with
                {
                    ReceivedAt = SmallCity.Noon.AddHours(1),
                },
                Beat(9, epoch: 1),
                Beat(6, epoch: 2),
            }
        )
            await AppendAsync(heartbeat);
        Assert.Equal(Beat(7, epoch: 2), Assert.Single(await Log.LatestAsync(Camera, Cancellation)));
    }

    [Fact]
    public async Task Any_heartbeat_is_read_as_it_was_written()
    {
        var number = Gen.Long[0, Heartbeat.MaxNumber];
        var instant = Gen.Long[0, 4_000_000_000_000].Select(milliseconds => DateTimeOffset.UnixEpoch.AddMilliseconds(milliseconds));
        var any =
            from seq in number
            from receivedAt in instant
            from deviceAt in Gen.Nullable(instant)
            from bits in Gen.Int[0, (1 << 12) - 1]
            from health in Gen.Enum<Health>()
            from firmware in Gen.Int[0, 99999].Array[1, 5].Select(groups => string.Join('.', groups))
            from ruleVersion in Gen.Nullable(number)
            from beyond in Gen.Int[0, (1 << 6) - 1]
            from isLife in Gen.Bool
            select new Heartbeat(
                Camera,
                SmallCity.Camera,
                0,
                seq,
                receivedAt,
                deviceAt,
                new CaptureReport(bits),
                health,
                firmware,
                ruleVersion
            )
            {
                UnregisteredCaptures = new CaptureSet(beyond),
                ProvesLife = isLife,
            };

        // Each heartbeat has a later epoch than the one before, so it is the latest when it is read.
        long epoch = 0;
        await any.SampleAsync(
            async heartbeat =>
            {
                var later = heartbeat with { Epoch = epoch++ };
                await AppendAsync(later);
                return Assert.Single(await Log.LatestAsync(Camera, Cancellation)) == later;
            },
            iter: Rounds.Of(200),
            threads: 1
        );
    }
}
