using System.Collections.Immutable;

namespace SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

/// <summary>
/// The message types that nodes send (Sparkplug 3.0 chapter 4). Commands are missing: no client may command the registry.
/// </summary>
public enum SparkplugMessageType
{
    NBIRTH,
    NDEATH,
    NDATA,
    DBIRTH,
    DDEATH,
    DDATA,
}

/// <summary>One metric: numbers, and words of the profile.</summary>
/// <param name="Meaning">The index of its name in the profile; −1 when it has none of these names, or only an alias.</param>
/// <param name="Alias">The number that stands for its name.</param>
/// <param name="Word">Its value, if that is one of the profile's words; otherwise null.</param>
/// <param name="Firmware">Its value, if that is a firmware version and the profile asks for one; otherwise null.</param>
/// <param name="IsHistorical">Whether it is about the past.</param>
public readonly record struct SparkplugMetric(int Meaning, ulong? Alias, string? Word, string? Firmware, bool IsHistorical);

/// <summary>The allowed fields of one message.</summary>
/// <param name="Node">The index of the node in its profile.</param>
/// <param name="Unit">The index of its unit in the profile; −1 when the profile names the node, but not the device.</param>
/// <param name="Seq">0 to 255; null in the death of a node.</param>
/// <param name="BdSeq">The number that a node's birth shares with its death.</param>
/// <param name="At">The node's clock; for skew only.</param>
public sealed record SparkplugMessage(
    SparkplugMessageType Type,
    int Node,
    int Unit,
    int? Seq,
    ulong? BdSeq,
    DateTimeOffset? At,
    ImmutableArray<SparkplugMetric> Metrics,
    int Dropped
)
{
    /// <summary>Whether it is of the same unit as another message, and says the same.</summary>
    public bool SaysSameAs(SparkplugMessage other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Type == other.Type && Unit == other.Unit && Metrics.SequenceEqual(other.Metrics);
    }
}
