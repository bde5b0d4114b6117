namespace SurveillanceRegistry.Domain.Outbox;

/// <summary>How one attempt to deliver ended.</summary>
public enum DeliveryEnd
{
    /// <summary>It did not arrive as far as the registry knows. The next attempt follows after a pause.</summary>
    Failed,

    /// <summary>The receiver will never take it.</summary>
    Refused,

    /// <summary>The receiver says that it has gone for good (410): it gets nothing any more.</summary>
    Gone,
    Delivered,
}

/// <summary>The end of an attempt, and the closed word with which pages and logs explain it: never what a server answered.</summary>
public sealed record DeliveryResult(DeliveryEnd End, string Word)
{
    public static DeliveryResult Delivered { get; } = new(DeliveryEnd.Delivered, "delivered");

    public static DeliveryResult Failed(string word) => new(DeliveryEnd.Failed, word);
}

/// <summary>The growing pauses between attempts, which end after three days.</summary>
public static class RetrySchedule
{
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(5),
        TimeSpan.FromMinutes(1),
        TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2),
        TimeSpan.FromHours(5),
        TimeSpan.FromHours(10),
        TimeSpan.FromHours(14),
        TimeSpan.FromHours(20),
        TimeSpan.FromHours(24),
    ];

    /// <summary>The number of attempts after which a delivery is given up.</summary>
    public static int MaxAttempts => Pauses.Length + 1;

    /// <summary>When the next attempt follows; null when there is none any more.</summary>
    /// <param name="attempts">How many attempts were made, at least 1.</param>
    public static DateTimeOffset? NextAttempt(int attempts, DateTimeOffset now) =>
        attempts < MaxAttempts ? now + Pauses[attempts - 1] : null;
}
