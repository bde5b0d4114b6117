using System.Collections.Concurrent;

namespace SurveillanceRegistry.Web.Staff;

/// <summary>Slows down whoever guesses passwords: so many wrong ones for a name, or from an address, and then a pause.</summary>
internal sealed class SignInPace(TimeProvider time)
{
    private const int MostForName = 5, MostFromAddress = 30, MostHeld = 20_000;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, (int Wrong, DateTimeOffset Until)> _wrong = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>How long to wait before the next try; zero when one may be made now.</summary>
    public TimeSpan WaitFor(string signIn, string address) => Max(Wait("name " + signIn, MostForName), Wait("from " + address, MostFromAddress));

    public void Wrong(string signIn, string address)
    {
        Count("name " + signIn);
        Count("from " + address);
    }

    public void Right(string signIn) => _wrong.TryRemove("name " + signIn, out _);

    private TimeSpan Wait(string key, int most) =>
        _wrong.TryGetValue(key, out var wrong) && wrong.Wrong >= most && wrong.Until > time.GetUtcNow() ? wrong.Until - time.GetUtcNow() : TimeSpan.Zero;

    private void Count(string key)
    {
        var now = time.GetUtcNow();
        if (_wrong.Count >= MostHeld)
        {
            foreach (var (old, wrong) in _wrong)
            {
                if (wrong.Until <= now)
                    _wrong.TryRemove(old, out _);
            }

            // Still full: somebody is making names up. What they fill, they empty.
            if (_wrong.Count >= MostHeld)
                _wrong.Clear();
        }

        _wrong.AddOrUpdate(key, _ => (1, now + Window), (_, before) => before.Until <= now ? (1, now + Window) : (before.Wrong + 1, now + Window));
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
