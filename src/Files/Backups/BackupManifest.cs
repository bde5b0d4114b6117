using System.Collections.Immutable;
using System.Text.Json;
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
public sealed record BackupManifest(
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
    public const int CurrentFormat = 1;

    /// <summary>The last migration: the version of the schema.</summary>
    public string Schema => Migrations.IsDefaultOrEmpty ? "none" : Migrations[^1];

    /// <summary>Reads a manifest; null when the bytes are none.</summary>
    public static BackupManifest? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return
                JsonSerializer.Deserialize<BackupManifest>(bytes, Json.Options) is { Ledger: not null, Members.IsDefault: false } manifest
                ? manifest
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The bytes of the manifest.</summary>
    public byte[] Write() => [.. JsonSerializer.SerializeToUtf8Bytes(this, Indented), (byte)'\n'];

    private static readonly JsonSerializerOptions Indented = new(Json.Options) { WriteIndented = true };
}

/// <summary>The head of the ledger in a backup.</summary>
/// <param name="Key">The public key of the ledger (vkey); null when the registry had none yet.</param>
/// <param name="Size">The number of entries.</param>
/// <param name="Root">The root of the tree of that size, in base64.</param>
/// <param name="Checkpoint">The signed note of the greatest checkpoint that was known; null when there was none.</param>
public sealed record BackupLedger(string? Key, long Size, string Root, string? Checkpoint);

/// <summary>A member of a backup.</summary>
/// <param name="Sha256">The hash of its bytes, in lower-case hexadecimal.</param>
public sealed record BackupMember(string Name, long Bytes, string Sha256);
