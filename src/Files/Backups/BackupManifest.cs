using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using SurveillanceRegistry.Domain;

namespace SurveillanceRegistry.Files.Backups;

/// <summary>What a backup says of itself. A member may be added; none changes its meaning within one <see cref="Format"/>.</summary>
/// <param name="Format">The form of the file; a version reads only the forms that it knows.</param>
/// <param name="Version">The version of the product that wrote it.</param>
/// <param name="At">The instant of the snapshot.</param>
/// <param name="City">The name of the city, for people.</param>
/// <param name="Postgres">The version of the database server.</param>
/// <param name="Migrations">Every migration that the database had, in their order.</param>
/// <param name="Ledger">The head of the ledger in the snapshot.</param>
/// <param name="NoticeKey">The public key of the notices, in PEM; null when the registry had none yet.</param>
/// <param name="Recipient">The certificate to which the keys are encrypted; null when the backup holds no keys.</param>
/// <param name="Members">The members before the manifest, in their order.</param>
public sealed partial record BackupManifest(
    int Format,
    string Version,
    DateTimeOffset At,
    string City,
    string Postgres,
    ImmutableArray<string> Migrations,
    BackupLedger Ledger,
    string? NoticeKey,
    string? Recipient,
    ImmutableArray<BackupMember> Members
)
{
    /// <summary>The form that this version writes and reads.</summary>
    public const int CurrentFormat = 2;

    /// <summary>The names of the members: the database, and the keys when a recipient opens them.</summary>
    public const string Database = "database.dump",
        Keys = "keys.cms";

    private const int MaxMigrations = 10_000,
        MaxCharacters = 64 * 1024,
        HashBytes = 32;

    /// <summary>The last migration: the version of the schema.</summary>
    public string Schema => Migrations.IsDefaultOrEmpty ? "none" : Migrations[^1];

    /// <summary>Reads a manifest; null when the bytes are none, or are of a form that this version does not know.</summary>
    public static BackupManifest? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<BackupManifest>(bytes, Json.Options) is { } manifest && manifest.IsWhole() ? manifest : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether everything that a reader relies on is there. The members of the records are never null in code, and may be in a file.
    /// </summary>
    private bool IsWhole() =>
        Format == CurrentFormat
        && IsText(Version)
        && IsText(City)
        && IsText(Postgres)
        && (NoticeKey is null || IsText(NoticeKey))
        && (Recipient is null || IsText(Recipient))
        && !Migrations.IsDefault
        && Migrations.Length <= MaxMigrations
        && Migrations.All(name => name is not null && MigrationName().IsMatch(name))
        && Ledger is { Key: not null, Root: not null, Size: >= 0 }
        && VkeyForm().IsMatch(Ledger.Key)
        && (Ledger.Checkpoint is null || IsText(Ledger.Checkpoint))
        && Convert.TryFromBase64String(Ledger.Root, new byte[HashBytes + 1], out var rootBytes)
        && rootBytes == HashBytes
        && !Members.IsDefault
        && Members.All(member => member is { Sha256: not null, Bytes: >= 0 } && HashForm().IsMatch(member.Sha256))
        && Members.Select(member => member.Name).SequenceEqual(Recipient is null ? [Database] : [Database, Keys]);

    private static bool IsText(string? text) => text is { Length: > 0 and <= MaxCharacters };

    [GeneratedRegex(@"\A[0-9]{4}_[a-z0-9_]{1,100}\.sql\z")]
    private static partial Regex MigrationName();

    /// <summary>Name, hash and base64 of 33 bytes. The key itself decides whether it is one.</summary>
    [GeneratedRegex(@"\A[^\s+\p{C}]{1,253}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}\z")]
    private static partial Regex VkeyForm();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex HashForm();

    /// <summary>The bytes of the manifest.</summary>
    public byte[] Write() => [.. JsonSerializer.SerializeToUtf8Bytes(this, Indented), (byte)'\n'];

    private static readonly JsonSerializerOptions Indented = new(Json.Options) { WriteIndented = true };
}

/// <summary>The head of the ledger in a backup.</summary>
/// <param name="Key">The public key of the ledger (vkey), which signed the manifest.</param>
/// <param name="Size">The number of entries.</param>
/// <param name="Root">The root of the tree of that size, in base64.</param>
/// <param name="Checkpoint">The signed note of the greatest checkpoint that was known; null when there was none.</param>
public sealed record BackupLedger(string Key, long Size, string Root, string? Checkpoint);

/// <summary>A member of a backup.</summary>
/// <param name="Sha256">The hash of its bytes, in lower-case hexadecimal.</param>
public sealed record BackupMember(string Name, long Bytes, string Sha256);
