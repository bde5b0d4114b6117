using System.Diagnostics;

namespace SurveillanceRegistry.Journeys.Tests.Fixtures;

/// <summary>Runs programs as a person would: the built executable, mosquitto_pub, node. Each is bounded in time.</summary>
internal static class Programs
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);

    /// <summary>The checkout's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>
    /// The product's executable: the compiled copy that <c>deploy/test</c> makes because it starts in less time, or what was built.
    /// </summary>
    public static string RegistryExecutable { get; } =
        Environment.GetEnvironmentVariable("REGISTRY_COMPILED") is { Length: > 0 } compiled
            ? Path.Combine(compiled, "SurveillanceRegistry.Registry.dll")
            : Path.Combine(
                Root,
                "src/Registry/bin",
                AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug",
                "net10.0/SurveillanceRegistry.Registry.dll"
            );

    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? settings = null
    )
    {
        using var process = Start(program, arguments, settings);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var bound = new CancellationTokenSource(Timeout);
        try
        {
            await process.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {Timeout.TotalSeconds} s.");
        }

        return (process.ExitCode, await output, await errors);
    }

    public static Task<(int ExitCode, string Output, string Errors)> CommandAsync(
        IReadOnlyDictionary<string, string> settings,
        params string[] arguments
    ) => RunAsync("dotnet", [RegistryExecutable, .. arguments], settings);

    /// <summary>
    /// Starts a command of the registry and kills it (SIGKILL) at the given change of a file below a folder, or when it has ended before.
    /// Returns the number of changes that were seen.
    /// </summary>
    public static async Task<int> KillAtChangeAsync(
        IReadOnlyDictionary<string, string> settings,
        string folder,
        int change,
        params string[] command
    )
    {
        var seen = 0;
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var files = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
        files.Created += Count;
        files.Changed += Count;
        files.Renamed += Count;
        files.Deleted += Count;
        files.EnableRaisingEvents = true;
        using var process = Start("dotnet", [RegistryExecutable, .. command], settings);
        await Task.WhenAny(reached.Task, process.WaitForExitAsync()).WaitAsync(Timeout);
        process.Kill();
        await process.WaitForExitAsync();
        return seen;

        void Count(object sender, FileSystemEventArgs changed)
        {
            if (Interlocked.Increment(ref seen) == change)
                reached.SetResult();
        }
    }

    /// <summary>
    /// Asks a process of ours to stop, as a service manager does. (A shell in the background lets its programs ignore Ctrl-C.)
    /// By the shell's own kill: a bare machine may have no other.
    /// </summary>
    public static Task StopAsync(Process process) =>
        RunAsync("bash", ["-c", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"kill -TERM {process.Id}")]);

    public static Process Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? settings)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Root,
        };
        foreach (
            var name in start
                .Environment.Keys.Where(name => name.StartsWith("REGISTRY_", StringComparison.Ordinal) && name != "REGISTRY_POSTGRES_BIN")
                .ToArray()
        )
            start.Environment.Remove(name);
        foreach (var (name, value) in settings ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SurveillanceRegistry.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The checkout was not found above " + AppContext.BaseDirectory);
        return folder.FullName;
    }
}
