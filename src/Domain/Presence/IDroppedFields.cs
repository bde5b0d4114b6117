namespace SurveillanceRegistry.Domain.Presence;

/// <summary>
/// How much of what vendors send was dropped unread because nobody may keep it. Only how many: what stood in a field was never looked at.
/// </summary>
public interface IDroppedFields
{
    /// <summary>The name of each adapter and how many fields it has dropped since the process began.</summary>
    IReadOnlyDictionary<string, long> ByAdapter { get; }

    /// <summary>
    /// The same of gateways that stand for fixed devices only: each message of a mobile unit would move a number that everybody reads.
    /// </summary>
    IReadOnlyDictionary<string, long> InPublic { get; }
}
