using System.ComponentModel;
using System.Diagnostics;

namespace SurveillanceRegistry.Postgres.Cluster;

/// <summary>Runs a program to its end and returns its output. Kills it when it exceeds its time limit.</summary>
internal static class PostgresCommand
{
    public static async Task<(int ExitCode, string Output)> RunAsync(
        TimeSpan limit,
        CancellationToken cancellationToken,
        params string[] command
    )
    {
        using var process = Start(command);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limit);
        try
        {
            // Reads while the program runs: with a full pipe it would never end.
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var errors = process.StandardError.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            return (process.ExitCode, (await output + await errors).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            cancellationToken.ThrowIfCancellationRequested();
            throw new ClusterUnavailableException(
                $"'{string.Join(' ', command)}' did not end within {limit.TotalSeconds} s: "
                    + "see what holds it up, and start the registry again."
            );
        }
    }

    private static Process Start(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = "/",
        }.Limit();
        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception failure)
        {
            throw new ClusterUnavailableException(
                $"The program '{command[0]}' cannot be run ({failure.Message}): "
                    + "install the package that holds it, or set REGISTRY_DATABASE to a server's connection string.",
                failure
            );
        }
    }
}
