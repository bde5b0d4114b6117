using SurveillanceRegistry.Registry.Configuration;
using SurveillanceRegistry.Web.Connections;

namespace SurveillanceRegistry.Registry.Listeners;

/// <summary>The files that this process may open. The runtime raises the soft limit to the hard one when it starts.</summary>
internal static class OpenFiles
{
    private const string Limits = "/proc/self/limits";

    /// <summary>The limit; the greatest number if the kernel names none.</summary>
    public static long Limit => OpenFileBudget.ReadLimit(File.ReadAllText(Limits)) ?? long.MaxValue;

    /// <summary>Throws <see cref="PrerequisiteException"/> if the limit leaves nothing for devices and pages.</summary>
    public static void RequireEnough()
    {
        if (Limit < OpenFileBudget.Min)
            throw new PrerequisiteException(
                $"This process may open {Limit} files, and needs {OpenFileBudget.Min} at least: raise the limit of open files "
                    + "('ulimit -n', or LimitNOFILE of the service)."
            );
    }
}
