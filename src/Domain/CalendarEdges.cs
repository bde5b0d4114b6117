namespace SurveillanceRegistry.Domain;

/// <summary>Arithmetic with times that stops at the edges of the calendar. Readers may ask for its first and its last day.</summary>
public static class CalendarEdges
{
    /// <summary>The day after this one; the last day of the calendar has none and stays.</summary>
    public static DateOnly NextDay(this DateOnly day) => day == DateOnly.MaxValue ? day : day.AddDays(1);

    /// <summary>An instant some time later, or earlier for a negative time; the first or last of the calendar beyond its edges.</summary>
    public static DateTimeOffset Shift(this DateTimeOffset at, TimeSpan by) => At(Clamp(at.UtcTicks, by.Ticks));

    /// <summary>The instant of a local time with an offset from UTC.</summary>
    public static DateTimeOffset Instant(DateTime local, TimeSpan offset) => At(Clamp(local.Ticks, -offset.Ticks));

    private static DateTimeOffset At(long utcTicks) => new(utcTicks, TimeSpan.Zero);

    private static long Clamp(long ticks, long by) =>
        (long)Int128.Clamp((Int128)ticks + by, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks);
}
