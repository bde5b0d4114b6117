using System.Diagnostics;
using System.Text.Json;
using SurveillanceRegistry.Benchmarks.Ingest.Processes;

namespace SurveillanceRegistry.Benchmarks.Ingest.Load;

/// <summary>Gives orders to a <see cref="LoadGeneratorProcess"/>.</summary>
internal sealed class LoadGenerator : IAsyncDisposable
{
    private readonly WorkerProcess _process;

    private LoadGenerator(WorkerProcess process) => _process = process;

    public int Pid => _process.Pid;

    /// <summary>Starts the process. One thread reads all sockets and answers inline, which needs the least CPU per message.</summary>
    public static LoadGenerator Start() =>
        new(
            WorkerProcess.StartSelf(
                LoadGeneratorProcess.Verb,
                new()
                {
                    ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
                    ["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = "1",
                    ["DOTNET_gcServer"] = "0",
                }
            )
        );

    public Task<LoadResult> OpenAsync(string clients, int port, int devices, int connections, int window = 1, int first = 0) =>
        SendAsync(new LoadOrder("open", clients, port, first, devices, connections, window));

    public Task<LoadResult> CloseAsync(string clients) => SendAsync(new LoadOrder("close", clients));

    /// <summary>Returns when each device last published.</summary>
    public Task<LoadResult> PublishedAsync(string clients) => SendAsync(new LoadOrder("published", clients));

    /// <summary>Keeps the window of every connection full for a time.</summary>
    public Task<LoadRun> RunFullAsync(string clients, double seconds, CpuUsage cpu, double settleSeconds = 0) =>
        RunAsync(new LoadOrder("full", clients, Seconds: seconds, SettleSeconds: settleSeconds), cpu);

    /// <summary>Keeps the window of every connection full until so many messages are acknowledged.</summary>
    public Task<LoadRun> RunMessagesAsync(string clients, long messages, CpuUsage cpu) =>
        RunAsync(new LoadOrder("full", clients, Messages: messages), cpu);

    /// <summary>Publishes at a fixed rate, whether or not the broker keeps up.</summary>
    public Task<LoadRun> RunPacedAsync(string clients, double perSecond, double seconds, CpuUsage cpu, double settleSeconds = 0) =>
        RunAsync(new LoadOrder("paced", clients, Seconds: seconds, SettleSeconds: settleSeconds, PerSecond: perSecond), cpu);

    /// <summary>Ends the running paced load before its time.</summary>
    public Task StopPacedAsync() => _process.WriteAsync(LoadGeneratorProcess.StopPaced);

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    /// <summary>Runs a load and measures the CPU time of each process between the begin and the end of the measured time.</summary>
    private async Task<LoadRun> RunAsync(LoadOrder order, CpuUsage cpu)
    {
        await _process.WriteAsync(JsonSerializer.Serialize(order));
        await ReadAsync("begun");
        var began = Stopwatch.GetTimestamp();
        var before = cpu.Read();
        var result = await ReadAsync("ended");
        var cores = cpu.CoresSince(before);
        var drained = await ReadAsync("drained");
        return new LoadRun(result with { Unanswered = drained.Unanswered, AllAcknowledged = drained.AllAcknowledged }, cores, began);
    }

    private async Task<LoadResult> SendAsync(LoadOrder order)
    {
        await _process.WriteAsync(JsonSerializer.Serialize(order));
        return await ReadAsync("ended");
    }

    private async Task<LoadResult> ReadAsync(string expected)
    {
        var result = JsonSerializer.Deserialize<LoadResult>(await _process.ReadAsync())!;
        return result.Event == expected
            ? result
            : throw new InvalidOperationException($"The load generator answered '{result.Event}', expected '{expected}': {result.Problem}");
    }
}

/// <summary>One measured run.</summary>
/// <param name="Cores">How many cores each process used.</param>
/// <param name="Began">Stopwatch timestamp of the begin of the measured time.</param>
internal sealed record LoadRun(LoadResult Result, IReadOnlyDictionary<string, double> Cores, long Began);
