using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Tests.Fixtures;
using static SurveillanceRegistry.Grains.Tests.Fixtures.SmallCity;

namespace SurveillanceRegistry.Grains.Tests.Devices;

/// <summary>What a heartbeat changes after its commit, on two silos and fake time.</summary>
public sealed class DeviceGrainTests(SmallCity city) : IClassFixture<SmallCity>
{
    private static NoticeFact Fact(NoticeContent notice, Capture capture) =>
        Assert.Single(notice.Now.Facts, fact => fact.Capture == capture);

    [Fact]
    public async Task A_notice_says_that_devices_never_heard_may_be_recording()
    {
        var notice = await city.Notice(Gate);
        Assert.All(
            [Capture.Plates, Capture.Stills],
            capture =>
                Assert.Equal(
                    (Mode.Recorded, FactCertainty.Unknown, null),
                    (Fact(notice, capture).Mode, Fact(notice, capture).Certainty, Fact(notice, capture).Since)
                )
        );
    }

    /// <summary>Orleans lets a silo that stops wait half a minute for a call that is running.</summary>
    [Fact]
    public async Task A_device_that_waits_for_its_place_does_not_hold_up_a_shutdown()
    {
        var own = new SmallCity();
        await own.InitializeAsync();
        await own.ApplyHeartbeat(Camera, RecordingVideo());
        own.Memory.Notices.Close();
        await own.Partition(Camera).ApplyHeartbeats([own.NextHeartbeat(Camera, RecordingVideo(Mode.Recorded))]);
        await own.Memory.Notices.Until(waiting: 1);
        var waiting = own.Grains.Device(Camera).WaitForPlace();
        await own.Partition(Camera).CountStates();
        Assert.False(waiting.IsCompleted);

        own.AnnounceShutdown();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            waiting.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)
        );
        own.Memory.Notices.Open();
        await own.DisposeAsync();
    }

    [Fact]
    public async Task A_camera_that_switches_audio_on_changes_the_notice_at_once()
    {
        await city.ApplyHeartbeat(Camera, RecordingVideo());
        Assert.DoesNotContain((await city.Notice()).Now.Facts, fact => fact.Capture == Capture.Audio);
        var issued = city.Memory.Issued.Length;

        await city.ApplyHeartbeat(Camera, RecordingVideo(Mode.Recorded));

        Assert.Equal(issued + 1, city.Memory.Issued.Length);
        var audio = Fact(await city.Notice(), Capture.Audio);
        Assert.Equal((Mode.Recorded, FactCertainty.Reported, true), (audio.Mode, audio.Certainty, audio.UnderReview));
        Assert.Empty(audio.AllowedBy);
        Assert.Equal(["manual-1"], Fact(await city.Notice(), Capture.Video).AllowedBy);
        Assert.Equal("Cameras and Security Video", Assert.Single(audio.GovernedBy).Title);
    }

    [Fact]
    public async Task A_heartbeat_without_a_state_change_adds_no_row_and_no_notice()
    {
        await city.ApplyHeartbeat(Camera, RecordingVideo());
        var (rows, notices) = (city.Memory.Recorded.Length, city.Memory.Issued.Length);
        await city.ApplyHeartbeat(Camera, RecordingVideo());
        await city.ApplyHeartbeat(Camera, RecordingVideo());
        Assert.Equal((rows, notices), (city.Memory.Recorded.Length, city.Memory.Issued.Length));
    }

    [Fact]
    public async Task A_silent_camera_may_record_all_that_it_can_since_it_was_last_heard()
    {
        await city.ApplyHeartbeat(Camera, RecordingVideo());
        var lastHeard = city.Time.GetUtcNow();
        city.Time.Advance(TimeSpan.FromSeconds(31));
        await city.Memory.Until(memory =>
            memory.Recorded.LastOrDefault(observation => observation.DeviceId == Camera)?.Presence == PresenceState.Silent
        );
        await city.Partition(Camera).Wake(); // Returns when the place was notified.

        var audio = Fact(await city.Notice(), Capture.Audio);
        Assert.Equal((Mode.Recorded, FactCertainty.Unknown, lastHeard), (audio.Mode, audio.Certainty, audio.Since));

        await city.ApplyHeartbeat(Camera, RecordingVideo());
        Assert.DoesNotContain((await city.Notice()).Now.Facts, fact => fact.Capture == Capture.Audio);
    }

    [Fact]
    public async Task A_camera_whose_session_died_is_no_longer_heard()
    {
        await city.ApplyHeartbeat(Camera, RecordingVideo());
        await city.ApplyDeath(Camera);
        Assert.Equal(FactCertainty.Unknown, Fact(await city.Notice(), Capture.Video).Certainty);
        await city.ApplyHeartbeat(Camera, RecordingVideo());
        Assert.Equal(FactCertainty.Reported, Fact(await city.Notice(), Capture.Video).Certainty);
    }

    [Fact]
    public async Task A_death_is_reported_as_recorded_only_after_it_is_recorded()
    {
        await city.ApplyHeartbeat(Camera, RecordingVideo());
        city.Memory.IsOutOfReach = true;
        try
        {
            await city.Partition(Camera).ApplyDeath(city.NumberOf(Camera), epoch: 1, session: 0);
            await Assert.ThrowsAsync<TimeoutException>(() => city.Partition(Camera).WaitUntilRecorded(city.NumberOf(Camera)));
        }
        finally
        {
            city.Memory.IsOutOfReach = false;
        }

        await city.Partition(Camera).WaitUntilRecorded(city.NumberOf(Camera)); // The second attempt succeeds.
        Assert.Equal(PresenceState.Disconnected, city.Memory.Recorded.Last(observation => observation.DeviceId == Camera).Presence);
        await city.ApplyHeartbeat(Camera, RecordingVideo());
    }

    [Fact]
    public async Task A_device_knows_the_rules_that_govern_it_now_and_on_a_day()
    {
        var device = city.Grains.Device(Camera);
        Assert.Equal("Cameras and Security Video", Assert.Single((await device.Describe())!.GovernedBy).Version!.Title);
        Assert.Equal("Cameras", Assert.Single(await device.GovernedBy(new DateOnly(2015, 1, 1))).Version!.Title);
        Assert.Empty(await device.GovernedBy(new DateOnly(2009, 1, 1)));
        Assert.Empty((await city.Grains.Device(Reader).Describe())!.GovernedBy);
        Assert.Null(await city.Grains.Device("unknown-device").Describe());
    }

    [Fact]
    public async Task A_notice_that_cannot_be_recorded_is_not_returned()
    {
        await city.ApplyHeartbeat(Camera, RecordingVideo());
        city.Memory.IsOutOfReach = true;
        try
        {
            var listening = city.NextHeartbeat(Camera, RecordingVideo(Mode.Recorded));
            await city.Partition(Camera).ApplyHeartbeats([listening]);
            await Assert.ThrowsAnyAsync<Exception>(() =>
                city.Grains.Place(Lobby).RecordObservation(DeviceObservation.FromFirstHeartbeat(listening))
            );
            await Assert.ThrowsAnyAsync<Exception>(() => city.Grains.Place(Lobby).Describe());
        }
        finally
        {
            city.Memory.IsOutOfReach = false;
        }

        Assert.Equal(FactCertainty.Unknown, Fact(await city.Notice(), Capture.Audio).Certainty); // Acknowledged, and not recorded yet.
        await city.Partition(Camera).WaitUntilRecorded(city.NumberOf(Camera));
        await city.Partition(Camera).Wake();
        Assert.Equal(FactCertainty.Reported, Fact(await city.Notice(), Capture.Audio).Certainty);
    }

    [Fact]
    public async Task Governance_reaches_other_silos_and_clients_unchanged()
    {
        var governance = await city.Grains.Governance();
        Assert.Equal(
            governance.Table.On(new DateOnly(2026, 11, 23)).Single().Version!.Effective,
            new EffectivePeriod(LawDate.Parse("2019-03-01"))
        );
        Assert.Equal(WordingKeys.Required.Count, Assert.Single(governance.Wordings).Texts.Count);
    }
}
