using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>
/// Holds what is known of each unit of its partition, looks for silence once a second, and passes changes on to the units' grains.
/// May forget at any time: the heartbeat log did not. Reentrant, so that a place can ask while a change is on its way to it; no
/// invariant spans an await.
/// </summary>
[GrainType("presence-partition")]
[Reentrant]
[KeepAlive]
internal sealed class PresencePartitionGrain(
    IDeviceRegister devices, IHeartbeatLog log, IObservationRegister observations, TimeProvider time, ILogger<PresencePartitionGrain> logger)
    : Grain, IPresencePartitionGrain
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, DeviceObservation> _known = [];
    private readonly Dictionary<string, DeviceObservation> _changed = [];
    private Dictionary<string, Device> _devices = [];
    private Task _telling = Task.CompletedTask;

    private int Partition => (int)this.GetPrimaryKeyLong();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await LoadDevices(cancellationToken);
        foreach (var told in await observations.LatestAsync(Partition, cancellationToken))
            _known[told.DeviceId] = told;
        foreach (var heartbeat in await log.LatestAsync(Partition, cancellationToken))
            Learn(heartbeat.DeviceId, _known.TryGetValue(heartbeat.DeviceId, out var told) ? told.After(heartbeat) : DeviceObservation.First(heartbeat));
        this.RegisterGrainTimer(Sweep, new GrainTimerCreationOptions(SweepEvery, SweepEvery) { Interleave = true, KeepAlive = true });
    }

    public async Task Hear(ImmutableArray<Heartbeat> heartbeats)
    {
        if (heartbeats.Any(heartbeat => !_devices.ContainsKey(heartbeat.DeviceId)))
            await LoadDevices(CancellationToken.None);
        foreach (var heartbeat in heartbeats)
            Learn(heartbeat.DeviceId, _known.TryGetValue(heartbeat.DeviceId, out var known) ? known.After(heartbeat) : DeviceObservation.First(heartbeat));
        await Tell();
    }

    public Task Died(string deviceId, long epoch)
    {
        if (_known.TryGetValue(deviceId, out var known))
            Learn(deviceId, known.AfterDeath(epoch));
        return Tell();
    }

    public Task<ImmutableArray<DeviceObservation>> Observations()
    {
        LookForSilence();
        return Task.FromResult(_known.Values.ToImmutableArray());
    }

    private Task Sweep(CancellationToken cancellationToken)
    {
        LookForSilence();
        return Tell();
    }

    private void LookForSilence()
    {
        var now = time.GetUtcNow();
        foreach (var known in _known.Values.ToArray())
        {
            if (_devices.TryGetValue(known.DeviceId, out var device))
                Learn(known.DeviceId, known.At(now, device.KindOf));
        }
    }

    private void Learn(string deviceId, DeviceObservation learnt)
    {
        if (learnt.DiffersFrom(_known.GetValueOrDefault(deviceId)))
            _changed[deviceId] = learnt;
        _known[deviceId] = learnt;
    }

    /// <summary>Tells the devices what changed, newest only, one telling at a time: so each device hears in order.</summary>
    private Task Tell()
    {
        if (_telling.IsCompleted && _changed.Count > 0)
            _telling = TellAll();
        return _telling;
    }

    private async Task TellAll()
    {
        while (_changed.Count > 0)
        {
            var batch = _changed.Values.ToArray();
            _changed.Clear();
            var told = await Task.WhenAll(batch.Select(TellDevice));
            if (!told.All(success => success))
                return; // What could not be told waits in _changed for the next sweep.
        }
    }

    private async Task<bool> TellDevice(DeviceObservation change)
    {
        try
        {
            await GrainFactory.Device(change.DeviceId).Observed(change);
            return true;
        }
#pragma warning disable CA1031 // Whatever went wrong at one device, the others are told; this one is told again.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            logger.LogWarning(failure, "A change of device {Device} could not be passed on; it is passed on again within {Seconds} s.", change.DeviceId, SweepEvery.TotalSeconds);
            _changed.TryAdd(change.DeviceId, change);
            return false;
        }
    }

    private async Task LoadDevices(CancellationToken cancellationToken) =>
        _devices = (await devices.AllAsync(cancellationToken)).Where(device => Device.PartitionOf(device.Id) == Partition).ToDictionary(device => device.Id);
}
