using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks;

/// <summary>Runs a measured registry as a city runs it.</summary>
internal static class AsDeployed
{
    /// <summary>
    /// Lets the runtime optimise by what it observes, as it does without any setting. The tests' registries, which live for seconds, are
    /// started without it; the ingest then takes an eighth more CPU time.
    /// </summary>
    public static RegistryHost WithProfiling(this RegistryHost host)
    {
        host.ExtraSettings["DOTNET_TieredPGO"] = "1";
        return host;
    }
}
