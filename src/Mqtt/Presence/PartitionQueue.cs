using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt.Presence;

/// <summary>What waits for one partition, in the order in which it came. The caller locks the queue itself.</summary>
internal sealed class PartitionQueue
{
    private readonly Dictionary<int, int> _positions = []; // The index in _heartbeats of each device's last heartbeat.
    private List<Heartbeat> _heartbeats = [];

    public List<PartitionMessage> Messages { get; } = [];

    /// <summary>Whether a call to the partition is in flight.</summary>
    public bool IsCalling { get; set; }

    /// <summary>Whether the queue holds more than repetitions, so that it is forwarded at once.</summary>
    public bool HasWork { get; set; }

    public bool IsEmpty => _heartbeats.Count + Messages.Count == 0;

    /// <summary>Adds a heartbeat. It replaces the device's last one if both report the same.</summary>
    public void Enqueue(Heartbeat heartbeat)
    {
        if (_positions.TryGetValue(heartbeat.Number, out var position) && heartbeat.ReportsSameAs(_heartbeats[position]))
        {
            if (heartbeat.IsAfter(_heartbeats[position].Epoch, _heartbeats[position].Seq))
                _heartbeats[position] = heartbeat;
            return;
        }

        _positions[heartbeat.Number] = _heartbeats.Count;
        _heartbeats.Add(heartbeat);
    }

    /// <summary>Takes everything out of the queue.</summary>
    public (List<Heartbeat> Heartbeats, List<PartitionMessage> Messages) Dequeue()
    {
        List<PartitionMessage> messages = [.. Messages];
        var heartbeats = _heartbeats;
        _heartbeats = [];
        _positions.Clear();
        Messages.Clear();
        HasWork = false;
        return (heartbeats, messages);
    }

    /// <summary>Puts back what could not be forwarded, before what came meanwhile.</summary>
    public void Requeue(List<Heartbeat> heartbeats, List<PartitionMessage> messages)
    {
        var meanwhile = _heartbeats;
        _heartbeats = [];
        _positions.Clear();
        foreach (var heartbeat in heartbeats)
            Enqueue(heartbeat);
        foreach (var heartbeat in meanwhile)
            Enqueue(heartbeat);
        Messages.InsertRange(0, messages);
        HasWork = true;
    }
}
