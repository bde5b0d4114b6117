namespace SurveillanceRegistry.Grains.Presence.Partitions;

/// <summary>A death that a partition applied. <paramref name="AtMs"/> is monotonic time in milliseconds.</summary>
internal readonly record struct RecentDeath(int Number, long Epoch, long Session, long AtMs);

/// <summary>
/// The deaths of the last moments, oldest first. A mass disconnect among them means that the fault was probably the registry's own; the
/// partition then retracts them.
/// </summary>
/// <param name="windowMs">How far apart a death and a mass disconnect may be to have one cause, in milliseconds.</param>
internal sealed class RecentDeaths(long windowMs)
{
    private readonly Queue<RecentDeath> _deaths = new();

    public void Add(RecentDeath death) => _deaths.Enqueue(death);

    /// <summary>
    /// Removes and returns the deaths that belong to the mass disconnect. Also drops those that are too old to belong to a later one.
    /// </summary>
    public IEnumerable<RecentDeath> TakeRetracted(long nowMs, long massDisconnectAtMs)
    {
        while (_deaths.TryPeek(out var death) && (IsPartOf(death, massDisconnectAtMs) || nowMs - death.AtMs > windowMs))
        {
            _deaths.Dequeue();
            if (IsPartOf(death, massDisconnectAtMs))
                yield return death;
        }
    }

    private bool IsPartOf(RecentDeath death, long massDisconnectAtMs) => Math.Abs(death.AtMs - massDisconnectAtMs) <= windowMs;
}
