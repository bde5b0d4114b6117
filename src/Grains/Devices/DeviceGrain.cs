using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Devices;

/// <summary>A unit: remembers what changed, then tells its place. The rules that govern it are asked of the governance table.</summary>
[GrainType("device")]
internal sealed class DeviceGrain(IDeviceRegister devices, IObservationRegister observations, TimeProvider time) : Grain, IDeviceGrain
{
    private Device? _device;
    private DeviceObservation? _told;

    public override async Task OnActivateAsync(CancellationToken cancellationToken) =>
        _device = await devices.FindAsync(this.GetPrimaryKeyString(), cancellationToken);

    public async Task Observed(DeviceObservation observation)
    {
        if (_device is null || !observation.DiffersFrom(_told))
            return;
        _told = null; // Until all of it is done nobody can say what the place was told last.
        await observations.AppendAsync(observation, time.GetUtcNow(), CancellationToken.None);
        if (_device.Place is { } place)
            await GrainFactory.Place(place).Changed(observation);
        _told = observation;
    }

    public async Task<DeviceDescription?> Describe()
    {
        if (_device is null)
            return null;
        var governance = await GrainFactory.Governance();
        var known = await GrainFactory.PartitionOf(_device.Id).Observations();
        var day = governance.City.DayAt(time.GetUtcNow());
        return new DeviceDescription(_device, known.FirstOrDefault(observation => observation.DeviceId == _device.Id), day, Rows(governance, day));
    }

    public async Task<ImmutableArray<GovernanceRow>> GovernedBy(DateOnly day) => Rows(await GrainFactory.Governance(), day);

    private ImmutableArray<GovernanceRow> Rows(Governance governance, DateOnly day) =>
        _device is null ? [] : governance.Table.Governing(_device.Technology, _device.Department, day);
}
