using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Postgres.Policies;
using SurveillanceRegistry.Postgres.Presence;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Presence;

public sealed class ExpectedStateRegisterTests(SharedCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ExpectedStateDraft Video(Mode mode, params ExpectedRule[] rules) =>
        new(default(CaptureReport).With(Capture.Video, mode).With(Capture.Audio, Mode.Off), [.. rules]);

    [Fact]
    public async Task A_new_expected_state_gets_a_number_for_each_device_of_the_group()
    {
        await using var database = await cluster.NewRegisterAsync();
        var second = SmallCity.Opening.Devices[0] with { Id = "lobby-cam-2" };
        await new PolicyRegister(database.Source).OpenAsync(
            SmallCity.With([.. SmallCity.Opening.Devices, second]),
            SmallCity.Noon,
            Cancellation
        );
        var register = new ExpectedStateRegister(database.Source);
        var alike = await register.GroupsAsync(Cancellation);
        Assert.Equal(2, alike.Length);
        var cameras = Assert.Single(alike, likeness => likeness.Kind == "facility-camera");

        Assert.Null(await register.FindAsync(SmallCity.Camera, Cancellation));
        Assert.Equal(
            2,
            await register.RecordAsync(cameras, Video(Mode.Recorded, new ExpectedRule("manual-1.1", 2)), SmallCity.Noon, Cancellation)
        );
        Assert.Equal(
            0,
            await register.RecordAsync(cameras, Video(Mode.Recorded, new ExpectedRule("manual-1.1", 2)), SmallCity.Noon, Cancellation)
        );
        Assert.Equal(2, await register.RecordAsync(cameras, Video(Mode.Off), SmallCity.Noon, Cancellation));

        var expected = (await register.FindAsync("lobby-cam-2", Cancellation))!;
        Assert.Equal((2, "video off, audio off"), (expected.Version, expected.Capture.ToString()));
        Assert.Null(await register.FindAsync(SmallCity.Reader, Cancellation));
        var all = await register.FindAllAsync([SmallCity.Camera, "lobby-cam-2", SmallCity.Reader], Cancellation);
        Assert.Equal([SmallCity.Camera, "lobby-cam-2"], all.Keys.Order());
        Assert.Equal((2, "video off, audio off"), (all["lobby-cam-2"].Version, all["lobby-cam-2"].Capture.ToString()));
        Assert.Equal(4, await register.LastEntryAsync(Cancellation));
        Assert.Equal(
            [SmallCity.Camera, "lobby-cam-2"],
            (await register.ListAfterAsync(2, 10, Cancellation)).Select(news => news.DeviceId).Order()
        );
    }

    [Fact]
    public async Task The_register_version_changes_with_every_change_of_a_device()
    {
        await using var database = await cluster.NewRegisterAsync();
        var register = new ExpectedStateRegister(database.Source);
        var before = await register.DeviceRegisterVersionAsync(Cancellation);
        await new PolicyRegister(database.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);
        Assert.True(await register.DeviceRegisterVersionAsync(Cancellation) > before);
    }
}
