namespace SurveillanceRegistry.Postgres.Presence.History;

/// <summary>What a digest of the history covers. The ledger has only its hash; the rest is in <c>registry.history_digest</c>.</summary>
/// <remarks>
/// Rows are assigned to a digest by their numbers and not by their times, so that each is in exactly one. The parameters have the names of
/// the columns.
/// </remarks>
/// <param name="Entry">The ledger entry that has the hash.</param>
/// <param name="Since">The end of the previous digest; null for the first one.</param>
/// <param name="Until">The end of the last day that is covered, exclusive.</param>
/// <param name="After">The last state change of the previous digest.</param>
/// <param name="Last">The last state change that is covered.</param>
/// <param name="Beats">How many heartbeats were received in the covered days.</param>
/// <param name="Salt">Random bytes: without them a reader of the ledger could guess a device's history and compare hashes.</param>
/// <param name="ActsAfter">The last act on a mobile device of the previous digest; null in version 1.</param>
/// <param name="ActsLast">The last act on a mobile device that is covered; null in version 1.</param>
/// <param name="WatchAfter">The last observed period of the previous digest; null in version 1.</param>
/// <param name="WatchLast">The last observed period that is covered; null in version 1.</param>
/// <param name="ReadingsAfter">The last reading of a mobile device of the previous digest; null before version 3.</param>
/// <param name="ReadingsLast">The last reading of a mobile device that is covered; null before version 3.</param>
internal sealed record HistoryDigest(
    long Entry,
    DateTime? Since,
    DateTime Until,
    long After,
    long Last,
    long Beats,
    byte[] Salt,
    long? ActsAfter,
    long? ActsLast,
    long? WatchAfter,
    long? WatchLast,
    long? ReadingsAfter,
    long? ReadingsLast
)
{
    public const int SaltBytes = 32;

    /// <summary>
    /// Version 1 did not cover acts on mobile devices, and assigned observed periods by their times. Version 2 did not cover readings.
    /// </summary>
    public string Version =>
        ActsLast is null ? "1"
        : ReadingsLast is null ? "2"
        : "3";
}
