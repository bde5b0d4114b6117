namespace SurveillanceRegistry.Web.Staff.Sending;

/// <summary>
/// Bounds the mails with codes: a person could have the registry write to strangers otherwise. Five a day for a person, and five a day for
/// an address. Thread-safe.
/// </summary>
internal sealed class MailCheckThrottle(TimeProvider time)
{
    internal const int MostInADay = 5;

    private const int MaxTracked = 10_000;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (DateTimeOffset From, int Count)> _sent = [];

    /// <summary>Whether one more mail may be sent. Counts it.</summary>
    public bool TryBegin(string staff, string address)
    {
        var now = time.GetUtcNow();
        lock (_lock)
        {
            if (_sent.Count >= MaxTracked)
                foreach (var old in _sent.Where(one => one.Value.From + Day <= now).Select(one => one.Key).ToArray())
                    _sent.Remove(old);
            string[] keys = [staff, address.ToUpperInvariant()];
            if (_sent.Count >= MaxTracked || keys.Any(key => CountOf(key, now) >= MostInADay))
                return false;
            foreach (var key in keys)
                _sent[key] = (CountOf(key, now) == 0 ? now : _sent[key].From, CountOf(key, now) + 1);
            return true;
        }
    }

    private int CountOf(string key, DateTimeOffset now) => _sent.TryGetValue(key, out var sent) && now < sent.From + Day ? sent.Count : 0;
}
