using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Tests.Fixtures.Acts;

/// <summary>What clerks and inspectors do, as the API and the staff pages do it for them.</summary>
internal sealed partial class ActingCity
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private async Task ActOfClerkAsync(DeviceModel model, RandomAct act)
    {
        var device = model.Device;
        var place = Places[act.Choice / 8 % Places.Length].Id;
        var sensors = SensorsOf(act.Captures);
        var clerk = Person("device-clerk", act.Choice % 2);
        if (Changed(device, act, place, sensors) is { } after)
        {
            await ChangeAsync(model, after, clerk);
            return;
        }

        switch (act.Kind)
        {
            case ActKind.Register when Models.Count < 8:
                await RegisterAsync(act, clerk);
                break;
            case ActKind.Confirm:
                await ConfirmAsync(model, act.Choice, Person("posting-inspector", 1));
                break;
            case ActKind.ConfirmAsClerk:
                await ConfirmAsync(model, act.Choice, clerk);
                break;
            case ActKind.ForgetEpoch:
                await _city.Memory.ForgetEpochAsync(device.Id, clerk, "", Now, Cancellation);
                model.Era++;
                await Partition(model).ForgetEpoch(device.Number);
                break;
            default:
                break;
        }
    }

    /// <summary>The device as an act changes it; null for any other act.</summary>
    private static Device? Changed(Device device, RandomAct act, string place, ImmutableArray<Capture> sensors) =>
        act.Kind switch
        {
            ActKind.Strike when device.Sensors.Length > 1 => device with
            {
                Sensors = device.Sensors.RemoveAt(act.Captures % device.Sensors.Length),
            },
            ActKind.AddSensor => device with { Sensors = [.. device.Sensors.Union([All[act.Captures % All.Length]])] },
            ActKind.Move => device with { Place = place },
            ActKind.MoveAndChangeSensors => device with { Place = place, Sensors = sensors },
            ActKind.Pause => device with { Lifecycle = Lifecycle.Paused },
            ActKind.Plan => device with { Lifecycle = Lifecycle.Planned },
            ActKind.Remove => device with { Lifecycle = Lifecycle.Removed },
            ActKind.Return when act.Choice % 3 == 0 => device with { Lifecycle = Lifecycle.Active, Place = place, Sensors = sensors },
            ActKind.Return => device with { Lifecycle = Lifecycle.Active },
            _ => null,
        };

    private async Task RegisterAsync(RandomAct act, Attribution clerk)
    {
        var device = Random(_name, Models.Count, act.Choice, act.Captures, Places);
        var registered = (await _city.Memory.RegisterAsync(device, clerk, "", Now, Cancellation)).Value!;
        Models.Add(new DeviceModel(registered));
        await _city.Grains.NotifyDeviceChangedAsync(registered);
    }

    private async Task ChangeAsync(DeviceModel model, Device after, Attribution clerk)
    {
        var before = model.Device;
        var version = (await _city.Memory.VersionAsync(before.Id, Cancellation))!.Value;
        var changed = (await _city.Memory.ChangeAsync(after, version, clerk, "", Now, Cancellation)).Value!;
        model.Change(changed);
        if (before.Place != changed.Place)
            await _city.Grains.Place(before.Place!).MarkDevicesChanged();
        await _city.Grains.NotifyDeviceChangedAsync(changed);
        // The broker ends the sessions of a removed device.
        if (changed.Lifecycle is Lifecycle.Removed)
            await Partition(model).RecordSessionEnd(changed.Number, model.Session, SessionEnd.NotAuthorized);
    }

    /// <summary>Confirms what awaits it at one of the places. A confirmation ends exactly what it names.</summary>
    private async Task ConfirmAsync(DeviceModel model, int choice, Attribution by)
    {
        var withdrawals = await _city.Memory.OfDeviceAsync(model.Device.Id, Cancellation);
        var awaiting = withdrawals.Where(device => device.AwaitsConfirmation).ToArray();
        if (awaiting.Length == 0)
            return;
        var confirmed = awaiting[choice / 16 % awaiting.Length];
        var outcome = await _city.Memory.ConfirmAsync(model.Device.Id, confirmed.Place, by, "Seen.", Now, Cancellation);
        Assert.True(outcome.IsDone || confirmed.Open.Any(open => open.By == by.Staff), "Another person may confirm.");
        if (!outcome.IsDone)
            return;
        model.Confirm(confirmed.Place, confirmed.Captures, Now);
        await _city.Grains.Place(confirmed.Place).MarkDevicesChanged();
    }
}
