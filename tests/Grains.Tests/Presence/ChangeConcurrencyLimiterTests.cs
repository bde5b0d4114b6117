using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Grains.Tests.Fixtures;
using static SurveillanceRegistry.Grains.Tests.Fixtures.SmallCity;

namespace SurveillanceRegistry.Grains.Tests.Presence;

/// <summary>
/// An import that holds the ledger, a slow register and many devices that change at once do not hold up heartbeats. Each test has a city
/// of its own.
/// </summary>
[Slow]
public sealed class ChangeConcurrencyLimiterTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly SmallCity _city = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _city.InitializeAsync();

    public ValueTask DisposeAsync()
    {
        foreach (var gate in new[] { _city.Memory.IdLookups, _city.Memory.Observations, _city.Memory.Notices })
            gate.Open(); // Also after a failed test, no call may be held up when the silos stop.
        return _city.DisposeAsync();
    }

    /// <summary>Applies a heartbeat as the broker does: the next call follows when this one has returned.</summary>
    private async Task ApplyAsync(CaptureReport capture)
    {
        var heartbeat = _city.NextHeartbeat(Camera, capture);
        _city.Memory.Store(heartbeat);
        await _city.Partition(Camera).ApplyHeartbeats([heartbeat]).WaitAsync(Patience, Cancellation);
    }

    private Task UntilRecordedAsync(Func<DeviceObservation, bool> condition) =>
        _city.Memory.Until(memory =>
            memory.Recorded.LastOrDefault(observation => observation.DeviceId == Camera) is { } last && condition(last)
        );

    private static Mode? AudioOf(DeviceObservation observation) => observation.Capture[Capture.Audio];

    [Fact]
    public async Task A_camera_stays_online_while_its_notice_waits_for_an_import()
    {
        await _city.ApplyHeartbeat(Camera, RecordingVideo());
        _city.Memory.Notices.Close();
        await ApplyAsync(RecordingVideo(Mode.Recorded));
        await _city.Memory.Notices.Until(waiting: 1);
        for (var seconds = 0; seconds < 60; seconds += 10) // Its deadline is 30.
        {
            _city.Time.Advance(TimeSpan.FromSeconds(10));
            await ApplyAsync(RecordingVideo(Mode.Recorded));
        }

        // Its state changes meanwhile are recorded at once.
        await ApplyAsync(RecordingVideo(Mode.Live));
        await UntilRecordedAsync(last => AudioOf(last) == Mode.Live);
        await ApplyAsync(RecordingVideo());
        await UntilRecordedAsync(last => AudioOf(last) == Mode.Off);
        Assert.Equal(Mode.Off, AudioOf((await _city.Grains.Device(Camera).Describe().WaitAsync(Patience, Cancellation))!.Last!));
        Assert.DoesNotContain(_city.Memory.Recorded, observation => !observation.IsHeard);

        _city.Memory.Notices.Open();
        await _city.Partition(Camera).Wake();
        Assert.DoesNotContain((await _city.Notice()).Now.Facts, fact => fact.Capture == Capture.Audio);
    }

    [Fact]
    public async Task A_death_waits_for_no_register_and_is_recorded_before_the_next_heartbeat()
    {
        await _city.ApplyHeartbeat(Camera, RecordingVideo());
        var before = _city.Memory.Recorded.Length;
        _city.Memory.IdLookups.Close();
        await _city.Partition(Camera).ApplyDeath(_city.NumberOf(Camera), epoch: 1, session: 0).WaitAsync(Patience, Cancellation);
        await _city.Memory.IdLookups.Until(waiting: 1);
        await ApplyAsync(RecordingVideo());
        _city.Memory.IdLookups.Open();
        await _city.Partition(Camera).Wake();
        Assert.Equal(
            [PresenceState.Disconnected, PresenceState.Online],
            _city.Memory.Recorded.Skip(before).Select(observation => observation.Presence)
        );
    }

    [Fact]
    public async Task State_changes_in_quick_succession_are_all_recorded_in_order()
    {
        await _city.ApplyHeartbeat(Camera, RecordingVideo());
        var before = _city.Memory.Recorded.Length;
        _city.Memory.Observations.Close();
        foreach (var audio in new[] { Mode.Live, Mode.Recorded, Mode.Off })
            await ApplyAsync(RecordingVideo(audio));
        await _city.Partition(Camera).ApplyDeath(_city.NumberOf(Camera), epoch: 1, session: 0);
        _city.Memory.Observations.Open();
        await UntilRecordedAsync(last => last.Presence == PresenceState.Disconnected);
        Assert.Equal(
            [Mode.Live, Mode.Recorded, Mode.Off, Mode.Off],
            _city.Memory.Recorded.Skip(before).Select(observation => AudioOf(observation))
        );
    }

    [Fact]
    public async Task Devices_that_change_at_once_are_recorded_a_limited_number_at_a_time()
    {
        const int Devices = 600; // Spread over two silos, each with its own limit.
        var camera = _city.Memory.Devices.First(device => device.Id == Camera);
        for (var i = 0; i < Devices; i++)
            await _city.Memory.RegisterAsync(
                camera with
                {
                    Id = $"unit-{i}",
                    Place = null,
                    Fleet = "patrol",
                },
                Attribution.Registry,
                "",
                _city.Time.GetUtcNow(),
                Cancellation
            );
        _city.Memory.Observations.Close();
        await Task.WhenAll(
                Enumerable
                    .Range(0, Devices)
                    .Select(i => _city.Partition($"unit-{i}").ApplyHeartbeats([_city.NextHeartbeat($"unit-{i}", RecordingVideo())]))
            )
            .WaitAsync(Patience, Cancellation);
        await _city.Memory.Observations.Until(waiting: ChangeConcurrencyLimiter.MaxConcurrent);
        _city.Memory.Observations.Open();
        await _city.Memory.Until(memory => memory.Recorded.Length == Devices);
        Assert.InRange(
            _city.Memory.Observations.MaxWaiting,
            ChangeConcurrencyLimiter.MaxConcurrent,
            2 * ChangeConcurrencyLimiter.MaxConcurrent
        );
        Assert.Equal(Devices, _city.Memory.Recorded.Select(observation => observation.DeviceId).Distinct().Count());
    }

    [Fact]
    public async Task A_place_reads_a_hundred_newly_registered_devices_only_a_few_times()
    {
        const int Imported = 100;
        Assert.DoesNotContain((await _city.Notice(Gate)).Now.Facts, fact => fact.Capture == Capture.Audio);
        var (camera, reads, issued) = (
            _city.Memory.Devices.First(device => device.Id == Camera),
            _city.Memory.PlaceReads,
            _city.Memory.Issued.Length
        );
        List<Device> imported = [];
        for (var i = 0; i < Imported; i++)
            imported.Add(
                (
                    await _city.Memory.RegisterAsync(
                        camera with
                        {
                            Id = $"gate-cam-{i}",
                            Place = Gate,
                        },
                        Attribution.Registry,
                        "",
                        _city.Time.GetUtcNow(),
                        Cancellation
                    )
                ).Value!
            );

        _city.Memory.Notices.Close();
        foreach (var device in imported) // One after the other, as the listener to register changes does.
            await _city.Grains.NotifyDeviceChangedAsync(device).WaitAsync(Patience, Cancellation);
        await _city.Memory.Notices.Until(waiting: 1);
        _city.Memory.Notices.Open();

        var description = (await _city.Grains.Place(Gate).Describe())!;
        Assert.Equal(Imported + 1, description.Covering.Length);
        Assert.Contains(description.Content.Now.Facts, fact => fact.Capture == Capture.Audio);
        // One read for the first device, one for all that followed, and one for the description.
        Assert.InRange(_city.Memory.PlaceReads - reads, 1, 3);
        Assert.Equal(issued + 1, _city.Memory.Issued.Length);
    }
}
