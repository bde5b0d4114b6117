using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain.Devices.Imports;

/// <summary>What to do with a row that may be a duplicate.</summary>
public enum RowDecision
{
    /// <summary>It is a device of its own.</summary>
    New,

    /// <summary>It is the device that is named.</summary>
    Same,

    /// <summary>Leave the row out.</summary>
    Skip,
}

/// <summary>What to do with a device that an earlier list had and this one does not.</summary>
public enum GoneDecision
{
    /// <summary>It stays as it is.</summary>
    Keep,

    /// <summary>It was removed.</summary>
    Remove,
}

/// <summary>A decision on a row.</summary>
/// <param name="Device">The registered device that it is; null for another decision than <see cref="RowDecision.Same"/>.</param>
public sealed record DecidedRow(
    int Row,
    [property: JsonRequired] RowDecision Take,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Device = null
);

/// <summary>A decision on a device that is not in the list any more.</summary>
public sealed record DecidedGone(string Device, [property: JsonRequired] GoneDecision Take);

/// <summary>What a person decided about a list before it is recorded.</summary>
public sealed record ImportDecisions
{
    public ImmutableArray<DecidedRow> Rows { get; init; } = [];

    public ImmutableArray<DecidedGone> Gone { get; init; } = [];

    /// <summary>The decision for every possible duplicate that <see cref="Rows"/> does not name; null: each must be named.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RowDecision? OtherDuplicates { get; init; }

    /// <summary>The decision for every device that <see cref="Gone"/> does not name; null: each must be named.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GoneDecision? OtherGone { get; init; }
}
