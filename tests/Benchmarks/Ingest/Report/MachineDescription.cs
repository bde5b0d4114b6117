using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using MQTTnet.Server;
using SurveillanceRegistry.Benchmarks.Ingest.Peers;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks.Ingest.Report;

/// <summary>Describes the machine of a run: processor, memory, versions, and the time of one durable write.</summary>
internal static class MachineDescription
{
    private const int Writes = 200;
    private const int PageBytes = 8192;

    public static async Task<string> CreateAsync()
    {
        var processor = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(':')[1]
            .Trim();
        var memoryKilobytes = File.ReadLines("/proc/meminfo").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        var memory = long.Parse(memoryKilobytes, CultureInfo.InvariantCulture) / 1048576.0;
        var kernel = await OutputOfAsync("uname", "-r");
        var mqttNet = typeof(MqttServer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        var postgres = await OutputOfAsync(
            "bash",
            "-c",
            "${REGISTRY_POSTGRES_BIN:-$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)}/postgres --version"
        );
        var mosquitto = await OutputOfAsync("bash", "-c", $"{Mosquitto.Program} -h | head -n 1");
        var node = await OutputOfAsync("node", "--version");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {Environment.ProcessorCount} cores ({processor}), {memory:0} GiB, Linux {kernel};
            .NET {Environment.Version}, MQTTnet {mqttNet.Split('+')[0]},
            {postgres.Replace("postgres (PostgreSQL)", "PostgreSQL", StringComparison.Ordinal)}, {mosquitto}, Node {node}.
            One write of 8 kB with its flush took {MedianFlushMilliseconds():0.00} ms here (median of {Writes}):
            "durable" below means that this returned.
            """
        );
    }

    private static async Task<string> OutputOfAsync(string program, params string[] arguments) =>
        (await Programs.RunAsync(program, arguments)).Output.Trim();

    /// <summary>Measures the shortest time that a commit can take, on the disk on which the clusters of the measurements are.</summary>
    private static double MedianFlushMilliseconds()
    {
        var folder = Directory.CreateTempSubdirectory("flush-");
        try
        {
            var times = new List<double>();
            using var file = File.Create(Path.Combine(folder.FullName, "probe"), 1);
            var page = new byte[PageBytes];
            for (var i = 0; i < Writes; i++)
            {
                var began = Stopwatch.GetTimestamp();
                file.Position = 0;
                file.Write(page);
                file.Flush(flushToDisk: true);
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            times.Sort();
            return Figures.Percentile(times, 50);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
