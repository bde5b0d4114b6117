using SurveillanceRegistry.Benchmarks.Ingest.Load;
using SurveillanceRegistry.Benchmarks.Ingest.Processes;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks.Ingest.UnderTest;

/// <summary>
/// The measured registry: <c>registry serve</c> in its own process with its private PostgreSQL, fsync on, and devices that are registered
/// before it opens.
/// </summary>
internal sealed class RegistryUnderTest : IAsyncDisposable
{
    private readonly RegistryHost _host = new RegistryHost { StartTimeout = TimeSpan.FromMinutes(10) }.WithProfiling();
    private WorkerProcess? _guard;

    private RegistryUnderTest()
    {
        foreach (var (name, value) in RegisteredDevices.UnlimitedSettings)
            _host.ExtraSettings[name] = value;
    }

    public int Pid => _host.ProcessId;

    public Uri Http => _host.Http;

    public int MqttPort => _host.Mqtt.Port;

    /// <summary>The connection string of its database.</summary>
    public string Database { get; private set; } = "";

    /// <summary>Measures its server, its PostgreSQL and the processes that make the load.</summary>
    public CpuUsage Cpu { get; private set; } = null!;

    /// <summary>Opens a registry, registers devices in its database, and opens it again.</summary>
    /// <param name="register">Registers the devices; gets the connection string.</param>
    public static async Task<RegistryUnderTest> OpenAsync(LoadGenerator generator, Func<string, Task> register)
    {
        var registry = new RegistryUnderTest();
        try
        {
            await registry.OpenAsync(generator);
            await register(registry.Database);
            await registry.CloseAsync();
            await registry.OpenAsync(generator);
            await RequireDurableCommitsAsync(registry.Database);
            return registry;
        }
        catch
        {
            await registry.DisposeAsync();
            throw;
        }
    }

    private static async Task RequireDurableCommitsAsync(string database)
    {
        var fsync = await RegisteredDevices.QueryAsync<string>(database, "show fsync");
        var synchronousCommit = await RegisteredDevices.QueryAsync<string>(database, "show synchronous_commit");
        if (fsync != "on" || synchronousCommit != "on")
            throw new InvalidOperationException("PostgreSQL does not wait for the disk when it commits.");
    }

    /// <summary>Opens the registry again after <see cref="KillAsync"/> or <see cref="CloseAsync"/>.</summary>
    public async Task OpenAsync(LoadGenerator generator)
    {
        var opening = _host.StartAsync();
        _guard = WorkerProcess.StartGuard(_host.ProcessId);
        await opening;
        Database = await _host.ConnectionStringAsync();
        Cpu = new CpuUsage(
            ("generator", generator.Pid),
            ("generator", Environment.ProcessId),
            ("server", _host.ProcessId),
            ("PostgreSQL", await RegisteredDevices.PostmasterPidAsync(Database))
        );
    }

    /// <summary>Ends the server with kill -9.</summary>
    public async Task KillAsync()
    {
        await ReleaseGuardAsync();
        await _host.KillAsync();
    }

    private async Task CloseAsync()
    {
        await ReleaseGuardAsync();
        await _host.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await ReleaseGuardAsync();
        await _host.DisposeAsync();
    }

    private async Task ReleaseGuardAsync()
    {
        if (_guard is not { } guard)
            return;
        _guard = null;
        try
        {
            await guard.WriteAsync("released");
        }
        catch (IOException)
        {
            // Ctrl-C in a terminal has already ended the guard, and the registry with it.
        }

        await guard.DisposeAsync();
    }
}
