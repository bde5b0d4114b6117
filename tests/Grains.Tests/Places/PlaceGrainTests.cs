using Microsoft.Extensions.Logging.Abstractions;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Devices;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Grains.Tests.Fixtures;
using static SurveillanceRegistry.Grains.Tests.Fixtures.SmallCity;

namespace SurveillanceRegistry.Grains.Tests.Places;

/// <summary>
/// Notices about a device whose vendor reports only a part of its captures in each message. Each test has a city of its own.
/// </summary>
public sealed class PlaceGrainTests : IAsyncLifetime
{
    private static readonly CaptureReport Plates = CaptureReport.ForAll([Capture.Plates, Capture.Stills], Mode.Recorded);

    private readonly SmallCity _city = new();

    public ValueTask InitializeAsync() => _city.InitializeAsync();

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    /// <summary>Applies a heartbeat of the plate reader, which has no registered microphone.</summary>
    private async Task Report(CaptureReport capture, bool namesAudio, bool isLife = true)
    {
        var heartbeat = _city.NextHeartbeat(Reader, capture) with
        {
            UnregisteredCaptures = namesAudio ? CaptureSet.From(Capture.Audio) : default,
            ProvesLife = isLife,
        };
        _city.Memory.Store(heartbeat);
        await _city.Partition(Reader).ApplyHeartbeats([heartbeat]);
        await _city.Partition(Reader).Wake();
    }

    private async Task<(Mode?, FactCertainty?)> Audio() =>
        (await _city.Notice(Gate)).Now.Facts.SingleOrDefault(fact => fact.Capture == Capture.Audio) is { } audio
            ? (audio.Mode, audio.Certainty)
            : (null, null);

    [Fact]
    public async Task An_unregistered_capture_stays_on_the_notice_until_reported_off()
    {
        await Report(Plates, namesAudio: false);
        Assert.Equal((null, null), await Audio());
        await Report(Plates, namesAudio: true); // It has audio; whether audio is recorded is not known.
        Assert.Equal((Mode.Recorded, FactCertainty.Unknown), await Audio());
        await Report(Plates.With(Capture.Audio, Mode.Live), namesAudio: true);
        Assert.Equal((Mode.Live, FactCertainty.Reported), await Audio());

        await Report(Plates, namesAudio: false); // The gateway came back and reports something else first.
        Assert.Equal((Mode.Recorded, FactCertainty.Unknown), await Audio());
        Assert.True((await _city.Grains.Device(Reader).LastObservation())!.IsHeard);

        var rows = _city.Memory.Recorded.Length;
        _city.Memory.Owner++; // The next activation knows only what was recorded and logged.
        await Report(Plates.With(Capture.Stills, Mode.Live), namesAudio: false);
        await _city.WakeUntil(Reader, memory => memory.Recorded.Length > rows);
        await _city.Partition(Reader).Wake(); // The place is notified, too.
        Assert.Equal((Mode.Recorded, FactCertainty.Unknown), await Audio());

        await Report(Plates.With(Capture.Audio, Mode.Off), namesAudio: true);
        Assert.Equal((null, null), await Audio());
        Assert.Contains((await _city.Notice(Gate)).Worst.Facts, fact => fact.Capture == Capture.Audio);
    }

    [Fact]
    public async Task An_unregistered_capture_does_not_delay_the_time_last_heard()
    {
        await Report(Plates, namesAudio: true);
        await Report(Plates, namesAudio: false);
        _city.Time.Advance(TimeSpan.FromSeconds(2));
        await Report(Plates, namesAudio: false);
        Assert.Equal(_city.Time.GetUtcNow(), (await _city.Grains.Device(Reader).LastObservation())!.LastHeardAt);
    }

    [Fact]
    public async Task A_device_that_was_never_heard_has_no_time_since()
    {
        await Report(Plates, namesAudio: false, isLife: false); // A retained message may be old.
        await _city.Memory.Until(memory => memory.Recorded.Any(observation => observation.DeviceId == Reader));
        var last = (await _city.Grains.Device(Reader).LastObservation())!;
        Assert.Equal((PresenceState.Unknown, null, Mode.Recorded), (last.Presence, last.LastHeardAt, last.Capture[Capture.Plates]));
        var notice = await _city.Notice(Gate);
        Assert.All(
            notice.Now.Facts.Concat(notice.Worst.Facts),
            fact => Assert.Equal((Mode.Recorded, FactCertainty.Unknown, null), (fact.Mode, fact.Certainty, fact.Since))
        );
    }

    [Fact]
    public async Task A_camera_is_on_the_notice_when_the_news_of_its_registration_was_lost()
    {
        var reconciler = new ExpectedStateReconciler(_city.Grains, _city.Memory, _city.Time);
        var logger = NullLogger<GrainWakeUpService>.Instance;
        var wakeUp = new GrainWakeUpService(_city.Grains, _city.Memory, _city.Memory, reconciler, _city.Memory, logger);
        await wakeUp.RunOnceAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain((await _city.Notice(Gate)).Worst.Facts, fact => fact.Capture == Capture.Video);

        await _city.Memory.RegisterAsync(
            Device.Of("gate-cam-2", "facility-camera", [Capture.Video], Gate, null, "police", Lifecycle.Active),
            null!,
            "new",
            _city.Time.GetUtcNow(),
            TestContext.Current.CancellationToken
        );
        _city.Memory.RegisterVersion++;
        await wakeUp.RunOnceAsync(TestContext.Current.CancellationToken);

        var notice = await _city.Notice(Gate);
        Assert.Contains(notice.Now.Facts, fact => fact.Capture == Capture.Video);
        Assert.Contains(notice.Worst.Facts, fact => fact.Capture == Capture.Video);
    }

    [Fact]
    public async Task A_heard_device_silent_on_one_capture_issues_no_notice_with_each_heartbeat()
    {
        await Report(Plates, namesAudio: true);
        await Report(Plates, namesAudio: false);
        var before = (await _city.Grains.Place(Gate).Describe())!;
        var audio = Assert.Single(before.Content.Now.Facts, fact => fact.Capture == Capture.Audio);
        Assert.Equal((FactCertainty.Unknown, null, true), (audio.Certainty, audio.Since, audio.IsUnstated));
        Assert.Contains(before.Content.Now.Languages["en"].Facts, text => text.CertaintyLine == "certainty.unstated");

        _city.Time.Advance(TimeSpan.FromSeconds(30));
        await Report(Plates, namesAudio: false);
        await _city.Grains.Place(Gate).Recompose();
        Assert.Equal(before.Notice.Sequence, (await _city.Grains.Place(Gate).Describe())!.Notice.Sequence);
    }

    [Fact]
    public async Task A_change_that_cannot_be_recorded_yet_puts_the_recorded_mode_in_doubt()
    {
        var loud = Plates.With(Capture.Audio, Mode.Recorded);
        var heard = DeviceObservation.FromFirstHeartbeat(_city.NextHeartbeat(Reader, Plates.With(Capture.Audio, Mode.Off)));
        var now = DeviceObservation.FromFirstHeartbeat(_city.NextHeartbeat(Reader, loud));
        var device = (await _city.Memory.FindAsync(Reader, TestContext.Current.CancellationToken))!;

        var joined = heard.WithLiveTimes(device, now)!;
        Assert.Equal((Mode.Recorded, null), (joined.Capture[Capture.Plates], joined.Capture[Capture.Audio]));
    }

    [Fact]
    public async Task A_fleet_that_begins_to_work_from_a_place_is_on_its_notice()
    {
        Assert.DoesNotContain((await _city.Notice(Gate)).Now.Facts, fact => fact.Fleet is not null);
        await _city.Memory.RegisterAsync(
            Device.Of("worn-1", "body-worn", [Capture.Video, Capture.Audio], null, "worn", "police", Lifecycle.Active),
            null!,
            "new",
            _city.Time.GetUtcNow(),
            TestContext.Current.CancellationToken
        );
        _city.Memory.FleetBases = [new FleetBase("worn", "police", [Gate])];
        await _city.Grains.Place(Gate).MarkDevicesChanged();

        var notice = await _city.Notice(Gate);
        foreach (var body in new[] { notice.Now, notice.Worst })
        {
            Assert.Equal(
                [(Capture.Video, Mode.Recorded, FactCertainty.Unknown), (Capture.Audio, Mode.Recorded, FactCertainty.Unknown)],
                body.Facts.Where(fact => fact.Fleet == "worn").Select(fact => (fact.Capture, fact.Mode, fact.Certainty))
            );
        }
    }

    [Fact]
    public async Task A_place_that_is_asked_past_a_deadline_asks_the_device_before_it_answers()
    {
        await _city.Notice(); // The place asks by itself ten seconds after this, and so on.
        _city.Time.Advance(TimeSpan.FromSeconds(5));
        await _city.ApplyHeartbeat(Camera, RecordingVideo());
        _city.Time.Advance(TimeSpan.FromSeconds(25));
        Assert.Contains((await _city.Notice()).Now.Facts, fact => fact.Certainty == FactCertainty.Reported);
        // What cannot be recorded is notified to no place.
        _city.Memory.IsOutOfReach = true;
        try
        {
            _city.Time.Advance(TimeSpan.FromSeconds(5.5)); // Half a second past the deadline.
            await Assert.ThrowsAnyAsync<IOException>(() => _city.Notice()); // The new notice cannot be recorded.
        }
        finally
        {
            _city.Memory.IsOutOfReach = false;
        }

        Assert.DoesNotContain((await _city.Notice()).Now.Facts, fact => fact.Certainty == FactCertainty.Reported);
    }

    [Fact]
    public async Task A_removed_device_counts_until_confirmed_and_not_during_an_outage()
    {
        await Report(Plates, namesAudio: false);
        await _city.Memory.ChangeAsync(
            _city.Memory.Devices.First(device => device.Id == Reader) with
            {
                Lifecycle = Lifecycle.Removed,
            },
            1,
            new Attribution("device-clerk", "police", "st-clerk"),
            "gone",
            _city.Time.GetUtcNow(),
            TestContext.Current.CancellationToken
        );
        await _city.Grains.Device(Reader).ReloadDevice();
        await _city.Grains.Place(Gate).MarkDevicesChanged();
        Assert.Equal(2, (await _city.Notice(Gate)).Now.Facts.Length); // It still records, whatever the register says.

        await _city.ApplyDeath(Reader);
        Assert.Equal((2, 2), await Facts()); // No other person has looked on the spot.
        var inspector = new Attribution("posting-inspector", "police", "st-inspector");
        var at = _city.Time.GetUtcNow();
        await _city.Memory.ConfirmAsync(Reader, Gate, inspector, "Seen.", at, TestContext.Current.CancellationToken);
        await _city.Grains.Place(Gate).MarkDevicesChanged();
        Assert.Equal((0, 0), await Facts());
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
            Assert.All(_city.HealthMonitors, monitor => Assert.True(monitor.CannotObserve));
            Assert.Equal(PresenceState.Disconnected, (await _city.Grains.Device(Reader).LastObservation())!.Presence);
        }
        finally
        {
            _city.Memory.IsOutOfReach = false;
        }

        async Task<(int, int)> Facts() =>
            await _city.Notice(Gate) is var notice ? (notice.Now.Facts.Length, notice.Worst.Facts.Length) : default;
    }
}
