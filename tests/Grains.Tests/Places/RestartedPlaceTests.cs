using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Tests.Fixtures;
using static SurveillanceRegistry.Grains.Tests.Fixtures.SmallCity;

namespace SurveillanceRegistry.Grains.Tests.Places;

/// <summary>The notices of a registry that starts with what an earlier one recorded a moment ago.</summary>
public sealed class RestartedPlaceTests : IAsyncLifetime
{
    private readonly SmallCity _city = new();
    private Heartbeat _last = null!;

    /// <summary>The camera reported video without audio, one second before this registry starts.</summary>
    public async ValueTask InitializeAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        _last = _city.NextHeartbeat(Camera, RecordingVideo());
        _city.Memory.Store(_last);
        await _city.Memory.AppendAsync(DeviceObservation.FromFirstHeartbeat(_last), _last.ReceivedAt, 0, _city.Memory.Owner, cancellation);
        _city.Time.Advance(TimeSpan.FromSeconds(1));
        await _city.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    [Fact]
    public async Task A_restarted_registry_calls_every_device_unknown_until_it_is_heard()
    {
        var notice = await _city.Notice();
        Assert.All(
            [Capture.Video, Capture.Audio],
            capture =>
                Assert.Equal(
                    (Mode.Recorded, FactCertainty.Unknown, _last.ReceivedAt),
                    notice.Now.Facts.Where(fact => fact.Capture == capture).Select(fact => (fact.Mode, fact.Certainty, fact.Since)).Single()
                )
        );

        await _city.ApplyHeartbeat(Camera, RecordingVideo());
        var fact = Assert.Single((await _city.Notice()).Now.Facts);
        Assert.Equal((Capture.Video, FactCertainty.Reported), (fact.Capture, fact.Certainty));
    }

    [Fact]
    public async Task A_heartbeat_that_wakes_its_partition_counts_as_heard()
    {
        await _city.ApplyHeartbeat(Camera, RecordingVideo(Mode.Live)); // In the log before the partition reads it.
        Assert.All((await _city.Notice()).Now.Facts, fact => Assert.Equal(FactCertainty.Reported, fact.Certainty));
    }

    [Fact]
    public async Task A_device_page_of_a_restarted_registry_says_unknown()
    {
        var described = (await _city.Grains.Device(Camera).Describe())!;
        Assert.Equal((PresenceState.Unknown, Evidence.Registry), (described.Last!.Presence, described.Last.Evidence));
        await _city.Memory.Until(memory => memory.Recorded.Last().Evidence == Evidence.Registry); // The history says so too.
    }
}
