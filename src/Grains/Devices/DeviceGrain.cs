using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Grains.Devices;

/// <summary>
/// Records the state changes of one device, then notifies its place. The next change does not wait for the place, which may wait for the
/// ledger: the place receives only the last of the changes that arrived meanwhile.
/// </summary>
[GrainType("device")]
[CollectionAgeLimit(Minutes = 5)] // Most devices change rarely: a million need not stay in memory because each changed once.
internal sealed class DeviceGrain(
    IDeviceRegister devices,
    IObservationRegister observations,
    IExpectedStateRegister expectedStates,
    IWithdrawalRegister withdrawals,
    IngestHealthMonitor health,
    IHostApplicationLifetime lifetime,
    TimeProvider time
) : Grain, IDeviceGrain
{
    private Device? _device;
    private DeviceObservation? _last;

    // The observation that the place received last; another reference than _last while the place is behind.
    private DeviceObservation? _placeObservation;
    private Task _placeNotification = Task.CompletedTask;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var id = this.GetPrimaryKeyString();
        _device = await devices.FindAsync(id, cancellationToken);
        if (_device is not null)
            _last = (await observations.LastAsync(id, cancellationToken))?.WithDerivedUnregistered(_device.Sensors);
    }

    public async Task<ChangeResult> RecordChange(DeviceObservation observation, long owner)
    {
        if (_device is null)
            return ChangeResult.Recorded;
        var next = observation.MergedWith(_last);
        if (next.DiffersFrom(_last))
        {
            if (!await observations.AppendAsync(next, time.GetUtcNow(), Device.PartitionOf(_device.Number), owner, CancellationToken.None))
                return ChangeResult.OwnershipLost;
            _last = next;
        }

        return WaitForPlace().IsCompletedSuccessfully ? ChangeResult.Recorded : ChangeResult.RecordedPlacePending;
    }

    public Task WaitForPlace()
    {
        if (_device?.Place is not { } place || ReferenceEquals(_placeObservation, _last))
            return Task.CompletedTask;
        if (_placeNotification.IsCompleted)
            _placeNotification = NotifyPlace(place);
        // A silo that stops waits for the calls of its grains. The place may wait for the ledger, or for a grain that stopped before.
        return _placeNotification.WaitAsync(lifetime.ApplicationStopping);
    }

    public async Task<DeviceObservation?> LastObservation()
    {
        if (_device is null || _last is null)
            return null;
        if (health.CannotObserve)
            return AsUnobserved();
        try
        {
            return _last.WithLiveTimes(_device, await GrainFactory.PartitionOf(_device).FindObservation(_device.Number, _device.Id));
        }
        catch (Exception)
        {
            // Without its partition the registry cannot observe the device, whatever the reason.
            return AsUnobserved();
        }
    }

    public async Task ReloadDevice() => _device = await devices.FindAsync(this.GetPrimaryKeyString(), CancellationToken.None);

    public async Task<DeviceDescription?> Describe()
    {
        if (_device is null)
            return null;
        // The four answers do not depend on each other: all are requested before the first is awaited.
        var expected = expectedStates.FindAsync(_device.Id, CancellationToken.None);
        var withdrawn = withdrawals.OpenOfAsync([_device.Id], CancellationToken.None);
        var last = LastObservation();
        var governance = await GrainFactory.Governance();
        var day = governance.City.DayAt(time.GetUtcNow());
        return new DeviceDescription(_device, await last, day, RowsGoverning(governance, day))
        {
            Expected = await expected,
            Withdrawn = (await withdrawn).GetValueOrDefault(_device.Id, []),
        };
    }

    public async Task<ImmutableArray<GovernanceRow>> GovernedBy(DateOnly day) => RowsGoverning(await GrainFactory.Governance(), day);

    private async Task NotifyPlace(string place)
    {
        while (_last is { } last && !ReferenceEquals(_placeObservation, last))
        {
            await GrainFactory.Place(place).RecordObservation(last);
            _placeObservation = last;
        }
    }

    private DeviceObservation? AsUnobserved() => new CoveringDevice(_device!, _last).AsUnobserved().Last;

    private ImmutableArray<GovernanceRow> RowsGoverning(GovernanceSnapshot governance, DateOnly day) =>
        _device is null ? [] : governance.Table.Governing(_device.Technology, _device.Department, day);
}
