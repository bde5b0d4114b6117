namespace SurveillanceRegistry.Domain.Ledger.Checkpoints;

/// <summary>
/// Remembers the greatest checkpoint that the registry ever signed, outside the database. A forger of the database cannot change it, so the
/// registry never signs a shorter or another history.
/// </summary>
public interface ISignedHeads
{
    /// <summary>The signed note of the greatest size; null when nothing was ever signed.</summary>
    string? Greatest();

    /// <summary>
    /// Stores a signed note durably. Notes of smaller sizes may be forgotten; a smaller note never replaces a greater one.
    /// </summary>
    void Keep(long size, string note);
}
