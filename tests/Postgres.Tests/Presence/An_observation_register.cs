using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Postgres.Policies;
using SurveillanceRegistry.Postgres.Presence;

namespace SurveillanceRegistry.Postgres.Tests.Presence;

/// <summary>The changes of what is known of a unit.</summary>
public sealed class An_observation_register(SharedCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly DeviceObservation Seen = DeviceObservation.First(new Heartbeat(
        SmallCity.Camera, 1, 1, SmallCity.Noon, null, default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, Mode.Off), Health.Ok, "1.0", null));

    [Fact]
    public async Task Gives_back_the_last_change_of_each_unit_of_a_partition()
    {
        await using var database = await OpenAsync();
        var register = new ObservationRegister(database.Source);
        var silent = Seen with { Presence = PresenceState.Silent };
        await register.AppendAsync(Seen, SmallCity.Noon, Cancellation);
        await register.AppendAsync(silent, SmallCity.Noon.AddSeconds(31), Cancellation);
        await register.AppendAsync(Seen with { DeviceId = SmallCity.Reader }, SmallCity.Noon, Cancellation);

        Assert.Equal(SmallCity.Text(silent), SmallCity.Text(Assert.Single(await register.LatestAsync(Device.PartitionOf(SmallCity.Camera), Cancellation))));
        Assert.Empty(await register.LatestAsync((Device.PartitionOf(SmallCity.Camera) + 1) % Device.Partitions, Cancellation));
    }

    [Fact]
    public async Task Keeps_the_same_change_once_whoever_tells_it_again_and_when()
    {
        await using var database = await OpenAsync();
        var register = new ObservationRegister(database.Source);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => register.AppendAsync(Seen, SmallCity.Noon, Cancellation)));
        await register.AppendAsync(Seen with { Presence = PresenceState.Late }, SmallCity.Noon, Cancellation);
        await register.AppendAsync(Seen, SmallCity.Noon, Cancellation);
        Assert.Equal(2, await database.AskAsync<int>("select count(*) from registry.observation"));
    }

    private async Task<Database> OpenAsync()
    {
        var database = await cluster.NewRegisterAsync();
        await new PolicyRegister(database.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);
        return database;
    }
}
