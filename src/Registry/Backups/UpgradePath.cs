using System.Collections.Immutable;
using SurveillanceRegistry.Files.Backups;
using SurveillanceRegistry.Postgres;

namespace SurveillanceRegistry.Registry.Backups;

/// <summary>Whether this version can follow the one that wrote a backup.</summary>
/// <param name="Pending">The migrations that would run.</param>
/// <param name="Unknown">The migrations that this version does not have: a newer version wrote the backup.</param>
internal sealed record UpgradePath(BackupManifest From, ImmutableArray<string> Pending, ImmutableArray<string> Unknown)
{
    public bool Follows => Unknown.IsEmpty;

    /// <summary>The answer in a sentence.</summary>
    public string Sentence =>
        !Follows
            ? $"This version ({Backup.Version}) cannot follow version {From.Version}, which is newer: it does not have {Names(Unknown)}. "
                + $"Use version {From.Version} or a newer one."
        : Pending.IsEmpty ? $"This version ({Backup.Version}) can follow version {From.Version}: the schema stays as it is."
        : $"This version ({Backup.Version}) can follow version {From.Version}: {Pending.Length} migrations would run, {Names(Pending)}.";

    public static UpgradePath Of(BackupManifest manifest) =>
        new(manifest, [.. Schema.Migrations.Except(manifest.Migrations)], [.. manifest.Migrations.Except(Schema.Migrations)]);

    private static string Names(ImmutableArray<string> migrations) => string.Join(", ", migrations);
}
