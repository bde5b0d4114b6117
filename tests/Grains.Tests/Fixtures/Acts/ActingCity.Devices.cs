using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Grains.Tests.Fixtures.Acts;

/// <summary>What devices send, and how the broker passes it on.</summary>
internal sealed partial class ActingCity
{
    private async Task<bool> ActOfDeviceAsync(DeviceModel model, RandomAct act)
    {
        var exact = ReportOf(model.Device.Sensors, act.Captures);
        var any = ReportOf(SomeOf(model.Device, act.Choice), act.Captures);
        switch (act.Kind)
        {
            case ActKind.Heartbeat:
                return await SendAsync(model, exact);
            case ActKind.VendorReport:
                return await SendAsync(model, any);
            case ActKind.RetainedReport:
                return await SendAsync(model, any, provesLife: false);
            case ActKind.Rejected:
                return await RejectAsync(model, any);
            case ActKind.Unreadable:
                return await RejectAsync(model, default);
            case ActKind.OutOfOrder:
                return await ReceiveAsync(model, model.Epoch, Math.Max(0, model.Seq - 1 - act.Choice % 2), model.Session, exact);
            case ActKind.Repeated:
                return model.Newest is not { } newest || await RepeatAsync(model, newest, act.Choice % 2 == 0);
            case ActKind.OlderSession:
                return await ReceiveAsync(model, model.Epoch, ++model.Seq, Math.Max(1, model.Session - 1), exact);
            case ActKind.Reboot:
                return Boot(model, model.Epoch + 1);
            case ActKind.RebootWithOlderClock:
                return Boot(model, Math.Max(0, model.Epoch - 1 - act.Choice % 3));
            case ActKind.Reconnect:
                model.Session++;
                return true;
            case ActKind.Death:
                return await DieAsync(model, model.Session);
            case ActKind.DeathOfOlderSession:
                return await DieAsync(model, model.Session - 1);
            case ActKind.Farewell:
                await Partition(model).RecordSessionEnd(model.Device.Number, model.Session, SessionEnd.Farewell);
                return true;
            case ActKind.Knock:
                return await KnockAsync(model);
            default:
                return false;
        }
    }

    private static bool Boot(DeviceModel model, long epoch)
    {
        (model.Epoch, model.Seq) = (epoch, 0);
        model.Session++;
        return true;
    }

    private Task<bool> SendAsync(DeviceModel model, CaptureReport report, bool provesLife = true) =>
        ReceiveAsync(model, model.Epoch, ++model.Seq, model.Session, report, provesLife);

    /// <summary>A durable heartbeat. The broker passes on none of a removed device: only what it names, and a knock.</summary>
    private async Task<bool> ReceiveAsync(
        DeviceModel model,
        long epoch,
        long seq,
        long session,
        CaptureReport report,
        bool provesLife = true
    )
    {
        var device = model.Device;
        if (device.Lifecycle is Lifecycle.Removed)
            return await RejectAsync(model, report);
        var heartbeat = new Heartbeat(device.Number, device.Id, epoch, seq, Now, null, report, Health.Ok, "1.0", null, session)
        {
            ProvesLife = provesLife,
            UnregisteredCaptures = CaptureSet.From(report.Captures.Except(device.Sensors)),
        };
        _city.Memory.Store(heartbeat);
        model.Receive(new DeviceMessage(true, model.Era, epoch, seq, session, report, provesLife, Now));
        await Partition(model).ApplyHeartbeats([heartbeat]);
        return true;
    }

    private Task<bool> RepeatAsync(DeviceModel model, DeviceMessage newest, bool isOnNewSession) =>
        ReceiveAsync(model, newest.Epoch, newest.Seq, isOnNewSession ? model.Session : newest.Session, newest.Report);

    private async Task<bool> RejectAsync(DeviceModel model, CaptureReport report)
    {
        var device = model.Device;
        var after = model.Newest is { } newest ? (newest.Epoch, newest.Seq) : (-1, -1); // As the broker knows it.
        if (device.Lifecycle is Lifecycle.Removed)
            await KnockAsync(model);
        model.Receive(new DeviceMessage(false, model.Era, 0, 0, model.Session, report, false, Now));
        var unregistered = CaptureSet.From(report.Captures.Except(device.Sensors));
        await Partition(model).ApplyRejected(device.Number, report, unregistered, after.Item1, after.Item2, model.Session);
        return true;
    }

    /// <summary>A sign-in of a removed device with a credential that was its own.</summary>
    private async Task<bool> KnockAsync(DeviceModel model)
    {
        if (model.Device.Lifecycle is not Lifecycle.Removed)
            return true;
        model.Knock(Now);
        await Partition(model).RecordKnock(model.Device.Number, Now);
        return true;
    }

    /// <summary>A session ends in a death. Of an older session, or before the first heartbeat, it says nothing.</summary>
    private async Task<bool> DieAsync(DeviceModel model, long session)
    {
        var newest = model.Newest;
        if (model.IsOrderInDoubt)
            return true; // Which session the death must end depends on whether the registry still knows of the newer one.
        if (newest is not null && newest.Era == model.Era && newest.Session == session)
            model.End();
        await Partition(model).ApplyDeath(model.Device.Number, newest?.Epoch ?? model.Epoch, session);
        return true;
    }

    private IPresencePartitionGrain Partition(DeviceModel model) => _city.Grains.PartitionOf(model.Device);
}
