namespace SurveillanceRegistry.Simulator;

/// <summary>
/// When something is so: after <paramref name="First"/>, for <paramref name="Lasts"/>, again every <paramref name="Every"/>. Counted from
/// when the fleet began.
/// </summary>
public readonly record struct Times(TimeSpan First, TimeSpan Lasts, TimeSpan Every)
{
    /// <summary>Longer than any fleet runs.</summary>
    private static readonly TimeSpan ForGood = TimeSpan.FromDays(36_500);

    /// <summary>From the beginning to the end.</summary>
    public static Times Always { get; } = new(TimeSpan.Zero, ForGood, ForGood);

    /// <summary>One time only.</summary>
    public static Times Once(TimeSpan first, TimeSpan lasts) => new(first, lasts, ForGood);

    /// <summary>Whether it is so, so long after the fleet began.</summary>
    public bool IsOn(TimeSpan elapsed) => elapsed >= First && Into(elapsed) < Lasts;

    /// <summary>When it begins or ends next.</summary>
    public TimeSpan NextTurn(TimeSpan elapsed) =>
        elapsed < First ? First : elapsed - Into(elapsed) + (Into(elapsed) < Lasts ? Lasts : Every);

    private TimeSpan Into(TimeSpan elapsed) => TimeSpan.FromTicks((elapsed - First).Ticks % Every.Ticks);
}
