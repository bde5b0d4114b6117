using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Serialization;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Clustering;
using SurveillanceRegistry.Grains.Devices;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Grains;

/// <summary>Adds the grains to a silo.</summary>
public static class GrainsSetup
{
    private const string ServiceId = "surveillance-registry";

    /// <summary>The name of a silo that is alone. Orleans names a silo by an address; nothing listens on this one.</summary>
    private static readonly IPEndPoint SoleSilo = new(IPAddress.Loopback, 1);

    /// <summary>
    /// Adds everything that the grains need from Orleans, in production and in tests. The periodic tasks run where the host also adds
    /// <see cref="PeriodicTaskRunner"/>.
    /// </summary>
    public static ISiloBuilder AddGrains(this ISiloBuilder silo)
    {
        silo.Services.AddSerializer(AddImmutableValues);
        silo.Services.AddSingleton<IEnrolmentListener, RegistryChangeListener>();
        silo.Services.AddSingleton<ExpectedStateReconciler>();
        silo.Services.AddSingleton<PresenceMetrics>();
        silo.Services.AddSingleton<ChangeConcurrencyLimiter>();
        silo.Services.AddSingleton<PresenceStateCounts>();
        silo.Services.TryAddSingleton<IngestStatistics>();
        silo.Services.TryAddSingleton<IDroppedFields, NullDroppedFields>();
        silo.Services.AddSingleton<IngestHealthMonitor>();
        silo.Services.AddSingleton<DeviceListReader>();
        silo.Services.AddSingleton<GrainWakeUpService>();
        // The monitor runs first: a partition that wakes before it would measure deadlines from before the restart.
        silo.Services.AddSingleton<IPeriodicTask>(services => services.GetRequiredService<IngestHealthMonitor>());
        silo.Services.AddSingleton<IPeriodicTask>(services => services.GetRequiredService<GrainWakeUpService>());
        return silo;
    }

    /// <summary>Lets values of the Domain be arguments and results of grain calls; for silos and for clients outside them.</summary>
    public static void AddImmutableValues(ISerializerBuilder serializer) => DomainCodec.AddTo(serializer);

    /// <summary>
    /// Configures a silo that is alone: no socket, no gateway, no other silo. See <see cref="NoConnections"/>.
    /// </summary>
    public static ISiloBuilder UseOneSilo(this ISiloBuilder silo)
    {
        silo.UseLocalhostClustering(SoleSilo.Port, gatewayPort: 0, primarySiloEndpoint: SoleSilo);
        Name(silo, "one");
        NoConnections.AddTo(silo.Services);
        return silo;
    }

    /// <summary>
    /// Configures one silo of a cluster of several. The caller adds their membership. See <see cref="ClusterTls"/>.
    /// </summary>
    /// <param name="cluster">The name of the cluster.</param>
    /// <param name="endpoint">Where this silo listens for the others.</param>
    /// <param name="certificate">The cluster's own certificate with its private key, the same for every silo.</param>
    public static ISiloBuilder UseSiloOf(this ISiloBuilder silo, string cluster, IPEndPoint endpoint, X509Certificate2 certificate)
    {
        Name(silo, cluster);
        ClusterTls.AddTo(silo, endpoint, certificate);
        return silo;
    }

    private static void Name(ISiloBuilder silo, string cluster) =>
        silo.Configure<ClusterOptions>(options =>
        {
            options.ServiceId = ServiceId;
            options.ClusterId = cluster;
        });
}
