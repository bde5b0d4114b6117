using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Places;

/// <summary>What a notice says of a device that the register took from its place.</summary>
public sealed class CoveringDeviceTests
{
    private static readonly Device Camera = Device.Of(
        "lobby-cam-1",
        "facility-camera",
        [Capture.Video, Capture.Audio],
        "lobby",
        null,
        "police",
        Lifecycle.Active
    );
    private static readonly CaptureReport Recording = CaptureReport.ForAll(Camera.Sensors, Mode.Recorded);

    private static DateTimeOffset At(double minutes) => Generators.Noon.AddMinutes(minutes);

    /// <summary>The camera after a change at 12:10, last heard at 12:05 or as given.</summary>
    private static CoveringDevice After(Device changed, PresenceState presence = PresenceState.Disconnected, double heardAt = 5)
    {
        var heartbeat = new Heartbeat(1, Camera.Id, 1, 1, At(heardAt), null, Recording, Health.Ok, "1.0", null);
        var last = DeviceObservation.FromFirstHeartbeat(heartbeat) with { Presence = presence };
        var taken = Withdrawal.TakenBy(Camera, changed, wasReceived: true);
        ImmutableArray<Withdrawal> open = taken.IsEmpty ? [] : [new Withdrawal(7, taken, At(10), "st-clerk")];
        return new CoveringDevice(changed, last) { Withdrawals = new DeviceWithdrawals(Camera.Id, "lobby", open, null) };
    }

    private static NoticeFact[] Facts(CoveringDevice covering) =>
        [.. NoticeFactComposer.Now([covering], [], Generators.Snapshot([]).Table, Generators.Today)];

    [Fact]
    public void A_removed_camera_is_told_as_reported_removed_since_it_was_last_heard()
    {
        var facts = Facts(After(Camera with { Lifecycle = Lifecycle.Removed }));
        Assert.Equal(Camera.Sensors, facts.Select(fact => fact.Capture));
        Assert.All(
            facts,
            fact =>
                Assert.Equal(
                    (Mode.Recorded, FactCertainty.Unknown, At(5), At(10)),
                    (fact.Mode, fact.Certainty, fact.Since, fact.WithdrawnSince)
                )
        );
    }

    [Fact]
    public void A_moved_camera_that_is_heard_elsewhere_is_not_certain_at_its_old_place()
    {
        var moved = After(Camera with { Place = "gate", Sensors = [Capture.Video] }, PresenceState.Online, heardAt: 30);
        Assert.All(
            Facts(moved),
            fact =>
                Assert.Equal(
                    (Mode.Recorded, FactCertainty.Unknown, At(10), At(10)),
                    (fact.Mode, fact.Certainty, fact.Since, fact.WithdrawnSince)
                )
        );
        Assert.Equal(2, Facts(moved).Length);
    }

    [Fact]
    public void A_struck_sensor_is_told_as_removed_and_the_others_are_not()
    {
        var struck = After(Camera with { Sensors = [Capture.Video] }, PresenceState.Online);
        Assert.Equal([(Capture.Video, null), (Capture.Audio, At(10))], Facts(struck).Select(fact => (fact.Capture, fact.WithdrawnSince)));
    }

    [Fact]
    public void A_confirmed_removal_counts_again_after_a_later_knock_only()
    {
        var gone = After(Camera with { Lifecycle = Lifecycle.Removed });
        gone = gone with { Withdrawals = gone.Withdrawals! with { Open = [], ConfirmedAt = At(20) } };
        Assert.False(gone.IsInScope);
        Assert.False((gone with { Last = gone.Last! with { KnocksAt = At(19) } }).IsInScope);
        Assert.True((gone with { Last = gone.Last! with { KnocksAt = At(21) } }).IsInScope);
    }

    [Fact]
    public void Only_what_a_device_covered_is_taken_from_its_place()
    {
        CaptureSet Taken(Device before, Device after, bool wasReceived = false) => Withdrawal.TakenBy(before, after, wasReceived);
        var all = CaptureSet.From(Camera.Sensors);
        var planned = Camera with { Lifecycle = Lifecycle.Planned };
        Assert.Equal(default, Taken(Camera, Camera with { Lifecycle = Lifecycle.Paused, Department = "transportation" }));
        Assert.Equal(CaptureSet.From(Capture.Audio), Taken(Camera, Camera with { Sensors = [Capture.Video, Capture.Faces] }));
        Assert.Equal(all, Taken(Camera, planned));
        Assert.Equal(default, Taken(planned, Camera with { Lifecycle = Lifecycle.Removed }));
        Assert.Equal(all, Taken(planned, Camera with { Lifecycle = Lifecycle.Removed }, wasReceived: true));
        Assert.Equal(default, Taken(Camera with { Lifecycle = Lifecycle.Removed }, Camera with { Place = "gate" }));
        Assert.Equal(default, Taken(Camera with { Place = null, Fleet = "patrol" }, planned with { Place = null, Fleet = "other" }));
    }

    [Fact]
    public void No_person_confirms_their_own_change_and_nothing_is_confirmed_twice()
    {
        var open = After(Camera with { Lifecycle = Lifecycle.Removed }).Withdrawals!;
        var (clerk, inspector) = (new Attribution("device-clerk", null, "st-clerk"), new Attribution("posting-inspector", null, "st-2"));
        Assert.Equal(RefusalCodes.OwnChange, open.CheckConfirmation(clerk)?.Code);
        Assert.Null(open.CheckConfirmation(inspector));
        Assert.Equal(RefusalCodes.WrongState, (open with { Open = [], ConfirmedAt = At(20) }).CheckConfirmation(inspector)?.Code);
    }
}
