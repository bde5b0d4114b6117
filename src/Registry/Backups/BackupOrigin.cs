using System.CommandLine;
using System.Security.Cryptography;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Files.Backups;
using SurveillanceRegistry.Registry.Configuration;
using SurveillanceRegistry.Signing;

namespace SurveillanceRegistry.Registry.Backups;

/// <summary>
/// How a command knows which registry wrote a backup, before anything of its dump is run. The key that signed it is known from elsewhere:
/// the operator gives it, or it stands in the data folder, or it signed a published checkpoint. No second key verifies that signature.
/// </summary>
/// <param name="Key">The public key that was given; null when none was.</param>
/// <param name="Against">The file with a published checkpoint; null when none was given.</param>
/// <param name="IsUnproven">Whether the operator takes the backup's word for its key.</param>
internal sealed record BackupOrigin(string? Key, string? Against, bool IsUnproven)
{
    /// <summary>The options of each command that takes something from a backup.</summary>
    public static Option<string?> KeyOption { get; } =
        new("--key") { Description = "The public key of the ledger (name+hash+base64), as 'registry backup' printed it." };

    public static Option<bool> UnprovenOption { get; } =
        new("--unproven") { Description = "Take the backup's own word for the key that signed it: a forged one would be taken too." };

    public static Option<string?> AgainstOption { get; } =
        new("--against") { Description = "A file with the newest published checkpoint; the backup must hold everything up to it." };

    public static BackupOrigin Of(ParseResult arguments) =>
        new(arguments.GetValue(KeyOption), arguments.GetValue(AgainstOption), arguments.GetValue(UnprovenOption));

    /// <summary>Verifies the signature of a backup.</summary>
    /// <returns>The key, and what is not proven; null when the origin is.</returns>
    /// <exception cref="BackupException">The backup is of another registry, or forged.</exception>
    /// <exception cref="UsageException">Nothing is known of its key.</exception>
    public (SignedNote Key, string? Unproven) Prove(Settings settings, BackupFile backup)
    {
        var named =
            SignedNote.FromVkey(backup.Manifest.Ledger.Key)
            ?? throw new BackupException($"The backup names a key that is none: {backup.Manifest.Ledger.Key}. Nothing was taken from it.");
        var isKnown =
            Key is not null
            || KnownCheckpoint.ReadFile(Against, named) is not null
            || KeyFile.LedgerKeys(settings.Data).Any(own => own.Vkey == named.Vkey);
        if (!isKnown && !IsUnproven)
            throw new UsageException(
                $"Nothing here proves who wrote this backup: it names the key {named.Vkey}, and no key of the data folder "
                    + $"'{settings.Data}' is that. Give the key of the ledger that 'registry backup' printed or a reader of the log holds "
                    + "(--key), or a checkpoint that was published (--against). Without either, --unproven takes its word. "
                    + "Nothing was taken from it."
            );
        if (Key is null)
        {
            backup.Prove(named);
        }
        else
        {
            using var given =
                SignedNote.FromVkey(Key) ?? throw new UsageException($"'{Key}' is no public key of a ledger (name+hash+base64).");
            backup.Prove(given);
        }

        return (
            named,
            isKnown ? null : $"Nothing proves who wrote the backup: its signature was verified with the key that it names, {named.Vkey}."
        );
    }

    /// <summary>
    /// Reads the public key of the notices. Where the manifest names none, the key is new: every notice in the database is a fault.
    /// </summary>
    public static NoticeKey NoticeKeyOf(BackupManifest manifest)
    {
        try
        {
            return manifest.NoticeKey is { } pem ? NoticeKey.FromPem(pem) : NoticeKey.New();
        }
        catch (Exception failure) when (failure is ArgumentException or CryptographicException)
        {
            throw new BackupException("The key of notices that the manifest names is none. Nothing was taken from the backup.");
        }
    }
}
