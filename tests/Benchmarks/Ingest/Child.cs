using System.Diagnostics;
using System.Globalization;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>
/// A process of a measurement. It ends when it is disposed, and also when this process ends in whatever way: its stdin ends then, and
/// either
/// it watches that itself or a shell before it does.
/// </summary>
internal sealed class Child : IAsyncDisposable
{
    // The shell waits for its stdin to end, then ends the program and waits for it.
    private const string UntilStdinEnds = "\"$@\" </dev/null & program=$!; cat >/dev/null; kill -TERM $program 2>/dev/null; wait $program";

    private static readonly CancellationTokenSource Interrupt = new();

    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Queue<string> _errors = new();
    private readonly TaskCompletionSource _said = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _awaited;

    private Child(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>Cancelled when this program is told to end: then whatever waits for a generator fails, and unwinds.</summary>
    public static CancellationToken Interrupted => Interrupt.Token;

    public static void InterruptAll() => Interrupt.Cancel();

    /// <summary>Its id; what it started itself counts with it.</summary>
    public int Pid => _process.Id;

    /// <summary>The last lines that it wrote to stderr.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
                return string.Join('\n', _errors);
        }
    }

    /// <summary>This program again, with another verb.</summary>
    public static Child StartSelf(string verb, Dictionary<string, string> settings) =>
        StartWatching("dotnet", [typeof(Child).Assembly.Location, verb], settings);

    /// <summary>A program that ends by itself when its stdin does.</summary>
    public static Child StartWatching(string program, IEnumerable<string> arguments, Dictionary<string, string>? settings = null) =>
        new(Programs.Start(program, arguments, settings));

    /// <summary>Any other program.</summary>
    public static Child Start(string program, params string[] arguments) =>
        new(Programs.Start("bash", ["-c", UntilStdinEnds, "bash", program, .. arguments], null));

    /// <summary>Asks a process to end, should this one end without having said that all is well.</summary>
    public static Child Guard(int pid) =>
        new(Programs.Start("bash", ["-c", string.Create(CultureInfo.InvariantCulture, $"read -r line || kill -TERM {pid}")], null));

    public async Task WriteAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    public async Task<string> ReadAsync() =>
        await _process.StandardOutput.ReadLineAsync(Interrupted)
        ?? throw new InvalidOperationException($"{Path.GetFileName(_process.StartInfo.ArgumentList[^1])} ended:\n{Errors}");

    /// <summary>Waits until it writes something to stderr.</summary>
    public Task SaysAsync(string words)
    {
        lock (_errors)
        {
            _awaited = words;
            if (_errors.Any(line => line.Contains(words, StringComparison.Ordinal)))
                _said.TrySetResult();
        }

        return _said.Task.WaitAsync(LongestEnd);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(LongestEnd);
        }
        catch (Exception failure) when (failure is TimeoutException or IOException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
            return;
        lock (_errors)
        {
            _errors.Enqueue(line);
            if (_errors.Count > 40)
                _errors.Dequeue();
            if (_awaited is { } awaited && line.Contains(awaited, StringComparison.Ordinal))
                _said.TrySetResult();
        }
    }
}
