using System.Net;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Access;

/// <summary>
/// Slows down the guessing of passwords and claim codes. It never locks: after some wrong tries each further try waits a little longer, up
/// to a limit. Tries count for a name from one network, so that a stranger elsewhere slows no member of staff down. A browser that this
/// person has used before counts by itself, so that a stranger in the same building does not either. Thread-safe.
/// </summary>
internal sealed class SignInThrottle(TimeProvider time)
{
    private const int MaxTracked = 20_000;

    /// <summary>How long a wrong try counts.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private static readonly Pace NameFromNetwork = new(FreeTries: 5, TimeSpan.FromMinutes(1)),
        Network = new(FreeTries: 30, TimeSpan.FromSeconds(5)),
        Browser = new(FreeTries: 10, TimeSpan.FromMinutes(1));

    private readonly Dictionary<string, Tries> _tries = new(StringComparer.Ordinal);

    private readonly Lock _lock = new();

    /// <summary>
    /// Begins a try of a password. It counts as wrong until <see cref="Attempt.Succeed"/> is called: checking a password is slow, and a
    /// burst of tries would pass while the first one is still being checked.
    /// </summary>
    /// <param name="browser">The browser's id, if this name was used in it before.</param>
    public Attempt BeginSignIn(string name, IPAddress? address, string? browser)
    {
        var network = ClientNetwork.Of(address);
        return browser is not null
            ? Begin(("browser " + browser, Browser))
            : Begin(($"name {network} {name.ToUpperInvariant()}", NameFromNetwork), ("network " + network, Network));
    }

    /// <summary>Counts a wrong claim code.</summary>
    public Attempt BeginClaim(IPAddress? address) => Begin(("claim " + ClientNetwork.Of(address), Network));

    private Attempt Begin(params (string Key, Pace Pace)[] counts)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var next = counts.Max(count => _tries.TryGetValue(count.Key, out var tries) && tries.Until > now ? tries.Next : now);
            if (next > now)
                return new Attempt(this, [], next - now);
            foreach (var (key, pace) in counts)
                Count(key, pace, now);
            return new Attempt(this, [.. counts.Select(count => count.Key)], TimeSpan.Zero);
        }
    }

    private void Count(string key, Pace pace, DateTimeOffset now)
    {
        if (_tries.Count >= MaxTracked)
            MakeRoom(now);
        var wrong = _tries.TryGetValue(key, out var before) && before.Until > now ? before.Wrong + 1 : 1;
        _tries[key] = new Tries(wrong, now + pace.DelayAfter(wrong), now + Window);
    }

    private void MakeRoom(DateTimeOffset now)
    {
        foreach (var expired in _tries.Where(tries => tries.Value.Until <= now).Select(tries => tries.Key).ToArray())
            _tries.Remove(expired);
        // Still full: an attacker is inventing names. Bounded memory matters more than the counts.
        if (_tries.Count >= MaxTracked)
            _tries.Clear();
    }

    private void TakeBack(IEnumerable<string> keys)
    {
        lock (_lock)
        {
            foreach (var key in keys)
            {
                if (_tries.TryGetValue(key, out var tries))
                    _tries[key] = tries with { Wrong = tries.Wrong - 1, Next = time.GetUtcNow() };
            }
        }
    }

    private void Forget(string key)
    {
        lock (_lock)
            _tries.Remove(key);
    }

    /// <summary>A try of a password or code.</summary>
    /// <param name="Wait">How long to wait before the next try; zero if this one may be made.</param>
    internal readonly record struct Attempt(SignInThrottle Throttle, string[] Keys, TimeSpan Wait)
    {
        public bool MustWait => Wait > TimeSpan.Zero;

        /// <summary>It was right: the wrong ones of the same name or browser are forgotten, and the network's count is as before.</summary>
        public void Succeed()
        {
            Throttle.TakeBack(Keys);
            if (Keys is [var first, ..])
                Throttle.Forget(first);
        }

        /// <summary>It does not count: it was not decided, or it was a right code.</summary>
        public void Withdraw() => Throttle.TakeBack(Keys);
    }

    /// <param name="FreeTries">How many wrong tries have no delay after them.</param>
    private sealed record Pace(int FreeTries, TimeSpan MaxDelay)
    {
        /// <summary>The delay doubles from one second on.</summary>
        public TimeSpan DelayAfter(int wrong)
        {
            if (wrong < FreeTries)
                return TimeSpan.Zero;
            var seconds = Math.Pow(2, Math.Min(wrong - FreeTries, 30));
            return seconds < MaxDelay.TotalSeconds ? TimeSpan.FromSeconds(seconds) : MaxDelay;
        }
    }

    /// <param name="Next">When the next try may be made.</param>
    /// <param name="Until">When the count is forgotten.</param>
    private readonly record struct Tries(int Wrong, DateTimeOffset Next, DateTimeOffset Until);
}
