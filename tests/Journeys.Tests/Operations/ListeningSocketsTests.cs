using System.Globalization;
using System.Net;
using SurveillanceRegistry.Grains.Tests.Fixtures;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Operations;

/// <summary>The sockets of a running registry, and a program of another user that tries to join it through them.</summary>
[Collection(PublicRegistryGroup.Name)]
public sealed class ListeningSocketsTests(PublicRegistry city)
{
    /// <summary>The name of the cluster in versions that opened a socket for it.</summary>
    private const string Cluster = "one";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task The_registry_opens_no_socket_but_those_for_HTTP_and_MQTT()
    {
        var registry = city.Host;
        var ports = PortsOf(registry.ProcessId).ToArray();
        Assert.Equal(new[] { registry.Http.Port, registry.Mqtt.Port }.Order(), ports.Order());

        // That the same program can join a silo which knows it is shown by the tests of ClusterTls.
        var tried = await Task.WhenAll(
            ports.Select(port => Stranger.TryAsync(new IPEndPoint(IPAddress.Loopback, port), Cluster, certificate: null, Patience))
        );
        Assert.All(tried, Assert.Empty);
    }

    /// <summary>The ports on which a process listens, as Linux tells them (proc(5)).</summary>
    private static IEnumerable<int> PortsOf(int process)
    {
        const string listening = "0A";
        var sockets = Directory
            .GetFiles($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/fd")
            .Select(file => new FileInfo(file).LinkTarget)
            .Where(target => target?.StartsWith("socket:[", StringComparison.Ordinal) == true)
            .Select(target => target!["socket:[".Length..^1])
            .ToHashSet(StringComparer.Ordinal);
        return new[] { "/proc/net/tcp", "/proc/net/tcp6" }
            .SelectMany(table => File.ReadLines(table).Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(field => field[3] == listening && sockets.Contains(field[9]))
            .Select(field => int.Parse(field[1].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}
