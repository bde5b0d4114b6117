using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Presence;

/// <summary>Where no vendor's payload is read, nothing of one is dropped.</summary>
internal sealed class NullDroppedFields : IDroppedFields
{
    public IReadOnlyDictionary<string, long> ByAdapter => ImmutableDictionary<string, long>.Empty;

    public IReadOnlyDictionary<string, long> InPublic => ByAdapter;
}
