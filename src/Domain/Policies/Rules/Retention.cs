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
/// <param name="Days">Days, 0 or more; null when an event ends the retention.</param>
/// <param name="Event">The event that ends the retention, or null.</param>
/// <param name="DataClass">The class of data that it applies to; null: all that the technology records.</param>
/// <param name="Note">What the text adds, e.g. "with exceptions"; null for nothing.</param>
public sealed record Retention(
    [property: JsonRequired] RetentionBound Bound,
    int? Days,
    RetentionEvent? Event = null,
    string? DataClass = null,
    string? Note = null
);
