using System.Globalization;
using System.Net;
using SurveillanceRegistry.Grains.Tests.Fixtures;
using SurveillanceRegistry.Journeys.Tests.Operations;

namespace SurveillanceRegistry.Journeys.Tests.Strangers;

/// <summary>
/// The program of another user. <see cref="ListeningSocketsTests"/> runs it in a process of its own: a silo that reaches no cluster goes on
/// connecting, without a pause, until its process ends.
/// </summary>
public sealed class StrangerTests
{
    /// <summary>The variable that names the ports, with spaces between them.</summary>
    internal const string Ports = "REGISTRY_STRANGER_PORTS";

    /// <summary>The name of the cluster in versions that opened a socket for it.</summary>
    private const string Cluster = "one";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    /// <summary>That the same program can join a silo which knows it is shown by the tests of ClusterTls.</summary>
    [Fact(Explicit = true)]
    public async Task A_program_of_another_user_joins_no_silo_at_the_sockets_of_a_registry()
    {
        var ports = Environment.GetEnvironmentVariable(Ports)!.Split(' ').Select(port => int.Parse(port, CultureInfo.InvariantCulture));
        var tried = await Task.WhenAll(
            ports.Select(port => Stranger.TryAsync(new IPEndPoint(IPAddress.Loopback, port), Cluster, certificate: null, Patience))
        );
        Assert.Equal(2, tried.Length);
        Assert.All(tried, Assert.Empty);
    }
}
