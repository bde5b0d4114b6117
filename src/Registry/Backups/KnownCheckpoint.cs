using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Files.Backups;
using SurveillanceRegistry.Registry.Configuration;
using SurveillanceRegistry.Signing;

namespace SurveillanceRegistry.Registry.Backups;

/// <summary>
/// The greatest checkpoint of a ledger that is known: of the backup, of the signed heads beside the keys, or given by the operator. What
/// is restored must continue it.
/// </summary>
/// <param name="Note">The signed note.</param>
internal sealed record KnownCheckpoint(Checkpoint Checkpoint, string Note)
{
    /// <summary>Returns the greatest of several notes that this key signed; null when there is none.</summary>
    public static KnownCheckpoint? Greatest(SignedNote key, params IEnumerable<string?> notes) =>
        notes.Select(note => Read(key, note)).OfType<KnownCheckpoint>().MaxBy(known => known.Checkpoint.Size);

    /// <summary>Reads a file that the operator gave. Throws <see cref="UsageException"/> when this key did not sign it.</summary>
    public static string? ReadFile(string? file, SignedNote key)
    {
        if (file is null)
            return null;
        if (!File.Exists(file))
            throw new UsageException($"There is no file '{file}': --against needs a checkpoint, as GET /api/v1/log/checkpoint gives it.");
        var note = File.ReadAllText(file);
        return Read(key, note) is not null
            ? note
            : throw new UsageException($"'{file}' is no checkpoint that the key of the ledger in this backup signed.");
    }

    /// <summary>Returns why a backup does not continue this checkpoint, as far as its manifest says; null when it may.</summary>
    public string? RefusalOf(BackupLedger ledger)
    {
        if (Checkpoint.Size > ledger.Size)
            return $"The backup has {ledger.Size} ledger entries, and a checkpoint of {Checkpoint.Size} was signed: the public log went on "
                + "after the backup, and what follows would be a second history. Take a newer backup. "
                + "If there is none, --new-log goes on under another name.";
        return Checkpoint.Size == ledger.Size && !Checkpoint.Root.Span.SequenceEqual(Convert.FromBase64String(ledger.Root))
            ? $"The {ledger.Size} ledger entries of the backup are not those of the checkpoint that was signed: it has another history."
            : null;
    }

    private static KnownCheckpoint? Read(SignedNote key, string? note) =>
        note is not null && key.Open(note) is { } text && Checkpoint.Read(text) is { } checkpoint
            ? new KnownCheckpoint(checkpoint, note)
            : null;
}
