using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Grains.Tests.Fixtures;
using static SurveillanceRegistry.Grains.Tests.Fixtures.SmallCity;

namespace SurveillanceRegistry.Grains.Tests.Places;

/// <summary>
/// Notices after a clerk's change took a device, or a sensor, from a place. Each test registers a camera of a technology of its own, so
/// that its facts are those of this camera.
/// </summary>
public sealed class PlaceGrainWithdrawalTests(SmallCity city) : IClassFixture<SmallCity>
{
    private static readonly Attribution Clerk = new("device-clerk", "police", "st-clerk");
    private static readonly Attribution Inspector = new("posting-inspector", "police", "st-inspector");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task<Device> RegisterAsync(string kind)
    {
        var camera = Device.Of("lobby-" + kind, kind, CameraSensors, Lobby, null, "police", Lifecycle.Active);
        var registered = (await city.Memory.RegisterAsync(camera, Clerk, "", city.Time.GetUtcNow(), Cancellation)).Value!;
        await city.Grains.NotifyDeviceChangedAsync(registered);
        return registered;
    }

    private async Task<Device> ChangeAsync(Device before, Device after)
    {
        var version = await city.Memory.VersionAsync(before.Id, Cancellation);
        var changed = (
            await city.Memory.ChangeAsync(after, version!.Value, Clerk, "A mistake?", city.Time.GetUtcNow(), Cancellation)
        ).Value!;
        await city.Grains.Place(before.Place!).MarkDevicesChanged();
        await city.Grains.NotifyDeviceChangedAsync(changed);
        return changed;
    }

    private async Task<Outcome<object>> ConfirmAsync(Device device, string place, Attribution by)
    {
        var outcome = await city.Memory.ConfirmAsync(device.Id, place, by, "Seen.", city.Time.GetUtcNow(), Cancellation);
        await city.Grains.Place(place).MarkDevicesChanged();
        return outcome.IsDone ? new Outcome<object>(outcome.Value, []) : outcome.Refusals;
    }

    /// <summary>The facts about a camera's technology at a place, now and in the worst case.</summary>
    private async Task<(ImmutableArray<(Capture, Mode, FactCertainty)> Now, ImmutableArray<Capture> Worst)> FactsAsync(
        Device device,
        string place = Lobby
    )
    {
        var notice = await city.Notice(place);
        return (
            [
                .. notice
                    .Now.Facts.Where(fact => fact.Technology == device.Technology)
                    .Select(fact => (fact.Capture, fact.Mode, fact.Certainty)),
            ],
            [.. notice.Worst.Facts.Where(fact => fact.Technology == device.Technology).Select(fact => fact.Capture)]
        );
    }

    private static (Capture, Mode, FactCertainty) MayRecord(Capture capture) => (capture, Mode.Recorded, FactCertainty.Unknown);

    [Fact]
    public async Task A_removed_camera_may_record_until_another_person_confirmed_its_absence()
    {
        var camera = await RegisterAsync("holding-cell-camera");
        await city.ApplyHeartbeat(camera.Id, RecordingVideo(Mode.Recorded));
        var removed = await ChangeAsync(camera, camera with { Lifecycle = Lifecycle.Removed });
        await city.ApplyDeath(camera.Id); // The broker ends its session.

        Assert.Equal([MayRecord(Capture.Video), MayRecord(Capture.Audio)], (await FactsAsync(camera)).Now);
        Assert.Equal(CameraSensors, (await FactsAsync(camera)).Worst);

        Assert.Equal(RefusalCodes.OwnChange, Assert.Single((await ConfirmAsync(removed, Lobby, Clerk)).Refusals).Code);
        Assert.Equal(2, (await FactsAsync(camera)).Now.Length);

        Assert.True((await ConfirmAsync(removed, Lobby, Inspector)).IsDone);
        Assert.Empty((await FactsAsync(camera)).Now);
        Assert.Empty((await FactsAsync(camera)).Worst);
        Assert.Equal(RefusalCodes.WrongState, Assert.Single((await ConfirmAsync(removed, Lobby, Inspector)).Refusals).Code);
    }

    [Fact]
    public async Task A_removed_camera_that_knocks_after_its_confirmation_may_record_again()
    {
        var camera = await RegisterAsync("interview-room-camera");
        await city.ApplyHeartbeat(camera.Id, RecordingVideo());
        var removed = await ChangeAsync(camera, camera with { Lifecycle = Lifecycle.Removed });
        await city.ApplyDeath(camera.Id);
        Assert.True((await ConfirmAsync(removed, Lobby, Inspector)).IsDone);
        Assert.Empty((await FactsAsync(camera)).Now);

        city.Time.Advance(TimeSpan.FromMinutes(1));
        await city.Partition(camera.Id).RecordKnock(camera.Number, city.Time.GetUtcNow());
        await city.Partition(camera.Id).Wake();
        Assert.Equal(city.Time.GetUtcNow(), (await city.Grains.Device(camera.Id).LastObservation())!.KnocksAt);
        Assert.Equal([MayRecord(Capture.Video), MayRecord(Capture.Audio)], (await FactsAsync(camera)).Now);

        city.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await ConfirmAsync(removed, Lobby, Clerk)).IsDone); // Nothing of this is the clerk's own change.
        Assert.Empty((await FactsAsync(camera)).Now);
    }

    [Fact]
    public async Task A_moved_camera_may_record_at_its_old_place_until_confirmed()
    {
        var camera = await RegisterAsync("traffic-camera");
        await city.ApplyHeartbeat(camera.Id, RecordingVideo());
        var moved = await ChangeAsync(camera, camera with { Place = Gate });

        Assert.Equal([MayRecord(Capture.Video), MayRecord(Capture.Audio)], (await FactsAsync(camera)).Now);
        Assert.Equal([(Capture.Video, Mode.Recorded, FactCertainty.Reported)], (await FactsAsync(camera, Gate)).Now);

        Assert.True((await ConfirmAsync(moved, Lobby, Inspector)).IsDone);
        Assert.Empty((await FactsAsync(camera)).Now);
        Assert.Single((await FactsAsync(camera, Gate)).Now);
    }

    [Fact]
    public async Task A_struck_microphone_may_record_until_another_person_confirmed_its_absence()
    {
        var camera = await RegisterAsync("public-cctv");
        await city.ApplyHeartbeat(camera.Id, RecordingVideo(Mode.Recorded));
        var struck = await ChangeAsync(camera, camera with { Sensors = [Capture.Video] });
        var video = (Capture.Video, Mode.Recorded, FactCertainty.Reported);
        Assert.Equal([video, (Capture.Audio, Mode.Recorded, FactCertainty.Reported)], (await FactsAsync(camera)).Now);

        await city.ApplyHeartbeat(camera.Id, default(CaptureReport).With(Capture.Video, Mode.Recorded));
        Assert.Equal([video, MayRecord(Capture.Audio)], (await FactsAsync(camera)).Now);

        Assert.True((await ConfirmAsync(struck, Lobby, Inspector)).IsDone);
        Assert.Equal([video], (await FactsAsync(camera)).Now);
    }

    [Fact]
    public async Task A_camera_that_was_planned_again_awaits_nothing_once_it_is_back()
    {
        var camera = await RegisterAsync("speed-camera");
        var planned = await ChangeAsync(camera, camera with { Lifecycle = Lifecycle.Planned });
        Assert.Equal([MayRecord(Capture.Video), MayRecord(Capture.Audio)], (await FactsAsync(camera)).Now);
        Assert.Single(await city.Memory.OfDeviceAsync(camera.Id, Cancellation), device => device.AwaitsConfirmation);

        var paused = await ChangeAsync(planned, camera with { Lifecycle = Lifecycle.Paused });
        Assert.DoesNotContain(await city.Memory.OfDeviceAsync(camera.Id, Cancellation), device => device.AwaitsConfirmation);
        Assert.Equal([MayRecord(Capture.Video), MayRecord(Capture.Audio)], (await FactsAsync(camera)).Now);

        var removed = await ChangeAsync(paused, camera with { Lifecycle = Lifecycle.Removed });
        Assert.True((await ConfirmAsync(removed, Lobby, Inspector)).IsDone);
        Assert.Empty((await FactsAsync(camera)).Now); // The red light camera of another test has the same technology.
    }

    [Fact]
    public async Task A_refused_heartbeat_leaves_its_named_captures_as_possible_after_a_restart_too()
    {
        var camera = await RegisterAsync("alpr-fixed");
        await city.ApplyHeartbeat(camera.Id, RecordingVideo());
        var reported = RecordingVideo().With(Capture.Faces, Mode.Recorded);
        await city.Partition(camera.Id).ApplyRejected(camera.Number, reported, CaptureSet.From(Capture.Faces), long.MaxValue, 0);
        await city.Partition(camera.Id).WaitUntilRecorded(camera.Number); // The broker answers now.
        Assert.Equal(
            CaptureSet.From(Capture.Faces),
            city.Memory.Recorded.Last(observation => observation.DeviceId == camera.Id).UnregisteredCaptures
        );
        var video = (Capture.Video, Mode.Recorded, FactCertainty.Reported);
        await city.Partition(camera.Id).Wake();
        Assert.Equal([video, MayRecord(Capture.Faces)], (await FactsAsync(camera)).Now);

        city.Memory.Owner++; // The next activation knows only what was recorded and logged.
        await city.ApplyHeartbeat(camera.Id, RecordingVideo(Mode.Live));
        await city.WakeUntil(
            camera.Id,
            memory => memory.Recorded.Last(observation => observation.DeviceId == camera.Id).Capture[Capture.Audio] == Mode.Live
        );
        await city.Partition(camera.Id).Wake(); // The place is notified, too.
        Assert.Equal([video, (Capture.Audio, Mode.Live, FactCertainty.Reported), MayRecord(Capture.Faces)], (await FactsAsync(camera)).Now);
    }

    [Fact]
    public async Task A_planned_camera_whose_first_heartbeat_is_refused_may_record()
    {
        var planned = Device.Of("gate-planned", "facility-camera", CameraSensors, Gate, null, "police", Lifecycle.Planned);
        planned = (await city.Memory.RegisterAsync(planned, Clerk, "", city.Time.GetUtcNow(), Cancellation)).Value!;
        await city.Grains.NotifyDeviceChangedAsync(planned);
        Assert.Empty((await FactsAsync(planned, Gate)).Now);

        await city.Partition(planned.Id).ApplyRejected(planned.Number, RecordingVideo(), default, -1, -1);
        await city.Partition(planned.Id).Wake();
        Assert.Equal([MayRecord(Capture.Video), MayRecord(Capture.Audio)], (await FactsAsync(planned, Gate)).Now);
    }

    [Fact]
    public async Task A_rejected_heartbeat_before_a_strike_and_a_move_does_not_hide_a_microphone()
    {
        var camera = await RegisterAsync("red-light-camera");
        await city.ApplyHeartbeat(camera.Id, RecordingVideo(Mode.Recorded)); // It names its microphone while that is registered.
        await city.Partition(camera.Id).ApplyRejected(camera.Number, default, default, long.MaxValue, 0);
        var struck = await ChangeAsync(camera, camera with { Sensors = [Capture.Video] });
        var moved = await ChangeAsync(struck, struck with { Place = Gate });

        Assert.Contains(MayRecord(Capture.Audio), (await FactsAsync(camera, Gate)).Now);
        Assert.Contains(Capture.Audio, (await FactsAsync(camera, Gate)).Worst);
        Assert.True((await ConfirmAsync(moved, Lobby, Inspector)).IsDone); // This says nothing about the gate.
        Assert.Empty((await FactsAsync(camera)).Now);
        Assert.Contains(MayRecord(Capture.Audio), (await FactsAsync(camera, Gate)).Now);
        Assert.True((await ConfirmAsync(moved, Gate, Inspector)).IsDone);
        Assert.DoesNotContain((await FactsAsync(camera, Gate)).Now, fact => fact.Item1 == Capture.Audio);
    }
}
