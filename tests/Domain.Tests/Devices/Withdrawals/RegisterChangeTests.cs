using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Tests.Fixtures;

namespace SurveillanceRegistry.Domain.Tests.Devices.Withdrawals;

/// <summary>What a device takes along when the register changes, and what a confirmation ends.</summary>
public sealed class RegisterChangeTests
{
    private static readonly CaptureSet Audio = CaptureSet.From(Capture.Audio);
    private static readonly CaptureSet Video = CaptureSet.From(Capture.Video);
    private static readonly Device Camera = Device.Of(
        "lobby-cam-1",
        "facility-camera",
        [Capture.Video, Capture.Audio],
        "lobby",
        null,
        "police",
        Lifecycle.Active
    );
    private static readonly Device Deaf = Camera with { Sensors = [Capture.Video] };
    private static readonly Device Gone = Camera with { Lifecycle = Lifecycle.Removed };

    private static RegisterChange Change(Device before, Device after, params DeviceWithdrawals[] withdrawals) =>
        RegisterChange.Of(before, after, wasReceived: false, withdrawals);

    private static DeviceWithdrawals Open(string place, CaptureSet captures) =>
        new(Camera.Id, place, [new Withdrawal(7, captures, Generators.Noon, "st-clerk")], null);

    private static DeviceWithdrawals Confirmed(string place) => new(Camera.Id, place, [], Generators.Noon);

    [Fact]
    public void A_struck_sensor_moves_with_its_device_until_its_absence_is_confirmed()
    {
        var struck = Change(Camera, Deaf);
        Assert.Equal((Audio, default), (struck.Taken, struck.Carried));

        var moved = Change(Deaf, Deaf with { Place = "gate" }, Open("lobby", Audio));
        Assert.Equal((Video, Audio), (moved.Taken, moved.Carried));
        Assert.Equal((Video, default), Parts(Change(Deaf, Deaf with { Place = "gate" }, Confirmed("lobby"))));
    }

    [Fact]
    public void A_sensor_that_is_struck_by_a_move_may_have_moved_too()
    {
        var moved = Change(Camera, Deaf with { Place = "gate" });
        Assert.Equal((CaptureSet.From(Camera.Sensors), Audio), Parts(moved));
        Assert.Equal((Video, default), Parts(Change(Deaf, Deaf with { Place = "gate" }, Open("gate", Audio), Confirmed("lobby"))));
    }

    [Fact]
    public void A_device_that_returns_without_a_sensor_may_still_have_it()
    {
        // That a person saw no device at the lobby says nothing about what the device has.
        Assert.Equal((default, Audio), Parts(Change(Gone, Deaf with { Place = "gate" }, Confirmed("lobby"))));
        Assert.Equal((default, Audio), Parts(Change(Gone, Deaf, Confirmed("lobby"))));
        Assert.Equal((default, default), Parts(Change(Gone, Deaf, Open("lobby", Audio))));
        Assert.Equal((default, default), Parts(Change(Gone, Camera, Confirmed("lobby"))));
    }

    [Fact]
    public void A_sensor_that_is_struck_from_a_removed_device_is_remembered()
    {
        var struck = Change(Gone, Gone with { Sensors = Deaf.Sensors }, Confirmed("lobby"));
        Assert.Equal((default, default), Parts(struck));
        Assert.Equal(Audio, struck.After.Struck);

        var back = Change(struck.After, Deaf, Confirmed("lobby"));
        Assert.Equal((default, Audio), Parts(back));
        var planned = Deaf with { Lifecycle = Lifecycle.Planned, Struck = Audio };
        var moved = RegisterChange.Of(planned, planned with { Place = "gate" }, wasReceived: true, []);
        Assert.Equal((CaptureSet.From(Camera.Sensors), Audio), (moved.Taken, moved.After.Struck));
        Assert.Equal(default, back.After.Struck); // An open withdrawal remembers it from here on.
    }

    [Fact]
    public void A_planned_device_that_was_never_there_carries_nothing()
    {
        var planned = Camera with { Lifecycle = Lifecycle.Planned };
        Assert.Equal((default, default), Parts(Change(planned, Deaf)));
        Assert.Equal((Audio, default), Parts(RegisterChange.Of(planned, Deaf, wasReceived: true, [])));
        Assert.Equal(Audio, RegisterChange.Of(planned, Deaf with { Place = "gate" }, wasReceived: true, []).Carried);
    }

    private static (CaptureSet Taken, CaptureSet Carried) Parts(RegisterChange change) => (change.Taken, change.Carried);
}
