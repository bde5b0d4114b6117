using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Tests.Fixtures;
using static SurveillanceRegistry.Grains.Tests.Fixtures.SmallCity;

namespace SurveillanceRegistry.Grains.Tests.Devices;

/// <summary>The walk of a heartbeat behind its durable commit, on two silos and fake time.</summary>
public sealed class DeviceGrainTests(SmallCity city) : IClassFixture<SmallCity>
{
    private static NoticeFact Fact(NoticeContent notice, Capture capture) =>
        Assert.Single(notice.Now.Facts, fact => fact.Capture == capture);

    [Fact]
    public async Task A_place_whose_devices_were_never_heard_says_that_they_may_be_recording()
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

    [Fact]
    public async Task A_camera_that_switches_audio_on_changes_the_notice_at_once()
    {
        await city.Beat(Camera, Sees());
        Assert.DoesNotContain((await city.Notice()).Now.Facts, fact => fact.Capture == Capture.Audio);
        var issued = city.Memory.Issued.Length;

        await city.Beat(Camera, Sees(Mode.Recorded));

        Assert.Equal(issued + 1, city.Memory.Issued.Length);
        var audio = Fact(await city.Notice(), Capture.Audio);
        Assert.Equal((Mode.Recorded, FactCertainty.Reported, true), (audio.Mode, audio.Certainty, audio.UnderReview));
        Assert.Empty(audio.AllowedBy);
        Assert.Equal(["manual-1"], Fact(await city.Notice(), Capture.Video).AllowedBy);
        Assert.Equal("Cameras and Security Video", Assert.Single(audio.GovernedBy).Title);
    }

    [Fact]
    public async Task A_heartbeat_that_says_nothing_new_makes_no_row_and_no_notice()
    {
        await city.Beat(Camera, Sees());
        var (rows, notices) = (city.Memory.Remembered.Length, city.Memory.Issued.Length);
        await city.Beat(Camera, Sees());
        await city.Beat(Camera, Sees());
        Assert.Equal((rows, notices), (city.Memory.Remembered.Length, city.Memory.Issued.Length));
    }

    [Fact]
    public async Task A_camera_that_falls_silent_may_be_recording_everything_it_can_since_it_was_last_heard()
    {
        await city.Beat(Camera, Sees());
        var lastHeard = city.Time.GetUtcNow();
        city.Time.Advance(TimeSpan.FromSeconds(31));
        await city.Memory.Until(memory =>
            memory.Remembered.LastOrDefault(seen => seen.DeviceId == Camera)?.Presence == PresenceState.Silent
        );
        await city.Partition(Camera).Wake(); // Returns when what was being told is told.

        var audio = Fact(await city.Notice(), Capture.Audio);
        Assert.Equal((Mode.Recorded, FactCertainty.Unknown, lastHeard), (audio.Mode, audio.Certainty, audio.Since));

        await city.Beat(Camera, Sees());
        Assert.DoesNotContain((await city.Notice()).Now.Facts, fact => fact.Capture == Capture.Audio);
    }

    [Fact]
    public async Task A_camera_whose_session_died_is_not_heard_any_more()
    {
        await city.Beat(Camera, Sees());
        await city.Dies(Camera);
        Assert.Equal(FactCertainty.Unknown, Fact(await city.Notice(), Capture.Video).Certainty);
        await city.Beat(Camera, Sees());
        Assert.Equal(FactCertainty.Reported, Fact(await city.Notice(), Capture.Video).Certainty);
    }

    [Fact]
    public async Task A_death_is_not_said_to_be_kept_before_it_is_remembered()
    {
        await city.Beat(Camera, Sees());
        city.Memory.IsOutOfReach = true;
        try
        {
            await city.Partition(Camera).ApplyDeath(city.Number(Camera), epoch: 1, session: 0);
            await Assert.ThrowsAsync<TimeoutException>(() => city.Partition(Camera).WaitUntilRecorded(city.Number(Camera)));
        }
        finally
        {
            city.Memory.IsOutOfReach = false;
        }

        await city.Partition(Camera).WaitUntilRecorded(city.Number(Camera)); // Tried again: now it is.
        Assert.Equal(PresenceState.Disconnected, city.Memory.Remembered.Last(told => told.DeviceId == Camera).Presence);
        await city.Beat(Camera, Sees());
    }

    [Fact]
    public async Task A_device_knows_what_governs_it_now_and_what_governed_it_on_a_day()
    {
        var device = city.Grains.Device(Camera);
        Assert.Equal("Cameras and Security Video", Assert.Single((await device.Describe())!.GovernedBy).Version!.Title);
        Assert.Equal("Cameras", Assert.Single(await device.GovernedBy(new DateOnly(2015, 1, 1))).Version!.Title);
        Assert.Empty(await device.GovernedBy(new DateOnly(2009, 1, 1)));
        Assert.Empty((await city.Grains.Device(Reader).Describe())!.GovernedBy);
        Assert.Null(await city.Grains.Device("nobody").Describe());
    }

    [Fact]
    public async Task A_notice_that_cannot_be_remembered_is_not_handed_out()
    {
        await city.Beat(Camera, Sees());
        city.Memory.IsOutOfReach = true;
        try
        {
            var listening = city.Next(Camera, Sees(Mode.Recorded));
            await city.Partition(Camera).ApplyHeartbeats([listening]);
            await Assert.ThrowsAnyAsync<Exception>(() => city.Grains.Place(Lobby).RecordObservation(DeviceObservation.First(listening)));
            await Assert.ThrowsAnyAsync<Exception>(() => city.Grains.Place(Lobby).Describe());
        }
        finally
        {
            city.Memory.IsOutOfReach = false;
        }

        Assert.Equal(FactCertainty.Reported, Fact(await city.Notice(), Capture.Audio).Certainty);
    }

    [Fact]
    public async Task Governance_crosses_from_silo_to_silo_and_to_a_client_unchanged()
    {
        var governance = await city.Grains.Governance();
        Assert.Equal(
            governance.Table.On(new DateOnly(2026, 11, 23)).Single().Version!.Effective,
            new EffectivePeriod(LawDate.Parse("2019-03-01"))
        );
        Assert.Equal(WordingKeys.Required.Count, Assert.Single(governance.Wordings).Texts.Count);
    }
}
