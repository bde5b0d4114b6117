using System.ComponentModel;
using System.Diagnostics;
using SurveillanceRegistry.Postgres.Cluster;

namespace SurveillanceRegistry.Postgres.Backups;

/// <summary>
/// A program of PostgreSQL that reads or writes a stream. When the registry is killed the stream ends, and with it the program.
/// </summary>
internal sealed class PostgresProgram : IDisposable
{
    private const int MaxErrorCharacters = 2000;

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly string _name;

    private PostgresProgram(Process process, string name)
    {
        _process = process;
        _name = name;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>What the program writes.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>What the program reads. Close it at the end.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Starts a program on a database.</summary>
    /// <param name="folder">Where PostgreSQL's programs are.</param>
    /// <exception cref="ClusterUnavailableException">It cannot be run.</exception>
    public static PostgresProgram Start(string folder, string name, PostgresLogin login, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(folder, name), [.. login.Arguments, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        }.Limit();
        foreach (var (variable, value) in login.Environment)
            start.Environment[variable] = value;
        try
        {
            return new PostgresProgram(Process.Start(start)!, name);
        }
        catch (Win32Exception failure)
        {
            throw new ClusterUnavailableException(
                $"The program '{name}' cannot be run ({failure.Message}): install the package 'postgresql-client', "
                    + "or name the folder of PostgreSQL's programs in REGISTRY_POSTGRES_BIN.",
                failure
            );
        }
    }

    /// <summary>Gives a stream to the program, and its end. A program that ends before it has read everything says why.</summary>
    public async Task FeedAsync(Stream content, CancellationToken cancellationToken)
    {
        try
        {
            await content.CopyToAsync(Input, cancellationToken);
            Input.Close();
        }
        catch (IOException)
        {
            // FinishAsync throws what it says, if it failed.
        }
    }

    /// <summary>Waits until the program has ended. Throws <see cref="ClusterUnavailableException"/> when it failed.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        if (_process.ExitCode == 0)
            return;
        var errors = (await _errors).Trim();
        throw new ClusterUnavailableException(
            $"{_name} failed, and says: {errors[..Math.Min(errors.Length, MaxErrorCharacters)].ReplaceLineEndings(" ")}"
        );
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
