using SurveillanceRegistry.Postgres.Backups;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry.Backups;

/// <summary>What was signed goes on with its own keys only: another key would make another log of the same entries.</summary>
internal static class KeyCheck
{
    /// <summary>
    /// Throws <see cref="PrerequisiteException"/> when the database holds what a key signed, and the key is missing or another one.
    /// </summary>
    public static async Task RequireAsync(Settings settings, IServiceProvider services, CancellationToken cancellationToken)
    {
        var state = services.GetRequiredService<LedgerState>();
        var folder = KeyFile.Folder(settings.Data);
        if (!KeyFile.HasNoticeKey(settings.Data) && await state.HasNoticesAsync(cancellationToken))
            throw Missing($"The key that signed the notices of this registry is not in '{folder}'");
        if (await state.NewestCheckpointAsync(cancellationToken) is not { } note)
            return;
        using var key = KeyFile.FindLedgerKey(settings.Data);
        if (key?.Open(note) is null)
            throw Missing($"The key that signed the ledger of this registry is not in '{folder}'");
    }

    private static PrerequisiteException Missing(string what) =>
        new($"{what}: put the folder of keys there that belongs to the database. Nothing was signed.");
}
