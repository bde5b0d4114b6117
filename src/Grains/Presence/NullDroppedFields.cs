using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>Counts nothing: for a host without the broker, which reads no vendor payloads and therefore drops no fields.</summary>
internal sealed class NullDroppedFields : IDroppedFields
{
    public IReadOnlyDictionary<string, long> ByAdapter => ImmutableDictionary<string, long>.Empty;

    public IReadOnlyDictionary<string, long> InPublic => ByAdapter;
}
