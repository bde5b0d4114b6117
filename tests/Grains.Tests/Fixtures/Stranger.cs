using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Serialization;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;

namespace SurveillanceRegistry.Grains.Tests.Fixtures;

/// <summary>
/// A program on the same machine that knows all code of the registry and the names of its cluster. It joins as a silo, reads the
/// governance and drafts a change in the name of staff.
/// </summary>
internal static class Stranger
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Tries to join the silo at an address. Returns what it did: nothing, or <c>joined, read, wrote</c>.</summary>
    /// <param name="silo">A silo that is a member of the cluster.</param>
    /// <param name="certificate">The certificate that it shows; null to connect without TLS.</param>
    /// <param name="patience">How long it tries.</param>
    public static async Task<string> TryAsync(IPEndPoint silo, string cluster, X509Certificate2? certificate, TimeSpan patience)
    {
        using var time = new CancellationTokenSource(patience);
        using var program = Build(silo, cluster, certificate);
        var done = new List<string>();
        try
        {
            await program.StartAsync(time.Token).WaitAsync(time.Token);
            done.Add("joined");
            var policies = program.Services.GetRequiredService<IGrainFactory>().Policies();
            var governance = await UntilItSucceedsAsync(() => policies.Governance(), time.Token);
            done.Add("read");
            var manual = governance.Table.Instruments[0];
            var forged = manual with { Versions = manual.Versions.SetItem(0, manual.Versions[0] with { Title = "A forged title" }) };
            var document = new ProposedDocument(PolicyDocument.For(forged), 1);
            var proposal = new Proposal("Forged.", manual.Versions[0].Source, [document]);
            var staff = new Attribution("editor", null, "st-aaaaaaaaaaaaaaaa");
            await UntilItSucceedsAsync(() => policies.Draft(proposal, staff), time.Token);
            done.Add("wrote");
        }
        catch (Exception)
        {
            // It did what it did until here.
        }

        using var stop = new CancellationTokenSource(StopTimeout);
        await Task.WhenAny(program.StopAsync(stop.Token), Task.Delay(StopTimeout, CancellationToken.None));
        return string.Join(", ", done);
    }

    /// <summary>Calls until it succeeds: while a silo joins, the directory of grains moves, and a call may fail.</summary>
    private static async Task<T> UntilItSucceedsAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await call().WaitAsync(cancellationToken);
            }
            catch (Exception failure) when (failure is OrleansException or InvalidOperationException or TimeoutException)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Returns a port of the loopback address on which nothing listens.</summary>
    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static IHost Build(IPEndPoint silo, string cluster, X509Certificate2? certificate)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(own =>
        {
            var endpoint = new IPEndPoint(IPAddress.Loopback, FreePort());
            if (certificate is null)
            {
                own.ConfigureEndpoints(endpoint.Address, endpoint.Port, gatewayPort: 0);
                own.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = ("surveillance-registry", cluster));
            }
            else
            {
                own.UseSiloOf(cluster, endpoint, certificate);
            }

            own.UseDevelopmentClustering(silo);
            own.Services.AddSerializer(GrainsSetup.AddImmutableValues);
        });
        return builder.Build();
    }
}
