using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Serialization;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Devices;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Grains;

/// <summary>Adds the grains to a silo.</summary>
public static class GrainsSetup
{
    /// <summary>
    /// Everything that the grains need of Orleans, in production and in tests. Whoever opens the front door starts the <see
    /// cref="IngestHealthMonitor"/> and the <see cref="GrainWakeUpService"/>.
    /// </summary>
    public static ISiloBuilder AddGrains(this ISiloBuilder silo)
    {
        silo.Services.AddSerializer(AddImmutableValues);
        silo.Services.AddSingleton<GrainWakeUpService>();
        silo.Services.AddSingleton<IngestHealthMonitor>();
        silo.Services.AddSingleton<IEnrolmentListener, RegistryChangeListener>();
        silo.Services.AddSingleton<ExpectedStateReconciler>();
        silo.Services.AddSingleton<PresenceMetrics>();
        silo.Services.AddSingleton<ChangeConcurrencyLimiter>();
        silo.Services.AddSingleton<PresenceStateCounts>();
        silo.Services.TryAddSingleton<IngestStatistics>();
        silo.Services.TryAddSingleton<IDroppedFields, NullDroppedFields>();
        return silo;
    }

    /// <summary>Lets values of the Domain cross grains; for silos and for clients outside them.</summary>
    public static void AddImmutableValues(ISerializerBuilder serializer) => DomainCodec.AddTo(serializer);

    /// <summary>One silo on the loopback address, on ports that were free a moment ago, reachable from this machine only.</summary>
    public static ISiloBuilder UseOneSiloOnLoopback(this ISiloBuilder silo, int siloPort)
    {
        silo.UseLocalhostClustering(siloPort, gatewayPort: 0, primarySiloEndpoint: new IPEndPoint(IPAddress.Loopback, siloPort));
        silo.Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = ("surveillance-registry", "one"));
        return silo;
    }
}
