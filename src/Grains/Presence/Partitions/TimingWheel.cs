namespace SurveillanceRegistry.Grains.Presence.Partitions;

/// <summary>
/// Says which devices of a partition to check for a timeout, and when. A heartbeat does not move a device in the wheel: a device whose
/// check came too early is scheduled again for its new time. Needs four bytes a device.
/// </summary>
internal sealed class TimingWheel
{
    /// <summary>The resolution in milliseconds.</summary>
    public const int TickMs = 500;

    private const int Ticks = 1024;
    private const int None = -1;
    private const int NotScheduled = -2;

    // Each tick has a linked list of device indexes: its first element is here, the next ones in _next.
    private readonly int[] _first = [.. Enumerable.Repeat(None, Ticks)];
    private int[] _next = [];
    private long _advancedTo;

    public TimingWheel(long nowMs) => _advancedTo = nowMs / TickMs;

    /// <summary>Makes room for a number of devices.</summary>
    public void EnsureCapacity(int devices)
    {
        var before = _next.Length;
        if (devices <= before)
            return;
        Array.Resize(ref _next, devices);
        _next.AsSpan(before).Fill(NotScheduled);
    }

    /// <summary>
    /// Schedules the check of a device. A time beyond the end of the wheel is checked earlier. Does nothing if the device is scheduled
    /// already.
    /// </summary>
    public void Schedule(int index, long dueMs)
    {
        if (_next[index] != NotScheduled)
            return;
        var tick = Math.Clamp(dueMs / TickMs, _advancedTo, _advancedTo + Ticks - 1) % Ticks;
        _next[index] = _first[tick];
        _first[tick] = index;
    }

    /// <summary>Removes every device that is due by the end of the current tick and adds it to <paramref name="due"/>.</summary>
    public void Advance(long nowMs, List<int> due)
    {
        var now = nowMs / TickMs;
        for (var tick = Math.Max(_advancedTo, now - Ticks + 1); tick <= now; tick++)
        {
            ref var first = ref _first[tick % Ticks];
            while (first != None)
            {
                due.Add(first);
                (first, _next[first]) = (_next[first], NotScheduled);
            }
        }

        _advancedTo = Math.Max(_advancedTo, now);
    }
}
