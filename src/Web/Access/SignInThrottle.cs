namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>
/// Slows down password guessing: after too many wrong passwords for a sign-in name or from an address, sign-in pauses. Thread-safe.
/// </summary>
internal sealed class SignInThrottle(TimeProvider time)
{
    private const int MaxForName = 5,
        MaxFromAddress = 30,
        MaxTracked = 20_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private readonly Dictionary<string, Attempts> _attempts = new(StringComparer.OrdinalIgnoreCase);

    private readonly Lock _lock = new();

    /// <summary>
    /// Begins an attempt and returns zero, or returns the time to wait. The attempt counts as wrong until <see cref="Succeed"/> is called:
    /// checking a password is slow, and otherwise a burst of attempts would pass while the first one is still being checked.
    /// </summary>
    public TimeSpan Begin(string signIn, string address)
    {
        lock (_lock)
        {
            var wait = Max(Wait(NameKey(signIn), MaxForName), Wait(AddressKey(address), MaxFromAddress));
            if (wait > TimeSpan.Zero)
                return wait;
            Count(NameKey(signIn));
            Count(AddressKey(address));
            return TimeSpan.Zero;
        }
    }

    /// <summary>Ends an attempt whose password was correct.</summary>
    public void Succeed(string signIn, string address)
    {
        lock (_lock)
        {
            _attempts.Remove(NameKey(signIn));
            if (_attempts.TryGetValue(AddressKey(address), out var attempts))
                _attempts[AddressKey(address)] = attempts with { Wrong = attempts.Wrong - 1 };
        }
    }

    private static string NameKey(string signIn) => "name " + signIn;

    private static string AddressKey(string address) => "from " + address;

    private TimeSpan Wait(string key, int max)
    {
        var now = time.GetUtcNow();
        return _attempts.TryGetValue(key, out var attempts) && attempts.Wrong >= max && attempts.Until > now
            ? attempts.Until - now
            : TimeSpan.Zero;
    }

    private void Count(string key)
    {
        var now = time.GetUtcNow();
        if (_attempts.Count >= MaxTracked)
            MakeRoom(now);
        var wrong = _attempts.TryGetValue(key, out var before) && before.Until > now ? before.Wrong + 1 : 1;
        _attempts[key] = new Attempts(wrong, now + Window);
    }

    private void MakeRoom(DateTimeOffset now)
    {
        foreach (var expired in _attempts.Where(attempts => attempts.Value.Until <= now).Select(attempts => attempts.Key).ToArray())
            _attempts.Remove(expired);
        // Still full: an attacker is inventing names. Bounded memory matters more than the counts.
        if (_attempts.Count >= MaxTracked)
            _attempts.Clear();
    }

    private static TimeSpan Max(TimeSpan first, TimeSpan second) => first > second ? first : second;

    /// <param name="Until">When the count is forgotten.</param>
    private readonly record struct Attempts(int Wrong, DateTimeOffset Until);
}
