using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Grains.Tests.Fixtures;
using static SurveillanceRegistry.Grains.Tests.Fixtures.SmallCity;

namespace SurveillanceRegistry.Grains.Tests.Presence;

/// <summary>
/// An import holds the ledger, a register is slow, ten thousand units change at once: who speaks is heard all the same. Each test has a
/// city of its own.
/// </summary>
public sealed class ChangeConcurrencyLimiterTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly SmallCity _city = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _city.InitializeAsync();

    public ValueTask DisposeAsync()
    {
        foreach (var gate in new[] { _city.Memory.Names, _city.Memory.Observations, _city.Memory.Notices })
            gate.LetGo(); // Whatever a test found: nobody waits any more when the silos close.
        return _city.DisposeAsync();
    }

    /// <summary>As the inlet passes a heartbeat on. It makes no second call before the first is answered.</summary>
    private async Task HeardAsync(CaptureReport capture)
    {
        var heartbeat = _city.Next(Camera, capture);
        _city.Memory.Keep(heartbeat);
        await _city.Partition(Camera).ApplyHeartbeats([heartbeat]).WaitAsync(Patience, Cancellation);
    }

    private Task RemembersAsync(Func<DeviceObservation, bool> isSo) =>
        _city.Memory.Until(memory => memory.Remembered.LastOrDefault(seen => seen.DeviceId == Camera) is { } last && isSo(last));

    private static Mode? Audio(DeviceObservation observation) => observation.Capture[Capture.Audio];

    [Fact]
    public async Task A_camera_that_speaks_is_not_silent_while_its_notice_waits_for_an_import()
    {
        await _city.Beat(Camera, Sees());
        _city.Memory.Notices.Shut();
        await HeardAsync(Sees(Mode.Recorded));
        await _city.Memory.Notices.Until(waiting: 1);
        for (var seconds = 0; seconds < 60; seconds += 10) // Its deadline is 30.
        {
            _city.Time.Advance(TimeSpan.FromSeconds(10));
            await HeardAsync(Sees(Mode.Recorded));
        }

        // What it does meanwhile is known and remembered at once.
        await HeardAsync(Sees(Mode.Live));
        await RemembersAsync(last => Audio(last) == Mode.Live);
        await HeardAsync(Sees());
        await RemembersAsync(last => Audio(last) == Mode.Off);
        Assert.Equal(Mode.Off, Audio((await _city.Grains.Device(Camera).Describe().WaitAsync(Patience, Cancellation))!.Last!));
        Assert.DoesNotContain(_city.Memory.Remembered, seen => !seen.IsHeard);

        _city.Memory.Notices.LetGo();
        await _city.Partition(Camera).Wake();
        Assert.DoesNotContain((await _city.Notice()).Now.Facts, fact => fact.Capture == Capture.Audio);
    }

    [Fact]
    public async Task A_death_does_not_wait_for_the_register_and_is_told_before_the_word_of_whoever_came_back()
    {
        await _city.Beat(Camera, Sees());
        var before = _city.Memory.Remembered.Length;
        _city.Memory.Names.Shut();
        await _city.Partition(Camera).ApplyDeath(_city.Number(Camera), epoch: 1, session: 0).WaitAsync(Patience, Cancellation);
        await _city.Memory.Names.Until(waiting: 1);
        await HeardAsync(Sees());
        _city.Memory.Names.LetGo();
        await _city.Partition(Camera).Wake();
        Assert.Equal(
            [PresenceState.Disconnected, PresenceState.Online],
            _city.Memory.Remembered.Skip(before).Select(seen => seen.Presence)
        );
    }

    [Fact]
    public async Task What_is_said_in_one_breath_is_remembered_word_by_word_in_its_order()
    {
        await _city.Beat(Camera, Sees());
        var before = _city.Memory.Remembered.Length;
        _city.Memory.Observations.Shut();
        foreach (var audio in new[] { Mode.Live, Mode.Recorded, Mode.Off })
            await HeardAsync(Sees(audio));
        await _city.Partition(Camera).ApplyDeath(_city.Number(Camera), epoch: 1, session: 0);
        _city.Memory.Observations.LetGo();
        await RemembersAsync(last => last.Presence == PresenceState.Disconnected);
        Assert.Equal([Mode.Live, Mode.Recorded, Mode.Off, Mode.Off], _city.Memory.Remembered.Skip(before).Select(seen => Audio(seen)));
    }

    [Fact]
    public async Task Units_that_all_change_at_once_are_remembered_some_at_a_time_and_each_is()
    {
        const int Units = 600; // Of two silos; each bounds its own.
        var camera = _city.Memory.Devices.First(device => device.Id == Camera);
        for (var unit = 0; unit < Units; unit++)
            await _city.Memory.RegisterAsync(
                camera with
                {
                    Id = $"unit-{unit}",
                    Place = null,
                    Fleet = "patrol",
                },
                Attribution.Registry,
                "",
                _city.Time.GetUtcNow(),
                Cancellation
            );
        _city.Memory.Observations.Shut();
        await Task.WhenAll(
                Enumerable
                    .Range(0, Units)
                    .Select(unit => _city.Partition($"unit-{unit}").ApplyHeartbeats([_city.Next($"unit-{unit}", Sees())]))
            )
            .WaitAsync(Patience, Cancellation);
        await _city.Memory.Observations.Until(waiting: ChangeConcurrencyLimiter.MaxConcurrent);
        _city.Memory.Observations.LetGo();
        await _city.Memory.Until(memory => memory.Remembered.Length == Units);
        Assert.InRange(
            _city.Memory.Observations.MostWaiting,
            ChangeConcurrencyLimiter.MaxConcurrent,
            2 * ChangeConcurrencyLimiter.MaxConcurrent
        );
        Assert.Equal(Units, _city.Memory.Remembered.Select(seen => seen.DeviceId).Distinct().Count());
    }

    [Fact]
    public async Task A_place_of_whose_devices_a_hundred_are_registered_reads_them_a_few_times_and_holds_up_nobody()
    {
        const int Imported = 100;
        Assert.DoesNotContain((await _city.Notice(Gate)).Now.Facts, fact => fact.Capture == Capture.Audio);
        var (camera, reads, issued) = (
            _city.Memory.Devices.First(device => device.Id == Camera),
            _city.Memory.ReadsOfPlaces,
            _city.Memory.Issued.Length
        );
        List<Device> imported = [];
        for (var unit = 0; unit < Imported; unit++)
            imported.Add(
                (
                    await _city.Memory.RegisterAsync(
                        camera with
                        {
                            Id = $"gate-cam-{unit}",
                            Place = Gate,
                        },
                        Attribution.Registry,
                        "",
                        _city.Time.GetUtcNow(),
                        Cancellation
                    )
                ).Value!
            );

        _city.Memory.Notices.Shut();
        foreach (var device in imported) // One after another, as whoever hears of changes of the register tells of them.
            await _city.Grains.NotifyDeviceChangedAsync(device).WaitAsync(Patience, Cancellation);
        await _city.Memory.Notices.Until(waiting: 1);
        _city.Memory.Notices.LetGo();

        var shown = (await _city.Grains.Place(Gate).Describe())!;
        Assert.Equal(Imported + 1, shown.Covering.Length);
        Assert.Contains(shown.Content.Now.Facts, fact => fact.Capture == Capture.Audio);
        // The first found the notice waiting; one more for all that came meanwhile; one for who looked.
        Assert.InRange(_city.Memory.ReadsOfPlaces - reads, 1, 3);
        Assert.Equal(issued + 1, _city.Memory.Issued.Length);
    }
}
