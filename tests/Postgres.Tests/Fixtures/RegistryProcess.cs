using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using SurveillanceRegistry.Postgres.Cluster;
using Xunit.Runner.InProc.SystemConsole;

namespace SurveillanceRegistry.Postgres.Tests.Fixtures;

/// <summary>A registry in a process of its own, reduced to what it does with its cluster, so that it can be killed.</summary>
internal sealed class RegistryProcess : IDisposable
{
    private const string Own = "own-cluster",
        Ready = "ready";

    private readonly Process _process;

    private RegistryProcess(Process process) => _process = process;

    /// <summary>Starts one on a data folder and waits until its cluster is ready.</summary>
    public static async Task<RegistryProcess> StartAsync(string data)
    {
        // The test program is this very process' program; under 'dotnet' the assembly has to be named too.
        var program = Environment.ProcessPath!;
        string[] arguments =
            Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(RegistryProcess).Assembly.Location, Own, data] : [Own, data];
        var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardInput = true }
        )!;
        Assert.Equal(Ready, await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        return new RegistryProcess(process);
    }

    /// <summary>Sends SIGKILL: nothing is logged, closed or flushed.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is not [Own, var data])
            return await ConsoleRunner.Run(arguments);
        var cluster = await PrivateCluster.StartAsync(data, "", NullLogger.Instance, CancellationToken.None);
        await Console.Out.WriteLineAsync(Ready);
        await Console.In.ReadLineAsync(); // The end of the test closes it, when nothing killed it.
        await cluster.DisposeAsync();
        return 0;
    }
}
