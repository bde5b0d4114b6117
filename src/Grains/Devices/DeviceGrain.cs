using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Grains.Devices;

/// <summary>
/// A unit: remembers what changed, then tells its place. The next change does not wait for the place, which may wait for the ledger: of
/// changes that came meanwhile the place hears the last. The rules that govern the unit are asked of the governance table.
/// </summary>
[GrainType("device")]
[CollectionAgeLimit(Minutes = 5)] // Most units change rarely: a million need not live here because each spoke once.
internal sealed class DeviceGrain(IDeviceRegister devices, IObservationRegister observations, IExpectedRegister expected, Sight sight, TimeProvider time) : Grain, IDeviceGrain
{
    private Device? _device;
    private DeviceObservation? _last, _placeKnows;
    private Task _tellingPlace = Task.CompletedTask;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var id = this.GetPrimaryKeyString();
        _device = await devices.FindAsync(id, cancellationToken);
        if (_device is not null)
            _last = (await observations.LastAsync(id, cancellationToken))?.Beside(_device.Sensors);
    }

    public async Task<Taken> Observed(DeviceObservation observation, long owner)
    {
        if (_device is null)
            return Taken.Told;
        var next = observation.Following(_last);
        if (next.DiffersFrom(_last))
        {
            if (!await observations.AppendAsync(next, time.GetUtcNow(), Device.PartitionOf(_device.Number), owner, CancellationToken.None))
                return Taken.NotOurs;
            _last = next;
        }

        return Settled().IsCompletedSuccessfully ? Taken.Told : Taken.PlaceWaits;
    }

    public Task Settled()
    {
        if (_device?.Place is not { } place || ReferenceEquals(_placeKnows, _last))
            return Task.CompletedTask;
        return _tellingPlace.IsCompleted ? _tellingPlace = TellPlace(place) : _tellingPlace;
    }

    private async Task TellPlace(string place)
    {
        while (_last is { } last && !ReferenceEquals(_placeKnows, last))
        {
            await GrainFactory.Place(place).Changed(last);
            _placeKnows = last;
        }
    }

    public async Task<DeviceObservation?> Last()
    {
        if (_device is null || _last is null)
            return null;
        if (sight.IsBlind)
            return Unseen();
        try
        {
            // Most heartbeats change nothing, and so do not come here: when the last one came, only the partition knows.
            var now = await GrainFactory.PartitionOf(_device).Observation(_device.Number, _device.Id);
            return now is null || now.Following(_last).DiffersFrom(_last) ? _last : _last with { LastHeardAt = now.LastHeardAt, Epoch = now.Epoch, Seq = now.Seq, SkewSeconds = now.SkewSeconds };
        }
#pragma warning disable CA1031 // Whatever the reason: the registry cannot see the unit now, and says so.
        catch (Exception)
#pragma warning restore CA1031
        {
            return Unseen();
        }
    }

    private DeviceObservation? Unseen() => new CoveringDevice(_device!, _last).Unseen().Last;

    public async Task Registered() => _device = await devices.FindAsync(this.GetPrimaryKeyString(), CancellationToken.None);

    public async Task<DeviceDescription?> Describe()
    {
        if (_device is null)
            return null;
        // All three are asked for at once.
        var (isExpected, last) = (expected.OfAsync(_device.Id, CancellationToken.None), Last());
        var governance = await GrainFactory.Governance();
        var day = governance.City.DayAt(time.GetUtcNow());
        return new DeviceDescription(_device, await last, day, Rows(governance, day)) { Expected = await isExpected };
    }

    public async Task<ImmutableArray<GovernanceRow>> GovernedBy(DateOnly day) => Rows(await GrainFactory.Governance(), day);

    private ImmutableArray<GovernanceRow> Rows(Governance governance, DateOnly day) =>
        _device is null ? [] : governance.Table.Governing(_device.Technology, _device.Department, day);
}
