using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Presence.Partitions;

/// <summary>The state changes that one device, and the place that it covers, have not received yet.</summary>
internal sealed class PendingChanges
{
    private long _placeRequested;
    private long _placeUpdated;

    /// <summary>The changes that the device's grain has not recorded yet, oldest first.</summary>
    public Queue<DeviceObservation> Changes { get; } = new();

    /// <summary>The call that passes the changes on; completed while none runs.</summary>
    public Task Notification { get; set; } = Task.CompletedTask;

    /// <summary>The call that waits for the place; completed while none runs.</summary>
    public Task PlaceUpdate { get; set; } = Task.CompletedTask;

    /// <summary>True while the place has not received the last recorded change.</summary>
    public bool IsPlacePending => _placeUpdated != _placeRequested;

    /// <summary>True when the device and its place have received everything.</summary>
    public bool IsEmpty => Changes.Count == 0 && !IsPlacePending;

    /// <summary>Records that the place must receive a further change.</summary>
    public void RequestPlaceUpdate() => _placeRequested++;

    /// <summary>Waits until the place received every change that was requested before the call.</summary>
    public async Task AwaitPlaceAsync(Func<Task> waitForPlace)
    {
        var requested = _placeRequested;
        await waitForPlace();
        _placeUpdated = requested;
    }
}
