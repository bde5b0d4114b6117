using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Grains.Devices;

/// <summary>
/// Describes a page of devices as their grains would, with one query for all and without waking a grain for each: a stranger may ask for
/// any page, and a sleeping grain costs two queries.
/// </summary>
public sealed class DeviceListReader(
    IObservationRegister observations,
    IExpectedStateRegister expectedStates,
    IWithdrawalRegister withdrawals,
    IGrainFactory grains,
    IngestHealthMonitor health,
    TimeProvider time
)
{
    /// <summary>What is known of each device now, in the order of the page.</summary>
    public async Task<ImmutableArray<(Device Device, DeviceObservation? Last)>> ObserveAsync(
        IReadOnlyCollection<Device> page,
        CancellationToken cancellationToken
    )
    {
        var last = await observations.LastOfAsync([.. page.Select(device => device.Id)], cancellationToken);
        return
        [
            .. await Task.WhenAll(page.Select(async device => (device, await ObserveAsync(device, last.GetValueOrDefault(device.Id))))),
        ];
    }

    /// <summary>Adds the rules that govern each device, its expected state, and what was withdrawn of it.</summary>
    public async Task<ImmutableArray<DeviceDescription>> DescribeAsync(
        IReadOnlyCollection<(Device Device, DeviceObservation? Last)> page,
        CancellationToken cancellationToken
    )
    {
        var governance = await grains.Governance();
        var day = governance.City.DayAt(time.GetUtcNow());
        string[] ids = [.. page.Select(one => one.Device.Id)];
        var expected = await expectedStates.FindAllAsync(ids, cancellationToken);
        var withdrawn = await withdrawals.OpenOfAsync(ids, cancellationToken);
        var rows = new Dictionary<(string, string), ImmutableArray<GovernanceRow>>();
        return [.. page.Select(one => Describe(one.Device, one.Last))];

        DeviceDescription Describe(Device device, DeviceObservation? observed)
        {
            var key = (device.Technology, device.Department);
            if (!rows.TryGetValue(key, out var governing))
                rows[key] = governing = governance.Table.Governing(device.Technology, device.Department, day);
            return new DeviceDescription(device, observed, day, governing)
            {
                Expected = expected.GetValueOrDefault(device.Id),
                Withdrawn = withdrawn.GetValueOrDefault(device.Id, []),
            };
        }
    }

    private async Task<DeviceObservation?> ObserveAsync(Device device, DeviceObservation? recorded)
    {
        if (recorded?.WithDerivedUnregistered(device.Sensors) is not { } last)
            return null;
        if (health.CannotObserve)
            return new CoveringDevice(device, last).AsUnobserved().Last;
        try
        {
            return last.WithLiveTimes(device, await grains.PartitionOf(device).FindObservation(device.Number, device.Id));
        }
        catch (Exception)
        {
            // Without its partition the registry cannot observe the device, whatever the reason.
            return new CoveringDevice(device, last).AsUnobserved().Last;
        }
    }
}

/// <summary>Joins what is recorded of a device with what its partition knows.</summary>
internal static class LiveObservation
{
    /// <summary>
    /// The recorded observation with the time of the newest heartbeat. Most heartbeats change nothing and are not recorded: only the
    /// partition knows when the last one arrived. If the partition knows a change that is not recorded yet, what differs is in doubt: the
    /// heartbeat is acknowledged, and recording the change may take long.
    /// </summary>
    /// <param name="now">What the partition knows; null when it never heard the device.</param>
    public static DeviceObservation? WithLiveTimes(this DeviceObservation last, Device device, DeviceObservation? now)
    {
        // The end of a state counts before it is recorded: a notice must not say any longer that the device reports it.
        if (last.IsHeard && now is not { IsHeard: true })
            return now?.MergedWith(last) ?? new CoveringDevice(device, last).AsUnobserved().Last;
        if (now is null)
            return last;
        if (now.MergedWith(last).DiffersFrom(last))
            return last with
            {
                Capture = last.Capture.AgreeingWith(now.Capture),
                UnregisteredCaptures = (last.UnregisteredCaptures ?? default).Union(now.UnregisteredCaptures ?? default),
            };
        return last with { LastHeardAt = now.LastHeardAt, Epoch = now.Epoch, Seq = now.Seq, SkewSeconds = now.SkewSeconds };
    }
}
