using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Policies;
using SurveillanceRegistry.Postgres.Presence;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Presence;

/// <summary>The register of observations: the changes of what is known of a device.</summary>
public sealed class ObservationRegisterTests(SharedCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The camera is the first that was registered, the reader the second.</summary>
    private const int Camera = 1,
        Reader = 2;

    private static readonly DeviceObservation Seen = DeviceObservation.FromFirstHeartbeat(
        new Heartbeat(
            Camera,
            SmallCity.Camera,
            1,
            1,
            SmallCity.Noon,
            null,
            default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, Mode.Off),
            Health.Ok,
            "1.0",
            null
        )
    );

    [Fact]
    public async Task The_register_returns_the_last_change_of_each_device_of_a_partition()
    {
        await using var database = await OpenAsync();
        using var register = await StartAsync(database);
        var (owner, other) = (await register.TakeOverAsync(Camera, Cancellation), await register.TakeOverAsync(Reader, Cancellation));
        var silent = Seen with
        {
            Presence = PresenceState.Silent,
            Evidence = Evidence.Deadline,
            UnregisteredCaptures = CaptureSet.From(Capture.Faces),
        };
        Assert.True(await register.AppendAsync(Seen, SmallCity.Noon, Camera, owner, Cancellation));
        Assert.True(await register.AppendAsync(silent, SmallCity.Noon.AddSeconds(31), Camera, owner, Cancellation));
        Assert.True(await register.AppendAsync(Seen with { DeviceId = SmallCity.Reader }, SmallCity.Noon, Reader, other, Cancellation));

        var (number, last) = Assert.Single(await register.LatestAsync(Camera, Cancellation));
        Assert.Equal((Camera, SmallCity.Text(silent)), (number, SmallCity.Text(last)));
        Assert.Equal(SmallCity.Text(silent), SmallCity.Text((await register.LastAsync(SmallCity.Camera, Cancellation))!));
        Assert.Empty(await register.LatestAsync(3, Cancellation));
        Assert.Null(await register.LastAsync("unknown-device", Cancellation));
        var both = await register.LastOfAsync([SmallCity.Camera, SmallCity.Reader, "unknown-device"], Cancellation);
        Assert.Equal([SmallCity.Camera, SmallCity.Reader], both.Keys.Order());
        Assert.Equal(SmallCity.Text(silent), SmallCity.Text(both[SmallCity.Camera]));
    }

    [Fact]
    public async Task An_epoch_that_a_clerk_let_a_device_forget_is_not_restored()
    {
        await using var database = await OpenAsync();
        using var register = await StartAsync(database);
        var owner = await register.TakeOverAsync(Camera, Cancellation);
        Assert.True(await register.AppendAsync(Seen, SmallCity.Noon, Camera, owner, Cancellation));
        var forgotAt = SmallCity.Noon.AddMinutes(1);
        var devices = new DeviceRegister(database.Source);
        Assert.True(await devices.ForgetEpochAsync(SmallCity.Camera, Attribution.Registry, "", forgotAt, Cancellation));
        var (_, forgotten) = Assert.Single(await register.LatestAsync(Camera, Cancellation));
        Assert.Equal((-1L, -1L, Seen.Capture), (forgotten.Epoch, forgotten.Seq, forgotten.Capture));

        Assert.True(await register.AppendAsync(Seen with { Seq = 2 }, forgotAt, Camera, owner, Cancellation));
        var (_, after) = Assert.Single(await register.LatestAsync(Camera, Cancellation));
        Assert.Equal((1L, 2L), (after.Epoch, after.Seq));
    }

    [Fact]
    public async Task Observations_of_older_versions_can_still_be_read()
    {
        await using var database = await OpenAsync();
        using var register = await StartAsync(database);
        await database.AskAsync<int>(
            $$"""
            insert into registry.observation (device, at, epoch, seq, presence, body)
            values ('{{SmallCity.Camera}}', now(), 1, 1, 'unknown', '{
                "deviceId": "{{SmallCity.Camera}}", "presence": "unknown", "lastHeardAt": "1970-01-01T00:00:00+00:00", "epoch": 1, "seq": 1,
                "capture": {"video": "recorded", "faces": "live"}, "health": "ok", "modeSince": [null, null, null, null, null, null]
            }') returning 1
            """
        );
        var last = Assert.Single(await register.LatestAsync(Camera, Cancellation)).Observation;
        Assert.Equal((null, null), (last.LastHeardAt, last.UnregisteredCaptures));
        Assert.Equal(CaptureSet.From(Capture.Faces), last.WithDerivedUnregistered([Capture.Video, Capture.Audio]).UnregisteredCaptures);
        Assert.Equal(SmallCity.Text(last), SmallCity.Text((await register.LastAsync(SmallCity.Camera, Cancellation))!));
    }

    [Fact]
    public async Task A_writer_that_lost_its_partition_stores_nothing()
    {
        await using var database = await OpenAsync();
        using var register = await StartAsync(database);
        var lost = await register.TakeOverAsync(Camera, Cancellation);
        var owner = await register.TakeOverAsync(Camera, Cancellation);
        Assert.True(owner > lost);
        var kept = await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(i => register.AppendAsync(Seen with { Seq = i }, SmallCity.Noon, Camera, i % 2 == 0 ? owner : lost, Cancellation))
        );
        Assert.Equal([true, false, true, false, true, false, true, false, true, false], kept);
        Assert.Equal(5, await database.AskAsync<int>("select count(*) from registry.observation"));
    }

    private static async Task<ObservationRegister> StartAsync(Database database)
    {
        var register = new ObservationRegister(database.Source);
        await register.StartAsync(Cancellation);
        return register;
    }

    private async Task<Database> OpenAsync()
    {
        var database = await cluster.NewRegisterAsync();
        await new PolicyRegister(database.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);
        return database;
    }
}
