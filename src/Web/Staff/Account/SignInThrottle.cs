namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>Slows down whoever guesses passwords: so many wrong ones for a name, or from an address, and then a pause.</summary>
internal sealed class SignInThrottle(TimeProvider time)
{
    private const int MaxForName = 5,
        MaxFromAddress = 30,
        MaxHeld = 20_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private readonly Dictionary<string, (int Wrong, DateTimeOffset Until)> _wrong = new(StringComparer.OrdinalIgnoreCase);

    private readonly Lock _gate = new();

    /// <summary>
    /// Begins a try, or says how long to wait. A try counts as wrong until it is said to be right: checking a password takes long, and a
    /// burst must not pass while the first of it is still being checked.
    /// </summary>
    public TimeSpan Begin(string signIn, string address)
    {
        lock (_gate)
        {
            var wait = Max(Wait("name " + signIn, MaxForName), Wait("from " + address, MaxFromAddress));
            if (wait > TimeSpan.Zero)
                return wait;
            Count("name " + signIn);
            Count("from " + address);
            return TimeSpan.Zero;
        }
    }

    public void Right(string signIn, string address)
    {
        lock (_gate)
        {
            _wrong.Remove("name " + signIn);
            if (_wrong.TryGetValue("from " + address, out var tries))
                _wrong["from " + address] = (tries.Wrong - 1, tries.Until);
        }
    }

    private TimeSpan Wait(string key, int most) =>
        _wrong.TryGetValue(key, out var wrong) && wrong.Wrong >= most && wrong.Until > time.GetUtcNow()
            ? wrong.Until - time.GetUtcNow()
            : TimeSpan.Zero;

    private void Count(string key)
    {
        var now = time.GetUtcNow();
        if (_wrong.Count >= MaxHeld)
        {
            foreach (var old in _wrong.Where(wrong => wrong.Value.Until <= now).Select(wrong => wrong.Key).ToArray())
                _wrong.Remove(old);

            // Still full: somebody is making names up. What they fill, they empty.
            if (_wrong.Count >= MaxHeld)
                _wrong.Clear();
        }

        _wrong[key] = (_wrong.TryGetValue(key, out var before) && before.Until > now ? before.Wrong + 1 : 1, now + Window);
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
