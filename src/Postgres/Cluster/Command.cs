using System.Diagnostics;

namespace SurveillanceRegistry.Postgres.Cluster;

/// <summary>Runs one program to its end and tells what it printed. Bounded in time; killed beyond.</summary>
internal static class Command
{
    public static async Task<(int ExitCode, string Output)> RunAsync(TimeSpan limit, CancellationToken cancellationToken, params string[] command)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = "/" };
        foreach (var argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        start.Environment["LC_ALL"] = "C";
        using var process = Process.Start(start) ?? throw new ClusterUnavailable($"'{command[0]}' could not be started.");
        process.StandardInput.Close();
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(limit);
        try
        {
            await process.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }

        return (process.ExitCode, (await process.StandardOutput.ReadToEndAsync(cancellationToken) + await process.StandardError.ReadToEndAsync(cancellationToken)).Trim());
    }
}
