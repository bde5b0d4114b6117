using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Grains.Tests.Fixtures;
using static SurveillanceRegistry.Grains.Tests.Fixtures.SmallCity;

namespace SurveillanceRegistry.Grains.Tests.Presence;

/// <summary>
/// A failed network, an unreachable database and a moved partition make no device disconnected or silent. Each test has a city of its own.
/// </summary>
public sealed class IngestHealthMonitorTests : IAsyncLifetime
{
    private readonly SmallCity _city = new();

    public ValueTask InitializeAsync() => _city.InitializeAsync();

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    [Fact]
    public async Task A_mass_disconnect_makes_devices_unknown_and_not_disconnected_or_silent()
    {
        await _city.ApplyHeartbeat(Camera, RecordingVideo());
        await _city.ApplyHeartbeat(Reader, default(CaptureReport).With(Capture.Plates, Mode.Recorded).With(Capture.Stills, Mode.Recorded));
        await _city.ApplyDeath(Camera); // An early one, which looks like any other death.
        Assert.Equal(PresenceState.Disconnected, await PresenceOf(Camera));
        foreach (var monitor in _city.HealthMonitors)
            monitor.ReportMassDisconnect("half of all, in a test");

        await _city.ApplyDeath(Reader); // One that follows the report.
        _city.Time.Advance(TimeSpan.FromSeconds(1));
        foreach (var deviceId in new[] { Camera, Reader })
            Assert.Equal(
                (PresenceState.Unknown, Evidence.Registry),
                (
                    await PresenceOf(deviceId),
                    (await _city.Partition(deviceId).FindObservation(_city.NumberOf(deviceId), deviceId))!.Evidence
                )
            );
        await _city.Memory.Until(memory =>
            memory.Recorded.LastOrDefault(observation => observation.DeviceId == Camera)?.Presence == PresenceState.Unknown
        );

        // A device that comes back is online. One that does not come back within its deadline is silent.
        await _city.ApplyHeartbeat(Camera, RecordingVideo());
        _city.Time.Advance(TimeSpan.FromSeconds(12)); // The mass disconnect is over.
        await _city.ApplyDeath(Camera);
        Assert.Equal(PresenceState.Disconnected, await PresenceOf(Camera));
        Assert.Equal(PresenceState.Unknown, await PresenceOf(Reader));
        _city.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(PresenceState.Silent, await PresenceOf(Reader));

        async Task<PresenceState> PresenceOf(string deviceId) =>
            (await _city.Partition(deviceId).FindObservation(_city.NumberOf(deviceId), deviceId))!.Presence;
    }

    [Fact]
    public async Task No_device_is_silent_while_the_registry_cannot_store_heartbeats()
    {
        await _city.ApplyHeartbeat(Camera, RecordingVideo());
        await using var monitoring = await _city.RunHealthMonitorsAsync();
        for (
            var patience = DateTime.UtcNow.AddSeconds(10);
            _city.HealthMonitors.Any(monitor => monitor.ObservingSinceMs < 0) && DateTime.UtcNow < patience;
            await Task.Yield()
        ) { }
        _city.Memory.IsOutOfReach = true;
        try
        {
            for (var second = 0; second < 40; second++)
                _city.Time.Advance(TimeSpan.FromSeconds(1));
            for (
                var patience = DateTime.UtcNow.AddSeconds(10);
                _city.HealthMonitors.Any(monitor => !monitor.CannotObserve) && DateTime.UtcNow < patience;
                await Task.Yield()
            ) { }
            Assert.All(_city.HealthMonitors, monitor => Assert.True(monitor.CannotObserve));
            Assert.Equal(PresenceState.Unknown, (await _city.Partition(Camera).FindObservation(_city.NumberOf(Camera), Camera))!.Presence);
        }
        finally
        {
            _city.Memory.IsOutOfReach = false;
        }

        // The next check reaches the database again.
        _city.Time.Advance(IngestHealthMonitor.CheckInterval);
        for (
            var patience = DateTime.UtcNow.AddSeconds(10);
            _city.HealthMonitors.Any(monitor => monitor.CannotObserve) && DateTime.UtcNow < patience;
            await Task.Yield()
        ) { }
        Assert.NotEqual(PresenceState.Silent, (await _city.Partition(Camera).FindObservation(_city.NumberOf(Camera), Camera))!.Presence);
        await _city.Partition(Camera).Wake(); // Passes every pending change on, so that none is under way when the silos stop.
        Assert.DoesNotContain(_city.Memory.Recorded, observation => observation.Presence == PresenceState.Silent);
    }

    [Fact]
    public async Task A_partition_that_another_silo_took_over_waits_for_no_place()
    {
        await _city.ApplyHeartbeat(Camera, RecordingVideo());
        _city.Memory.Notices.Close();
        await _city.Partition(Camera).ApplyHeartbeats([_city.NextHeartbeat(Camera, RecordingVideo(Mode.Recorded))]);
        await _city.Memory.Notices.Until(waiting: 1);
        var waking = _city.Partition(Camera).Wake(); // Waits for the place, which waits for the ledger.
        await _city.Partition(Camera).CountStates();
        Assert.False(waking.IsCompleted);
        _city.Memory.Owner++;
        await _city.Partition(Camera).ApplyHeartbeats([_city.NextHeartbeat(Camera, RecordingVideo(Mode.Live))]);
        await waking.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        _city.Memory.Notices.Open();
    }

    [Fact]
    public async Task A_partition_that_another_silo_took_over_records_nothing_more()
    {
        await _city.ApplyHeartbeat(Camera, RecordingVideo());
        var rows = _city.Memory.Recorded.Length;
        _city.Memory.Owner++; // Another silo owns the partition now; its activation does not know yet.
        var listening = _city.NextHeartbeat(Camera, RecordingVideo(Mode.Recorded));
        _city.Memory.Store(listening);
        await _city.Partition(Camera).ApplyHeartbeats([listening]);
        await _city.Memory.Until(memory => memory.RefusedObservations > 0);
        Assert.Equal(rows, _city.Memory.Recorded.Length);

        // The next activation finds in the log what the one before could not record.
        await _city.WakeUntil(Camera, memory => memory.Recorded.Length > rows);
        Assert.Equal(rows + 1, _city.Memory.Recorded.Length);
        Assert.Equal(
            FactCertainty.Reported,
            Assert.Single((await _city.Notice()).Now.Facts, fact => fact.Capture == Capture.Audio).Certainty
        );
    }
}
