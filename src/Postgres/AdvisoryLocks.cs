namespace SurveillanceRegistry.Postgres;

/// <summary>
/// The numbers of all advisory locks in the registry's database. Numbers in migrations cannot refer to these constants: the comment of each
/// names the migrations that use it.
/// </summary>
internal static class AdvisoryLocks
{
    /// <summary>
    /// Held by a transaction that opens or drops a day of the heartbeat log. Only SQL takes it, in functions of the migrations 0008, 0012
    /// and 0014.
    /// </summary>
    public const int HeartbeatDays = 8;

    /// <summary>Held by the transaction that seals the history, so that two processes never seal the same day.</summary>
    public const int SealHistory = 12;

    /// <summary>
    /// Shared by transactions that record readings of mobile devices, and held alone while the last reading of a digest is looked up.
    /// </summary>
    public const int Readings = 57;

    /// <summary>Held by the session that migrates the database; the letters "REGISTRY" in ASCII.</summary>
    public const long Migrate = 0x5245_4749_5354_5259;

    /// <summary>Held by the session that restores a backup into the database.</summary>
    public const int Restore = 81;
}
