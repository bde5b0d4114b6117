namespace SurveillanceRegistry.Mqtt;

/// <summary>How much a client has asked of the broker: so much at once, and so much a second for ever (GCRA, the leaky bucket as a meter). Kept for the client and not for its session, so that signing in again gains nothing.</summary>
internal class Pace
{
    // When all that it asked would be through at the steady rate.
    private TimeSpan _throughAt;
    private Remark[]? _remarks;

    /// <summary>When it last asked for something, on the steady clock.</summary>
    public TimeSpan SpokeAt { get; private set; }

    /// <summary>Whether the client may ask now; counts it if so.</summary>
    /// <param name="now">On the steady clock.</param>
    public bool MaySpeak(TimeSpan now, Limits limits)
    {
        SpokeAt = now;
        return MayGo(ref _throughAt, now, limits.PerSecondAndDevice, limits.BurstPerDevice);
    }

    /// <summary>Whether it has used up what it may ask for now.</summary>
    public bool IsSpent(TimeSpan now, Limits limits)
    {
        var throughAt = _throughAt;
        return !MayGo(ref throughAt, now, limits.PerSecondAndDevice, limits.BurstPerDevice);
    }

    /// <summary>Counts a refusal. True when the log should be told, and of how many.</summary>
    public bool IsWorthSaying(Refusal refusal, TimeSpan now, out int count)
    {
        _remarks ??= [.. Enum.GetValues<Refusal>().Select(_ => new Remark())];
        return _remarks[(int)refusal].IsDue(now, out count);
    }

    /// <summary>Counts one on a meter, if it may still go through.</summary>
    public static bool MayGo(ref TimeSpan throughAt, TimeSpan now, int perSecond, int burst)
    {
        var interval = TimeSpan.FromTicks(TimeSpan.TicksPerSecond / perSecond);
        var through = (throughAt > now ? throughAt : now) + interval;
        if (through > now + interval * burst)
            return false;
        throughAt = through;
        return true;
    }
}

/// <summary>Counts what would fill the log if each were said: the first is said at once, and from then on how many there were, at most every few seconds.</summary>
internal sealed class Remark
{
    public static readonly TimeSpan Between = TimeSpan.FromSeconds(5);

    private readonly Lock _one = new();
    private TimeSpan _sayAgainAt = TimeSpan.MinValue;
    private int _count;

    /// <summary>Counts one.</summary>
    /// <param name="now">On the steady clock.</param>
    /// <param name="count">How many there were since it was last said, this one among them.</param>
    public bool IsDue(TimeSpan now, out int count)
    {
        lock (_one)
        {
            count = ++_count;
            if (now < _sayAgainAt)
                return false;
            (_count, _sayAgainAt) = (0, now + Between);
            return true;
        }
    }
}
