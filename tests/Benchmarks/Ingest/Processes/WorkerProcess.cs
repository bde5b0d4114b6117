using System.Diagnostics;
using System.Globalization;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks.Ingest.Processes;

/// <summary>
/// A process of a measurement. It ends when it is disposed, and also when this process ends for any reason: its stdin ends then, which it
/// watches itself, or a shell in front of it does.
/// </summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    // The shell waits for the end of its stdin, then ends the program and waits for it.
    private const string UntilStdinEnds = "\"$@\" </dev/null & program=$!; cat >/dev/null; kill -TERM $program 2>/dev/null; wait $program";

    private const int MaxErrorLines = 40;

    private static readonly CancellationTokenSource InterruptSource = new();

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Queue<string> _errors = new();
    private readonly TaskCompletionSource _awaitedErrorFound = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _awaitedError;

    private WorkerProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => OnErrorLine(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>Cancelled when this program is asked to end. Pending reads from workers then fail, and the measurement unwinds.</summary>
    public static CancellationToken Interrupted => InterruptSource.Token;

    public static void InterruptAll() => InterruptSource.Cancel();

    /// <summary>The process id. Processes that this process starts are its children.</summary>
    public int Pid => _process.Id;

    /// <summary>The last lines of its stderr.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
                return string.Join('\n', _errors);
        }
    }

    /// <summary>Starts this program again with another verb.</summary>
    public static WorkerProcess StartSelf(string verb, Dictionary<string, string> settings) =>
        StartWatching("dotnet", [typeof(WorkerProcess).Assembly.Location, verb], settings);

    /// <summary>Starts a program that ends by itself when its stdin ends.</summary>
    public static WorkerProcess StartWatching(string program, IEnumerable<string> arguments, Dictionary<string, string>? settings = null) =>
        new(Programs.Start(program, arguments, settings));

    /// <summary>Starts any other program behind a shell that watches stdin.</summary>
    public static WorkerProcess Start(string program, params string[] arguments) =>
        new(Programs.Start("bash", ["-c", UntilStdinEnds, "bash", program, .. arguments], null));

    /// <summary>Starts a shell that ends another process, unless it reads a line before its stdin ends.</summary>
    public static WorkerProcess StartGuard(int pid) =>
        new(Programs.Start("bash", ["-c", string.Create(CultureInfo.InvariantCulture, $"read -r line || kill -TERM {pid}")], null));

    public async Task WriteAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    public async Task<string> ReadAsync() =>
        await _process.StandardOutput.ReadLineAsync(Interrupted)
        ?? throw new InvalidOperationException($"{Path.GetFileName(_process.StartInfo.ArgumentList[^1])} ended:\n{Errors}");

    /// <summary>Waits until a line of its stderr contains a text.</summary>
    public Task WaitForErrorAsync(string text)
    {
        lock (_errors)
        {
            _awaitedError = text;
            if (_errors.Any(line => line.Contains(text, StringComparison.Ordinal)))
                _awaitedErrorFound.TrySetResult();
        }

        return _awaitedErrorFound.Task.WaitAsync(LongestWait);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(LongestWait);
        }
        catch (Exception failure) when (failure is TimeoutException or IOException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void OnErrorLine(string? line)
    {
        if (line is null)
            return;
        lock (_errors)
        {
            _errors.Enqueue(line);
            if (_errors.Count > MaxErrorLines)
                _errors.Dequeue();
            if (_awaitedError is { } awaited && line.Contains(awaited, StringComparison.Ordinal))
                _awaitedErrorFound.TrySetResult();
        }
    }
}
