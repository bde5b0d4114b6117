using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry;

/// <summary>Fills an empty register from the files, once. Later changes to the files have no effect; a difference is logged.</summary>
internal static class DatabaseSeeder
{
    /// <summary>
    /// Fills the register if it is empty. Returns false, with every problem on stderr and nothing filled, if the files have problems.
    /// </summary>
    public static async Task<bool> FillAsync(Settings settings, IPolicyRegister register, ILogger log, CancellationToken cancellationToken)
    {
        var isEmpty = await register.IsEmptyAsync(cancellationToken);
        var (opening, problems) = SeedFiles.Read(settings.Policies, settings.Devices);
        if (!isEmpty)
        {
            await CompareAsync(register, opening, log, cancellationToken);
            return true;
        }

        if (opening is null)
        {
            foreach (var problem in problems)
                await Console.Error.WriteLineAsync(problem.ToString());
            await Console.Error.WriteLineAsync(
                $"The register is empty and its files have {problems.Length} problems: nothing was filled. "
                    + "Mend the files and start again."
            );
            return false;
        }

        if (await register.OpenAsync(opening, TimeProvider.System.GetUtcNow(), cancellationToken))
            log.LogInformation("Opened the register of {City} from {Count} files.", opening.Governance.City.Name, opening.Files.Length);
        return true;
    }

    private static async Task CompareAsync(IPolicyRegister register, Opening? opening, ILogger log, CancellationToken cancellationToken)
    {
        var registered = await register.OpeningFilesAsync(cancellationToken);
        var changed = opening?.Files.Where(file => !registered.Any(recorded => recorded.IsOf(file))).Select(file => file.Name).ToArray();
        if (changed is null)
            log.LogWarning(
                "The files under '{Name}' have problems; the register goes on as it is. 'registry policies check' lists them.",
                "policies and devices"
            );
        else if (changed.Length > 0)
            log.LogWarning(
                "Files differ from what the register was opened from: {Files}. Files change nothing by themselves.",
                string.Join(", ", changed)
            );
    }
}
