using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Devices;

namespace SurveillanceRegistry.Grains.Presence.Partitions;

/// <summary>
/// Passes state changes of one partition on to the devices' grains, in order for each device, and tries again what failed. A change that
/// came from no heartbeat has only a device number; its id is looked up first. Not thread-safe: runs on the partition's scheduler.
/// </summary>
/// <param name="device">Returns the grain of a device by its id.</param>
/// <param name="observe">Returns what is known of a device now, by its number and id.</param>
/// <param name="onOwnershipLost">Called once, when another silo owns the partition.</param>
internal sealed class StateChangeNotifier(
    int partition,
    IDeviceRegister devices,
    ChangeConcurrencyLimiter limiter,
    IngestHealthMonitor health,
    PresenceMetrics metrics,
    ILogger logger,
    Func<string, IDeviceGrain> device,
    Func<int, string, DeviceObservation> observe,
    Action onOwnershipLost
)
{
    private readonly Dictionary<string, PendingChanges> _pendingChanges = new(StringComparer.Ordinal);
    private readonly HashSet<int> _pendingIdLookups = [];
    private readonly TaskCompletionSource _ownershipLost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _idLookup = Task.CompletedTask;

    /// <summary>The ownership number under which the partition's changes are recorded.</summary>
    public long Owner { get; set; }

    /// <summary>Queues a change of a device and begins to pass it on.</summary>
    public void Add(string deviceId, DeviceObservation observation)
    {
        if (!_pendingChanges.TryGetValue(deviceId, out var pending))
            _pendingChanges[deviceId] = pending = new PendingChanges();
        pending.Changes.Enqueue(observation);
        metrics.Changed(observation.Presence);
        Notify(deviceId, pending);
    }

    /// <summary>Queues a change of a device whose id is not known. Its state is read when the id was found.</summary>
    public void AddWithoutId(int number) => _pendingIdLookups.Add(number);

    /// <summary>
    /// Passes on the change of a device that waits for its id, if there is one. A heartbeat brings the id. The change, usually a death,
    /// must go before what the heartbeat changes.
    /// </summary>
    public void ResolveId(int number, string deviceId)
    {
        if (_pendingIdLookups.Count > 0 && _pendingIdLookups.Remove(number))
            Add(deviceId, observe(number, deviceId));
    }

    /// <summary>Begins to look up the ids that are missing, unless a look-up runs already.</summary>
    public void StartIdLookup()
    {
        if (_pendingIdLookups.Count > 0 && _idLookup.IsCompleted)
            _idLookup = LookUpIdsAsync();
    }

    /// <summary>Begins again with everything that could not be passed on.</summary>
    public void Retry()
    {
        StartIdLookup();
        if (_pendingChanges.Count == 0)
            return;
        foreach (var (deviceId, pending) in _pendingChanges.ToArray())
            Notify(deviceId, pending);
    }

    /// <summary>
    /// Returns when every change of a device is recorded. Throws <see cref="TimeoutException"/> if an attempt that began after the call
    /// fails.
    /// </summary>
    public async Task WaitUntilRecordedAsync(int number)
    {
        // What runs already may have begun while the register was out of reach: its failure says nothing about now.
        var isUnderWay = !_idLookup.IsCompleted || _pendingChanges.Values.Any(pending => !pending.Notification.IsCompleted);
        if (await IsRecordedAsync(number) || isUnderWay && await IsRecordedAsync(number))
            return;
        throw new TimeoutException("A state change of the device could not be recorded yet.");
    }

    /// <summary>Waits for the attempt that runs, or for a new one. Returns whether every change of the device is recorded.</summary>
    private async Task<bool> IsRecordedAsync(int number)
    {
        Retry();
        await _idLookup;
        var id = _pendingChanges.Count > 0 ? (await devices.IdsAsync([number], CancellationToken.None)).GetValueOrDefault(number) : null;
        if (id is not null && _pendingChanges.TryGetValue(id, out var pending))
            await pending.Notification;
        return !_pendingIdLookups.Contains(number)
            && (id is null || !_pendingChanges.TryGetValue(id, out pending) || pending.Changes.Count == 0);
    }

    /// <summary>
    /// Returns when every pending change was passed on to its device and its place, or one attempt to do so failed, or the ownership of
    /// the partition is lost.
    /// </summary>
    public async Task WaitForAllAsync()
    {
        // A deactivating grain finishes running calls and queues new ones. This call would wait for the place, and the place for this
        // grain: a deadlock until Orleans' response timeout.
        await await Task.WhenAny(PassOnAllAsync(), _ownershipLost.Task);
    }

    private async Task PassOnAllAsync()
    {
        Retry();
        await _idLookup;
        await Task.WhenAll(_pendingChanges.Values.Select(pending => pending.Notification).ToArray());
        await Task.WhenAll(_pendingChanges.Values.Select(pending => pending.PlaceUpdate).ToArray());
    }

    private async Task LookUpIdsAsync()
    {
        try
        {
            while (_pendingIdLookups.Count > 0)
            {
                var numbers = _pendingIdLookups.ToArray();
                var ids = await devices.IdsAsync(numbers, CancellationToken.None);
                foreach (var number in numbers)
                {
                    if (_pendingIdLookups.Remove(number) && ids.TryGetValue(number, out var id))
                        Add(id, observe(number, id));
                }
            }
        }
        catch (Exception failure)
        {
            // While the registry cannot observe, the health monitor logs it once a second; 256 partitions need not repeat it.
            if (!health.CannotObserve)
                logger.LogWarning(
                    "{Count} state changes in partition {Partition} wait for the device register ({Reason}); it is asked again.",
                    _pendingIdLookups.Count,
                    partition,
                    failure.Message
                );
        }
    }

    /// <summary>Starts what does not run yet: passing the changes on, and waiting for the place beside it.</summary>
    private void Notify(string deviceId, PendingChanges pending)
    {
        if (pending.Changes.Count > 0 && pending.Notification.IsCompleted)
            pending.Notification = NotifyDeviceAsync(deviceId, pending);
        if (pending.IsPlacePending && pending.PlaceUpdate.IsCompleted)
            pending.PlaceUpdate = WaitForPlaceAsync(deviceId, pending);
    }

    private async Task NotifyDeviceAsync(string deviceId, PendingChanges pending)
    {
        try
        {
            while (!_ownershipLost.Task.IsCompleted && pending.Changes.TryPeek(out var change))
            {
                ChangeResult result;
                using (await limiter.EnterAsync())
                    result = await device(deviceId).RecordChange(change, Owner);
                if (result == ChangeResult.OwnershipLost)
                {
                    LoseOwnership();
                    return;
                }

                pending.Changes.Dequeue();
                if (result == ChangeResult.RecordedPlacePending)
                    pending.RequestPlaceUpdate();
                Notify(deviceId, pending);
            }

            RemoveIfEmpty(deviceId, pending);
        }
        catch (Exception failure)
        {
            // A failure at one device must not hold up the others.
            logger.LogWarning(
                "A change of a device in partition {Partition} could not be passed on ({Reason}); it is passed on again within a second.",
                partition,
                failure.GetType().Name
            );
        }
    }

    private void LoseOwnership()
    {
        if (!_ownershipLost.TrySetResult())
            return;
        logger.LogWarning("Partition {Partition} belongs to another silo now; this activation stops.", partition);
        onOwnershipLost();
    }

    /// <summary>Waits until the device's place received its changes. The device's next change does not wait for it.</summary>
    private async Task WaitForPlaceAsync(string deviceId, PendingChanges pending)
    {
        try
        {
            while (pending.IsPlacePending)
                await pending.AwaitPlaceAsync(() => device(deviceId).WaitForPlace());
            RemoveIfEmpty(deviceId, pending);
        }
        catch (Exception failure)
        {
            logger.LogWarning(
                "The place of a device in partition {Partition} could not be notified ({Reason}); it is notified again within a second.",
                partition,
                failure.GetType().Name
            );
        }
    }

    private void RemoveIfEmpty(string deviceId, PendingChanges pending)
    {
        if (pending.IsEmpty)
            _pendingChanges.Remove(deviceId);
    }
}
