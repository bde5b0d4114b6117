namespace SurveillanceRegistry.Grains.Presence;

/// <summary>
/// When to look at which seat: one wheel for a whole partition. A heartbeat never turns it; a seat whose time has come is looked at, and
/// put back for its next. Four bytes a seat.
/// </summary>
internal sealed class TimingWheel
{
    /// <summary>How finely time is cut, in milliseconds.</summary>
    public const int TickMs = 500;

    private const int Ticks = 1024,
        None = -1,
        NotScheduled = -2;

    private readonly int[] _first = [.. Enumerable.Repeat(None, Ticks)];
    private int[] _next = [];
    private long _advancedTo;

    public TimingWheel(long nowMs) => _advancedTo = nowMs / TickMs;

    /// <summary>Makes room for so many seats.</summary>
    public void EnsureCapacity(int seats)
    {
        var before = _next.Length;
        if (seats <= before)
            return;
        Array.Resize(ref _next, seats);
        _next.AsSpan(before).Fill(NotScheduled);
    }

    /// <summary>Has a seat looked at when its time has come, or somewhat before; a seat that waits already goes on waiting.</summary>
    public void Schedule(int seat, long dueMs)
    {
        if (_next[seat] != NotScheduled)
            return;
        var spoke = Math.Clamp(dueMs / TickMs, _advancedTo, _advancedTo + Ticks - 1) % Ticks;
        _next[seat] = _first[spoke];
        _first[spoke] = seat;
    }

    /// <summary>Takes out every seat whose time has come or comes before the next turn.</summary>
    public void Advance(long nowMs, List<int> due)
    {
        var now = nowMs / TickMs;
        for (var spoke = Math.Max(_advancedTo, now - Ticks + 1); spoke <= now; spoke++)
        {
            ref var first = ref _first[spoke % Ticks];
            while (first != None)
            {
                due.Add(first);
                (first, _next[first]) = (_next[first], NotScheduled);
            }
        }

        _advancedTo = Math.Max(_advancedTo, now);
    }
}
