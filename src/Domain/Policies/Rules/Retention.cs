using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>What a retention figure means: recordings are kept at least, at most, or in practice this long.</summary>
public enum RetentionBound
{
    Minimum,
    Limit,
    Practice,
}

/// <summary>An event that ends a retention for which the text states no number of days.</summary>
public enum RetentionEvent
{
    EndOfShift,
    EndOfSentence,
}

/// <summary>How long recordings are retained.</summary>
/// <param name="Bound">Minimum, limit or practice.</param>
/// <param name="Days">Days, 0 or more; null when the text states months or years, or when an event ends the retention.</param>
/// <param name="Event">The event that ends the retention, or null.</param>
/// <param name="DataClass">The class of data that it applies to; null: all that the technology records.</param>
/// <param name="Note">What the text adds, e.g. "with exceptions"; null for nothing.</param>
public sealed record Retention(
    [property: JsonRequired] RetentionBound Bound,
    int? Days,
    RetentionEvent? Event = null,
    string? DataClass = null,
    string? Note = null
)
{
    /// <summary>Calendar months, 1 or more; null when the text states another unit. Never converted: a month has 28 to 31 days.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Months { get; init; }

    /// <summary>Calendar years, 1 or more; null when the text states another unit. Never converted: a year has 365 or 366 days.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Years { get; init; }

    /// <summary>Whether the figure is the same in the same unit.</summary>
    internal bool HasSameLength(Retention other) => (Days, Months, Years, Event) == (other.Days, other.Months, other.Years, other.Event);
}
