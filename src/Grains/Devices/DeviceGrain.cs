using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Grains.Devices;

/// <summary>
/// A unit: remembers what changed, then tells its place. The next change does not wait for the place, which may wait for the ledger: of
/// changes that came meanwhile the place hears the last. The rules that govern the unit are asked of the governance table.
/// </summary>
[GrainType("device")]
[CollectionAgeLimit(Minutes = 5)] // Most units change rarely: a million need not live here because each spoke once.
internal sealed class DeviceGrain(
    IDeviceRegister devices,
    IObservationRegister observations,
    IExpectedStateRegister expected,
    IngestHealthMonitor sight,
    TimeProvider time
) : Grain, IDeviceGrain
{
    private Device? _device;
    private DeviceObservation? _last,
        _placeObservation;
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
        return _placeNotification.IsCompleted ? _placeNotification = NotifyPlace(place) : _placeNotification;
    }

    private async Task NotifyPlace(string place)
    {
        while (_last is { } last && !ReferenceEquals(_placeObservation, last))
        {
            await GrainFactory.Place(place).RecordObservation(last);
            _placeObservation = last;
        }
    }

    public async Task<DeviceObservation?> LastObservation()
    {
        if (_device is null || _last is null)
            return null;
        if (sight.CannotObserve)
            return AsUnobserved();
        try
        {
            // Most heartbeats change nothing, and so do not come here: when the last one came, only the partition knows.
            var now = await GrainFactory.PartitionOf(_device).FindObservation(_device.Number, _device.Id);
            return now is null || now.MergedWith(_last).DiffersFrom(_last)
                ? _last
                : _last with
                {
                    LastHeardAt = now.LastHeardAt,
                    Epoch = now.Epoch,
                    Seq = now.Seq,
                    SkewSeconds = now.SkewSeconds,
                };
        }
        catch (Exception)
        {
            // Whatever the reason: the registry cannot see the unit now, and says so.
            return AsUnobserved();
        }
    }

    private DeviceObservation? AsUnobserved() => new CoveringDevice(_device!, _last).Unseen().Last;

    public async Task ReloadDevice() => _device = await devices.FindAsync(this.GetPrimaryKeyString(), CancellationToken.None);

    public async Task<DeviceDescription?> Describe()
    {
        if (_device is null)
            return null;
        // All three are asked for at once.
        var (isExpected, last) = (expected.FindAsync(_device.Id, CancellationToken.None), LastObservation());
        var governance = await GrainFactory.Governance();
        var day = governance.City.DayAt(time.GetUtcNow());
        return new DeviceDescription(_device, await last, day, Rows(governance, day)) { Expected = await isExpected };
    }

    public async Task<ImmutableArray<GovernanceRow>> GovernedBy(DateOnly day) => Rows(await GrainFactory.Governance(), day);

    private ImmutableArray<GovernanceRow> Rows(GovernanceSnapshot governance, DateOnly day) =>
        _device is null ? [] : governance.Table.Governing(_device.Technology, _device.Department, day);
}
