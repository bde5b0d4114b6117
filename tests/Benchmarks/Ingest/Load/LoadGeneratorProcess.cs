using System.Text.Json;
using System.Threading.Channels;

namespace SurveillanceRegistry.Benchmarks.Ingest.Load;

/// <summary>
/// The process that makes the load; a process of its own, so that its CPU time can be measured separately. Reads orders from stdin, writes
/// results to stdout, and ends when stdin ends.
/// </summary>
internal static class LoadGeneratorProcess
{
    public const string Verb = "ingest-generator";

    /// <summary>The line that ends a paced load before its time.</summary>
    public const string StopPaced = "stop-paced";

    public static async Task RunAsync()
    {
        var groups = new Dictionary<string, LoadClients>(StringComparer.Ordinal);
        var lines = Channel.CreateUnbounded<string>();
        _ = Task.Factory.StartNew(() => ReadInput(lines.Writer), TaskCreationOptions.LongRunning);
        await foreach (var line in lines.Reader.ReadAllAsync())
        {
            var order = JsonSerializer.Deserialize<LoadOrder>(line)!;
            try
            {
                Write(await ExecuteAsync(order, groups));
            }
            catch (Exception failure)
            {
                // The process that gave the order throws it again.
                Write(new LoadResult("failed", $"{order.Kind} {order.Clients}: {failure.Message}"));
            }
        }
    }

    /// <summary>Ends the process at the end of stdin, whatever load is running.</summary>
    private static void ReadInput(ChannelWriter<string> lines)
    {
        while (Console.In.ReadLine() is { } line)
        {
            if (line == StopPaced)
                LoadClients.IsPacedLoadStopped = true;
            else
                lines.TryWrite(line);
        }

        Environment.Exit(0);
    }

    private static async Task<LoadResult> ExecuteAsync(LoadOrder order, Dictionary<string, LoadClients> groups)
    {
        switch (order.Kind)
        {
            case "open":
                return await (groups[order.Clients] = new LoadClients(order)).OpenAsync();
            case "full":
            case "paced":
                return await RunLoadAsync(order, groups[order.Clients]);
            case "published":
                return groups[order.Clients].Published();
            case "close":
                groups.Remove(order.Clients, out var closed);
                closed!.Dispose();
                return new LoadResult("ended");
            default:
                throw new InvalidOperationException($"'{order.Kind}' is not known.");
        }
    }

    private static async Task<LoadResult> RunLoadAsync(LoadOrder order, LoadClients clients)
    {
        var result = order.Kind == "full" ? await clients.RunFullAsync(order, OnBegun) : await clients.RunPacedAsync(order, OnBegun);
        Write(result); // Before draining: the other process reads its CPU counters now.
        return result with
        {
            Event = "drained",
            Unanswered = await clients.DrainAsync(),
            AllAcknowledged = clients.Published().AllAcknowledged,
        };
    }

    private static void OnBegun() => Write(new LoadResult("begun"));

    private static void Write(LoadResult result) => Console.Out.WriteLine(JsonSerializer.Serialize(result));
}
