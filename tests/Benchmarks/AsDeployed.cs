using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks;

/// <summary>Runs a measured registry as a city runs it.</summary>
internal static class AsDeployed
{
    /// <summary>The runtime's own number of calls after which a method is optimised, in hexadecimal.</summary>
    public const string CallsBeforeOptimising = "1E";

    /// <summary>
    /// Lets the runtime optimise by what it observes, as it does without any setting. The tests' registries, which live for seconds, are
    /// started without it; the ingest then takes an eighth more CPU time.
    /// </summary>
    public static RegistryHost WithProfiling(this RegistryHost host)
    {
        host.ExtraSettings["DOTNET_TieredPGO"] = "1";
        host.ExtraSettings["DOTNET_TC_CallCountThreshold"] = CallsBeforeOptimising;
        return host;
    }
}
