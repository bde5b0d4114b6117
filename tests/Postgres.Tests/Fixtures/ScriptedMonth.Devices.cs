using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Devices.Facts;
using SurveillanceRegistry.Postgres.Places;
using SurveillanceRegistry.Postgres.Presence;
using SurveillanceRegistry.Postgres.Registers;

namespace SurveillanceRegistry.Postgres.Tests.Fixtures;

/// <summary>What happens to the devices, and what they sign in with.</summary>
public partial class ScriptedMonth
{
    private async Task RunDevicesAsync()
    {
        var devices = new DeviceRegister(Database.Source);
        var enrolment = new EnrolmentRegisters(Database.Source);
        var recorder = new Gateway("recorder-1", "police", "lobby-recorder");
        await enrolment.Gateways.RegisterAsync(recorder, Clerk, "new", Now, Cancellation);
        await enrolment.Gateways.RegisterAsync(new Gateway("recorder-2", "police", null), Clerk, "new", Now, Cancellation);
        await enrolment.Gateways.ChangeAsync(recorder with { Removed = true }, 1, Clerk, "broken", Now, Cancellation);

        var camera = Device.Of("gate-cam-1", "facility-camera", [Capture.Video], "gate", null, "police", Lifecycle.Planned) with
        {
            Gateway = "recorder-2",
            OwnDeadlineSeconds = 120,
        };
        await devices.RegisterAsync(camera, Clerk, "new", Now, Cancellation);
        await devices.ChangeAsync(camera with { Lifecycle = Lifecycle.Active }, 1, Clerk, "mounted", Now, Cancellation);
        await devices.ChangeAsync(camera with { Sensors = [Capture.Video, Capture.Audio] }, 2, Clerk, "microphone", Now, Cancellation);
        await devices.ForgetEpochAsync(camera.Id, Clerk, "battery", Now, Cancellation);
        var gone = camera with { Id = "gate-cam-2", OwnDeadlineSeconds = null, Lifecycle = Lifecycle.Active };
        await devices.ImportAsync([], [gone], Clerk, "list", Now, Cancellation);
        await devices.ChangeAsync(gone with { Lifecycle = Lifecycle.Removed }, 1, Clerk, "stolen", Now, Cancellation);
        await WithdrawAsync(devices, camera with { Id = "gate-cam-3", OwnDeadlineSeconds = null, Lifecycle = Lifecycle.Active });

        var unit = Device.Of("unit-7", "body-worn", [Capture.Video, Capture.Audio], null, "patrol", "police", Lifecycle.Active);
        await devices.RegisterAsync(unit, Clerk, "new", Now, Cancellation);
        await devices.ChangeAsync(unit with { Lifecycle = Lifecycle.Paused }, 1, Clerk, "repair", Now, Cancellation);
        await devices.ForgetEpochAsync(unit.Id, Clerk, "battery", Now, Cancellation);
        await EnrolAsync(enrolment);
        var lists = new NamedListRegister(Database.Source);
        await lists.AddAsync(new ListedName(NamedList.Vendors, "Axis"), Clerk, "bought", Now, Cancellation);
        await MovePlacesAsync();
    }

    /// <summary>Adds, corrects and retires a place, and adds, moves and retires a screen.</summary>
    private async Task MovePlacesAsync()
    {
        var places = new PlaceInventory(Database.Source);
        var kiosks = new KioskInventory(Database.Source);
        var corner = new Place("corner", "Corner", "3 Main St", "the corner");
        await places.RegisterAsync(corner, new RegisterAct(Clerk, "new", Now), Cancellation);
        var since = SmallCity.Noon.AddDays(-1);
        await places.ChangeAsync(corner with { Name = "The corner" }, 1, new RegisterAct(Clerk, "its name", Now, since), Cancellation);
        await kiosks.RegisterAsync(new Kiosk("kiosk-3", "corner"), new RegisterAct(Clerk, "new", Now), Cancellation);
        await kiosks.ChangeAsync(
            new Kiosk("kiosk-3", "gate") { Glass = new Glass(1080, 1920, 398, 2_000) },
            1,
            new RegisterAct(Clerk, "moved", Now),
            Cancellation
        );
        await kiosks.ChangeAsync(new Kiosk("kiosk-3", "gate", Removed: true), 2, new RegisterAct(Clerk, "broken", Now), Cancellation);
        var retired = await places.ChangeAsync(
            corner with
            {
                IsRetired = true,
            },
            2,
            new RegisterAct(Clerk, "built over", Now),
            Cancellation
        );
        Assert.True(retired.IsDone);
    }

    /// <summary>Strikes two sensors, names one of them again, removes the device, and confirms that it is gone.</summary>
    private async Task WithdrawAsync(DeviceRegister devices, Device camera)
    {
        var withdrawals = new WithdrawalRegister(Database.Source);
        camera = camera with { Sensors = [Capture.Video, Capture.Stills, Capture.Audio] };
        await devices.RegisterAsync(camera, Clerk, "new", Now, Cancellation);
        await devices.ChangeAsync(camera with { Sensors = [Capture.Video] }, 1, Clerk, "struck", Now, Cancellation);
        await devices.ChangeAsync(camera with { Sensors = [Capture.Video, Capture.Audio] }, 2, Clerk, "put back", Now, Cancellation);
        await devices.ChangeAsync(camera with { Place = SmallCity.Lobby }, 3, Clerk, "moved", Now, Cancellation);
        await devices.ChangeAsync(camera, 4, Clerk, "moved back", Now, Cancellation);
        await devices.ChangeAsync(camera with { Lifecycle = Lifecycle.Removed }, 5, Clerk, "removed", Now, Cancellation);
        var inspector = _approver.AttributionAs(Role.PostingInspector);
        Assert.True((await withdrawals.ConfirmAsync(camera.Id, "gate", inspector, "seen", Now, Cancellation)).IsDone);
        var patrol = new FleetBase("patrol", "police", ["gate", SmallCity.Lobby]);
        Assert.True((await new FleetBaseRegister(Database.Source).SetAsync(patrol, Clerk, "moved in", Now, Cancellation)).IsDone);
        var fleets = new FleetInventory(Database.Source);
        var spare = new Fleet("spare", "Spare cars", "police", ["gate"]);
        await fleets.RegisterAsync(spare, new RegisterAct(Clerk, "new", Now), Cancellation);
        await fleets.ChangeAsync(spare with { IsRetired = true }, 1, new RegisterAct(Clerk, "sold", Now, Now.AddDays(-1)), Cancellation);
        var named = new Fleet("patrol", "Day patrol", "police", ["gate"]);
        Assert.True((await fleets.ChangeAsync(named, 2, new RegisterAct(Clerk, "its name", Now), Cancellation)).IsDone);
        Assert.True((await new FleetBaseRegister(Database.Source).SetAsync(patrol, Clerk, "moved again", Now, Cancellation)).IsDone);
    }

    private async Task EnrolAsync(EnrolmentRegisters enrolment)
    {
        foreach (var holder in new[] { "gate-cam-1", "recorder-2", "unit-7", "gate-cam-1" })
            await enrolment.Credentials.IssueSecretAsync(holder, NewHash(), Clerk, "", Now, Cancellation);
        await enrolment.Credentials.IssueSecretsAsync(
            [(SmallCity.Camera, NewHash()), (SmallCity.Reader, NewHash()), ("recorder-2", NewHash())],
            Clerk,
            "",
            Now,
            Cancellation
        );
        var certificate = NewHash();
        await enrolment.Credentials.RegisterCertificateAsync("gate-cam-1", certificate, Now.AddDays(1), Clerk, "", Now, Cancellation);
        await enrolment.Credentials.EndAsync("gate-cam-1", 2, Clerk, "", Now, Cancellation);
        var code = NewHash();
        await enrolment.Claims.CreateClaimAsync("gate-cam-1", code, Now.AddDays(1), Clerk, "", Now, Cancellation);
        await enrolment.Claims.ClaimAsync(code, NewHash(), Now, Cancellation);
        foreach (var holder in new[] { "recorder-2", "unit-7", "recorder-2", SmallCity.Camera })
            await enrolment.Claims.CreateClaimAsync(holder, NewHash(), Now.AddDays(1), Clerk, "", Now, Cancellation);
        await enrolment.Credentials.IssueSecretAsync(SmallCity.Camera, NewHash(), Clerk, "", Now, Cancellation);
        _time.Advance(TimeSpan.FromDays(2));
        await enrolment.Credentials.RegisterCertificateAsync("recorder-2", certificate, Now.AddDays(90), Clerk, "", Now, Cancellation);

        static byte[] NewHash() => DeviceSecret.Hash(DeviceSecret.New());
    }

    /// <summary>Records what the devices may do, first as if no rule were in force, as the registry that runs does.</summary>
    private async Task WorkOutExpectedAsync()
    {
        var expected = new ExpectedStateRegister(Database.Source);
        var governance = new GovernanceHistory(await _policies.RevisionsAsync(-1, Cancellation)).Current;
        await expected.RecordPassAsync(PassStep.Begun, _time.GetUtcNow(), Cancellation);
        await expected.RecordPassAsync(PassStep.Done, _time.GetUtcNow(), Cancellation);
        foreach (var day in new[] { DateOnly.MinValue, governance.City.DayAt(Now) })
        {
            foreach (var group in await expected.GroupsAsync(Cancellation))
            {
                var draft = ExpectedStateDraft.Create(
                    DeviceKind.Find(group.Kind)!.Technology,
                    group.Department,
                    group.Sensors,
                    group.IsActive,
                    governance.Table,
                    day
                );
                await expected.RecordAsync(group, draft, Now, Cancellation);
            }
        }
    }
}
