using System.Collections.Concurrent;

namespace SurveillanceRegistry.Web.Access.SecondFactors;

/// <summary>
/// Limits wrong codes and wrong current passwords for one account, wherever they come from. Only a person who knows the password, or has a
/// session, can reach it, so that a stranger can lock no account with it. Thread-safe; each process counts by itself.
/// </summary>
internal sealed class AccountThrottle(TimeProvider time)
{
    private const int MaxWrong = 10;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <summary>Bounded by the number of accounts.</summary>
    private readonly ConcurrentDictionary<string, Tries> _tries = new(StringComparer.Ordinal);

    public bool MayTry(string staff) =>
        !_tries.TryGetValue(staff, out var tries) || tries.Until <= time.GetUtcNow() || tries.Wrong < MaxWrong;

    public void CountWrong(string staff)
    {
        var now = time.GetUtcNow();
        _tries.AddOrUpdate(
            staff,
            _ => new Tries(1, now + Window),
            (_, before) => before.Until <= now ? new Tries(1, now + Window) : before with { Wrong = before.Wrong + 1 }
        );
    }

    /// <param name="Until">When the count is forgotten.</param>
    private readonly record struct Tries(int Wrong, DateTimeOffset Until);
}
