using System.Globalization;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using SurveillanceRegistry.Journeys.Tests.Strangers;

namespace SurveillanceRegistry.Journeys.Tests.Operations;

/// <summary>The sockets of a running registry, and a program of another user that tries to join it through them.</summary>
[Collection(PublicRegistryGroup.Name)]
public sealed class ListeningSocketsTests(PublicRegistry city)
{
    [Fact]
    public async Task The_registry_opens_no_socket_but_those_for_HTTP_and_MQTT()
    {
        var registry = city.Host;
        var ports = PortsOf(registry.ProcessId).ToArray();
        Assert.Equal(new[] { registry.Http.Port, registry.Mqtt.Port }.Order(), ports.Order());

        var (code, output, errors) = await Programs.RunAsync(
            "dotnet",
            [typeof(StrangerTests).Assembly.Location, "-noColor", "-explicit", "only", "-class", typeof(StrangerTests).FullName!],
            new Dictionary<string, string> { [StrangerTests.Ports] = string.Join(' ', ports) }
        );
        Assert.True(code == 0, output + errors);
        Assert.Contains("Total: 1, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0", output, StringComparison.Ordinal);
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
