namespace SurveillanceRegistry.Domain.Presence;

/// <summary>
/// Counts of the vendor fields that adapters dropped unread, because the registry may not store them. The content of a dropped field is
/// never looked at.
/// </summary>
public interface IDroppedFields
{
    /// <summary>The name of each adapter and the number of fields that it dropped since the process started.</summary>
    IReadOnlyDictionary<string, long> ByAdapter { get; }

    /// <summary>
    /// The same for gateways with fixed devices only. A public counter that moves with each message of a mobile device would publish its
    /// activity.
    /// </summary>
    IReadOnlyDictionary<string, long> InPublic { get; }
}
