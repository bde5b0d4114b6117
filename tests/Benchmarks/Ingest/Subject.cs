using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Benchmarks.Ingest;

/// <summary>
/// The registry under measurement: <c>registry serve</c> in a process of its own with its private PostgreSQL, fsync on, and devices
/// registered before it opens.
/// </summary>
internal sealed class Subject : IAsyncDisposable
{
    private readonly RegistryHost _house = new() { LongestStart = TimeSpan.FromMinutes(10) };
    private Child? _guard;

    private Subject()
    {
        foreach (var (name, value) in Registered.Unlimited)
            _house.More[name] = value;
    }

    public RegistryHost House => _house;

    public int Port => _house.Mqtt.Port;

    public string Database { get; private set; } = "";

    /// <summary>Its server and its PostgreSQL, and those that make the load.</summary>
    public Cores Cores { get; private set; } = null!;

    /// <summary>A registry that knows whom <paramref name="register"/> registers, given how to reach its database.</summary>
    public static async Task<Subject> OpenAsync(LoadGenerator generator, Func<string, Task> register)
    {
        var subject = new Subject();
        try
        {
            await subject.OpenAsync(generator);
            await register(subject.Database);
            await subject.CloseAsync();
            await subject.OpenAsync(generator);
            var fsync =
                await Registered.AskAsync<string>(subject.Database, "show fsync")
                + await Registered.AskAsync<string>(subject.Database, "show synchronous_commit");
            return fsync == "onon" ? subject : throw new InvalidOperationException("The cluster does not write through.");
        }
        catch
        {
            await subject.DisposeAsync();
            throw;
        }
    }

    public async Task OpenAsync(LoadGenerator generator)
    {
        var opening = _house.OpenAsync();
        _guard = Child.Guard(_house.Pid);
        await opening;
        Database = await _house.DatabaseAsync();
        Cores = new Cores(
            ("generator", generator.Pid),
            ("generator", Environment.ProcessId),
            ("server", _house.Pid),
            ("PostgreSQL", await Registered.PostmasterAsync(Database))
        );
    }

    /// <summary>kill -9, and open again.</summary>
    public async Task KillAsync()
    {
        await ReleaseAsync();
        await _house.KillAsync();
    }

    public async Task CloseAsync()
    {
        await ReleaseAsync();
        await _house.CloseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await ReleaseAsync();
        await _house.DisposeAsync();
    }

    private async Task ReleaseAsync()
    {
        if (_guard is not { } guard)
            return;
        _guard = null;
        try
        {
            await guard.WriteAsync("all is well");
        }
        catch (IOException)
        {
            // Ctrl-C at a terminal has ended it already, and the registry with it.
        }

        await guard.DisposeAsync();
    }
}
