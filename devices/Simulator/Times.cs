namespace SurveillanceRegistry.Simulator;

/// <summary>
/// Repeating times, counted from the start of the fleet: after <paramref name="First"/>, for <paramref name="Lasts"/>, again every
/// <paramref name="Every"/>.
/// </summary>
public readonly record struct Times(TimeSpan First, TimeSpan Lasts, TimeSpan Every)
{
    /// <summary>Longer than any fleet runs.</summary>
    private static readonly TimeSpan ForGood = TimeSpan.FromDays(36_500);

    /// <summary>The whole run.</summary>
    public static Times Always { get; } = new(TimeSpan.Zero, ForGood, ForGood);

    /// <summary>Creates a single time.</summary>
    public static Times Once(TimeSpan first, TimeSpan lasts) => new(first, lasts, ForGood);

    /// <summary>Whether a moment is within one of the times.</summary>
    public bool IsOn(TimeSpan elapsed) => elapsed >= First && Into(elapsed) < Lasts;

    /// <summary>Returns when one of the times next begins or ends.</summary>
    public TimeSpan NextTurn(TimeSpan elapsed) =>
        elapsed < First ? First : elapsed - Into(elapsed) + (Into(elapsed) < Lasts ? Lasts : Every);

    private TimeSpan Into(TimeSpan elapsed) => TimeSpan.FromTicks((elapsed - First).Ticks % Every.Ticks);
}
