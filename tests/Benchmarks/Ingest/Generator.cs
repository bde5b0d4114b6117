using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>
/// The process that makes the load, so that its CPU can be told from everybody else's. Reads orders from stdin, writes outcomes to
/// stdout, and ends with stdin.
/// </summary>
internal static class Generator
{
    public const string Verb = "ingest-generator";

    /// <summary>Ends the paced load that runs, before its time.</summary>
    public const string Enough = "enough";

    public static async Task RunAsync()
    {
        var swarms = new Dictionary<string, Swarm>(StringComparer.Ordinal);
        var orders = Channel.CreateUnbounded<string>();
        _ = Task.Factory.StartNew(() => Listen(orders.Writer), TaskCreationOptions.LongRunning);
        await foreach (var line in orders.Reader.ReadAllAsync())
        {
            var order = JsonSerializer.Deserialize<Order>(line)!;
            try
            {
                Say(await ObeyAsync(order, swarms));
            }
            catch (Exception failure)
            {
                // Told to whoever gave the order.
                Say(new Outcome("failed", $"{order.Do} {order.Swarm}: {failure.Message}"));
            }
        }
    }

    /// <summary>Ends the process with its stdin, whatever load is running.</summary>
    private static void Listen(ChannelWriter<string> orders)
    {
        while (Console.In.ReadLine() is { } line)
        {
            if (line == Enough)
                Swarm.IsEnough = true;
            else
                orders.TryWrite(line);
        }

        Environment.Exit(0);
    }

    private static async Task<Outcome> ObeyAsync(Order order, Dictionary<string, Swarm> swarms)
    {
        switch (order.Do)
        {
            case "open":
                var opened = swarms[order.Swarm] = new Swarm(order);
                return await opened.OpenAsync();
            case "full":
            case "paced":
                var swarm = swarms[order.Swarm];
                var outcome = order.Do == "full" ? await swarm.FullAsync(order, Begun) : await swarm.PacedAsync(order, Begun);
                Say(outcome); // At once: whoever reads clocks beside this one reads them now.
                return outcome with
                {
                    Event = "drained",
                    Unanswered = await swarm.DrainAsync(),
                    AllAcknowledged = swarm.Spoken().AllAcknowledged,
                };
            case "spoken":
                return swarms[order.Swarm].Spoken();
            case "close":
                swarms.Remove(order.Swarm, out var closed);
                closed!.Dispose();
                return new Outcome("ended");
            default:
                throw new InvalidOperationException($"'{order.Do}' is not known.");
        }
    }

    private static void Begun() => Say(new Outcome("begun"));

    private static void Say(Outcome outcome) => Console.Out.WriteLine(JsonSerializer.Serialize(outcome));
}

/// <summary>The generator, seen from the process that gives it orders.</summary>
internal sealed class LoadGenerator : IAsyncDisposable
{
    private readonly Child _process;

    private LoadGenerator(Child process) => _process = process;

    public int Pid => _process.Pid;

    // One thread reads all sockets and answers on the spot: the least CPU per message that sockets of .NET offer.
    public static LoadGenerator Start() =>
        new(
            Child.StartSelf(
                Generator.Verb,
                new()
                {
                    ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
                    ["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = "1",
                    ["DOTNET_gcServer"] = "0",
                }
            )
        );

    public Task<Outcome> OpenAsync(string swarm, int port, int devices, int connections, int window = 1, int first = 0) =>
        AskAsync(new Order("open", swarm, port, first, devices, connections, window));

    public Task<Outcome> CloseAsync(string swarm) => AskAsync(new Order("close", swarm));

    public Task<Outcome> SpokenAsync(string swarm) => AskAsync(new Order("spoken", swarm));

    public Task<Run> FullAsync(string swarm, double seconds, Cores cores, double settleSeconds = 0) =>
        RunAsync(new Order("full", swarm, Seconds: seconds, SettleSeconds: settleSeconds), cores);

    public Task<Run> PacedAsync(string swarm, double perSecond, double seconds, Cores cores, double settleSeconds = 0) =>
        RunAsync(new Order("paced", swarm, Seconds: seconds, SettleSeconds: settleSeconds, PerSecond: perSecond), cores);

    /// <summary>Ends the paced load that runs, before its time.</summary>
    public Task EnoughAsync() => _process.WriteAsync(Generator.Enough);

    public Task<Run> CountAsync(string swarm, long messages, Cores cores) => RunAsync(new Order("full", swarm, Messages: messages), cores);

    /// <summary>Runs a load, and measures what it costs whom between its first and its last figure.</summary>
    public async Task<Run> RunAsync(Order order, Cores cores)
    {
        await _process.WriteAsync(JsonSerializer.Serialize(order));
        await ReadAsync("begun");
        var began = Stopwatch.GetTimestamp();
        var before = cores.Sample();
        var outcome = await ReadAsync("ended");
        var used = cores.Used(before);
        var drained = await ReadAsync("drained");
        return new Run(outcome with { Unanswered = drained.Unanswered, AllAcknowledged = drained.AllAcknowledged }, used, began);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task<Outcome> AskAsync(Order order)
    {
        await _process.WriteAsync(JsonSerializer.Serialize(order));
        return await ReadAsync("ended");
    }

    private async Task<Outcome> ReadAsync(string expected)
    {
        var outcome = JsonSerializer.Deserialize<Outcome>(await _process.ReadAsync())!;
        return outcome.Event == expected
            ? outcome
            : throw new InvalidOperationException($"The generator says '{outcome.Event}', expected '{expected}': {outcome.Problem}");
    }
}

/// <summary>One timed run: what was acknowledged how fast, and how many cores each took.</summary>
internal sealed record Run(Outcome Outcome, IReadOnlyDictionary<string, double> Cores, long Began);
