using System.Collections.Immutable;

namespace SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

/// <summary>What a Sparkplug message is (Sparkplug 3.0 chapter 4). Commands are not here: nobody gives any to the registry.</summary>
public enum SparkplugVerb
{
    NBIRTH,
    NDEATH,
    NDATA,
    DBIRTH,
    DDEATH,
    DDATA,
}

/// <summary>One metric as it is kept: numbers, and words of the profile's.</summary>
/// <param name="Meaning">Which of the profile's names it bears; −1 when it bears none, or only an alias.</param>
/// <param name="Alias">The number that stands for its name.</param>
/// <param name="Word">Its value, if that is one of the profile's words; null otherwise, and when it has none.</param>
/// <param name="Firmware">Its value, if that is digits and dots and the profile asks for firmware.</param>
/// <param name="IsHistorical">It tells of the past.</param>
public readonly record struct SparkplugMetric(int Meaning, ulong? Alias, string? Word, string? Firmware, bool IsHistorical);

/// <summary>One message, cut down to what is kept of it.</summary>
/// <param name="Node">The number of the node in its profile.</param>
/// <param name="Unit">The number of the unit that it is about; −1 when the profile does not know that one, but its node.</param>
/// <param name="Seq">0 to 255; null in the death of a node.</param>
/// <param name="BdSeq">By which a node's birth and death belong together.</param>
/// <param name="At">The node's clock.</param>
public sealed record SparkplugMessage(
    SparkplugVerb Verb,
    int Node,
    int Unit,
    int? Seq,
    ulong? BdSeq,
    DateTimeOffset? At,
    ImmutableArray<SparkplugMetric> Metrics,
    int Dropped
);
