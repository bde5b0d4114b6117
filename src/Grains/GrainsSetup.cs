using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Serialization;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Grains.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Grains;

/// <summary>Adds the grains to a silo.</summary>
public static class GrainsSetup
{
    /// <summary>Everything that the grains need of Orleans, in production and in tests. Whoever opens the front door starts the <see cref="Sight"/> and the <see cref="Rounds"/>.</summary>
    public static ISiloBuilder AddGrains(this ISiloBuilder silo)
    {
        silo.Services.AddSerializer(AddImmutableValues);
        silo.Services.AddSingleton<Rounds>();
        silo.Services.AddSingleton<Sight>();
        silo.Services.AddSingleton<IEnrolmentEar, RegisterEar>();
        silo.Services.AddSingleton<Expectations>();
        silo.Services.AddSingleton<PresenceCounters>();
        silo.Services.AddSingleton<ChangesUnderWay>();
        silo.Services.AddSingleton<PresenceCensus>();
        silo.Services.TryAddSingleton<IngestFigures>();
        silo.Services.TryAddSingleton<IDroppedFields, NoDroppedFields>();
        return silo;
    }

    /// <summary>Lets values of the Domain cross grains; for silos and for clients outside them.</summary>
    public static void AddImmutableValues(ISerializerBuilder serializer) => ImmutableValues.AddTo(serializer);

    /// <summary>One silo on the loopback address, on ports that were free a moment ago, reachable from this machine only.</summary>
    public static ISiloBuilder UseOneSiloOnLoopback(this ISiloBuilder silo, int siloPort)
    {
        silo.UseLocalhostClustering(siloPort, gatewayPort: 0, primarySiloEndpoint: new IPEndPoint(IPAddress.Loopback, siloPort));
        silo.Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = ("surveillance-registry", "one"));
        return silo;
    }
}
