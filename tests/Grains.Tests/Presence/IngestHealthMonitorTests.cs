using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Grains.Tests.Fixtures;
using static SurveillanceRegistry.Grains.Tests.Fixtures.SmallCity;

namespace SurveillanceRegistry.Grains.Tests.Presence;

/// <summary>
/// A network that fails, a database that is away, a partition that moved: no unit is told dead or silent for it. Each test has a city of
/// its own.
/// </summary>
public sealed class IngestHealthMonitorTests : IAsyncLifetime
{
    private readonly SmallCity _city = new();

    public ValueTask InitializeAsync() => _city.InitializeAsync();

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    [Fact]
    public async Task When_many_sessions_break_at_once_all_of_them_are_unknown_and_nobody_is_dead_or_silent_of_the_registry_s_own_fault()
    {
        await _city.Beat(Camera, Sees());
        await _city.Beat(Reader, default(CaptureReport).With(Capture.Plates, Mode.Recorded).With(Capture.Stills, Mode.Recorded));
        await _city.Dies(Camera); // One of the first: it looks like any other death.
        Assert.Equal(PresenceState.Disconnected, await PresenceOf(Camera));
        foreach (var sight in _city.Sights)
            sight.ReportMassDisconnect("half of all, in a test");

        await _city.Dies(Reader); // One of those that follow.
        _city.Time.Advance(TimeSpan.FromSeconds(1));
        foreach (var unit in new[] { Camera, Reader })
            Assert.Equal(
                (PresenceState.Unknown, Evidence.Registry),
                (await PresenceOf(unit), (await _city.Partition(unit).FindObservation(_city.Number(unit), unit))!.Evidence)
            );
        await _city.Memory.Until(memory =>
            memory.Remembered.LastOrDefault(seen => seen.DeviceId == Camera)?.Presence == PresenceState.Unknown
        );

        // Who comes back is there. Who does not come back within its deadline is gone.
        await _city.Beat(Camera, Sees());
        _city.Time.Advance(TimeSpan.FromSeconds(12)); // The break is over.
        await _city.Dies(Camera);
        Assert.Equal(PresenceState.Disconnected, await PresenceOf(Camera));
        Assert.Equal(PresenceState.Unknown, await PresenceOf(Reader));
        _city.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(PresenceState.Silent, await PresenceOf(Reader));

        async Task<PresenceState> PresenceOf(string unit) =>
            (await _city.Partition(unit).FindObservation(_city.Number(unit), unit))!.Presence;
    }

    [Fact]
    public async Task While_the_registry_cannot_keep_a_heartbeat_nobody_is_silent()
    {
        await _city.Beat(Camera, Sees());
        foreach (var sight in _city.Sights)
            await sight.StartAsync(TestContext.Current.CancellationToken);
        for (
            var patience = DateTime.UtcNow.AddSeconds(10);
            _city.Sights.Any(sight => sight.ObservingSinceMs < 0) && DateTime.UtcNow < patience;
            await Task.Yield()
        ) { }
        _city.Memory.IsOutOfReach = true;
        try
        {
            for (var second = 0; second < 40; second++)
                _city.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.All(_city.Sights, sight => Assert.True(sight.CannotObserve));
            Assert.Equal(PresenceState.Unknown, (await _city.Partition(Camera).FindObservation(_city.Number(Camera), Camera))!.Presence);
        }
        finally
        {
            _city.Memory.IsOutOfReach = false;
        }

        _city.Time.Advance(IngestHealthMonitor.Every); // It looks again, and sees.
        for (
            var patience = DateTime.UtcNow.AddSeconds(10);
            _city.Sights.Any(sight => sight.CannotObserve) && DateTime.UtcNow < patience;
            await Task.Yield()
        ) { }
        Assert.NotEqual(PresenceState.Silent, (await _city.Partition(Camera).FindObservation(_city.Number(Camera), Camera))!.Presence);
        foreach (var sight in _city.Sights)
            await sight.StopAsync(CancellationToken.None);
        await _city.Partition(Camera).Wake(); // Everything that it had to tell is told: nothing is on its way when the silos close.
        Assert.DoesNotContain(_city.Memory.Remembered, seen => seen.Presence == PresenceState.Silent);
    }

    [Fact]
    public async Task A_partition_that_another_silo_took_over_writes_nothing_more_down()
    {
        await _city.Beat(Camera, Sees());
        var rows = _city.Memory.Remembered.Length;
        _city.Memory.Owner++; // Somebody else has it by now; whoever had it does not know yet.
        var listening = _city.Next(Camera, Sees(Mode.Recorded));
        _city.Memory.Keep(listening);
        await _city.Partition(Camera).ApplyHeartbeats([listening]);
        await _city.Memory.Until(memory => memory.Refused > 0);
        Assert.Equal(rows, _city.Memory.Remembered.Length);

        // Whoever takes it up next finds in the log what the one before could not write down.
        // Whoever had it may still answer before it is gone: then it is asked again.
        for (var asked = 0; _city.Memory.Remembered.Length == rows && asked < 10_000; asked++)
            await _city.Partition(Camera).Wake();
        Assert.Equal(rows + 1, _city.Memory.Remembered.Length);
        Assert.Equal(
            FactCertainty.Reported,
            Assert.Single((await _city.Notice()).Now.Facts, fact => fact.Capture == Capture.Audio).Certainty
        );
    }
}
