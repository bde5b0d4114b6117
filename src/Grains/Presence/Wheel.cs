namespace SurveillanceRegistry.Grains.Presence;

/// <summary>
/// When to look at which seat: one wheel for a whole partition. A heartbeat never turns it; a seat whose time has come is looked at, and
/// put back for its next. Four bytes a seat.
/// </summary>
internal sealed class Wheel
{
    /// <summary>How finely time is cut, in milliseconds.</summary>
    public const int SpokeMs = 500;

    private const int Spokes = 1024, Nobody = -1, Outside = -2;

    private readonly int[] _first = [.. Enumerable.Repeat(Nobody, Spokes)];
    private int[] _next = [];
    private long _turned;

    public Wheel(long nowMs) => _turned = nowMs / SpokeMs;

    /// <summary>Makes room for so many seats.</summary>
    public void Fit(int seats)
    {
        var before = _next.Length;
        if (seats <= before)
            return;
        Array.Resize(ref _next, seats);
        _next.AsSpan(before).Fill(Outside);
    }

    /// <summary>Has a seat looked at when its time has come, or somewhat before; a seat that waits already goes on waiting.</summary>
    public void Put(int seat, long dueMs)
    {
        if (_next[seat] != Outside)
            return;
        var spoke = Math.Clamp(dueMs / SpokeMs, _turned, _turned + Spokes - 1) % Spokes;
        _next[seat] = _first[spoke];
        _first[spoke] = seat;
    }

    /// <summary>Takes out every seat whose time has come or comes before the next turn.</summary>
    public void Turn(long nowMs, List<int> due)
    {
        var now = nowMs / SpokeMs;
        for (var spoke = Math.Max(_turned, now - Spokes + 1); spoke <= now; spoke++)
        {
            ref var first = ref _first[spoke % Spokes];
            while (first != Nobody)
            {
                due.Add(first);
                (first, _next[first]) = (_next[first], Outside);
            }
        }

        _turned = Math.Max(_turned, now);
    }
}
