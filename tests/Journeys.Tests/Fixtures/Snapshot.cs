[assembly: AssemblyFixture(typeof(SurveillanceRegistry.Journeys.Tests.Fixtures.Snapshot))]

namespace SurveillanceRegistry.Journeys.Tests.Fixtures;

/// <summary>
/// A data folder that the executable under test made once in this run: cluster, schema, sample city, and one API token for each role. A
/// registry that starts on a copy of it skips initdb, the migrations and the first opening. Tests of the first start use
/// <c>new RegistryHost()</c>, whose data folder is empty.
/// </summary>
public sealed class Snapshot : IAsyncDisposable
{
    private static readonly string[] Roles = ["device-clerk", "editor", "approver"];

    private static readonly Lazy<Task<Contents>> Made = new(() => FixtureClock.MeasureAsync("snapshot", MakeAsync));

    private sealed record Contents(string Folder, IReadOnlyDictionary<string, string> Tokens);

    /// <summary>A registry on a copy of the snapshot, not started yet.</summary>
    /// <param name="isOnDisk">Whether its data lie on a disk, although temporary files may lie in memory.</param>
    internal static async Task<RegistryHost> CreateHostAsync(bool isOnDisk = false)
    {
        var snapshot = await Made.Value;
        var host = new RegistryHost(isOnDisk ? RegistryHost.MakeTraversable(FolderOnDisk()) : null) { Tokens = snapshot.Tokens };
        await CopyAsync(snapshot.Folder, host.Data);
        return host;
    }

    /// <summary>A started registry on a copy of the snapshot.</summary>
    internal static Task<RegistryHost> StartHostAsync(bool isOnDisk = false) =>
        FixtureClock.MeasureAsync(
            "registry",
            async () =>
            {
                var host = await CreateHostAsync(isOnDisk);
                await host.StartAsync();
                return host;
            }
        );

    public async ValueTask DisposeAsync()
    {
        if (Made.IsValueCreated)
            Directory.Delete((await Made.Value).Folder, recursive: true);
    }

    private static async Task<Contents> MakeAsync()
    {
        var registry = new RegistryHost();
        await registry.StartAsync();
        var tokens = new Dictionary<string, string>();
        foreach (var role in Roles)
            tokens[role] = await registry.CreateTokenAsync(role);
        if (await registry.StopAsync() != 0)
            throw new InvalidOperationException("The registry that makes the snapshot did not stop cleanly: " + registry.Log);
        return new Contents(registry.Data, tokens);
    }

    /// <summary>Copies with owners and modes: the cluster belongs to an unprivileged user when the tests run as root.</summary>
    private static async Task CopyAsync(string from, string to)
    {
        var (code, _, errors) = await Programs.RunAsync("cp", ["-a", "--reflink=auto", from + "/.", to]);
        Assert.True(code == 0, errors);
    }

    private static string FolderOnDisk() => Directory.CreateDirectory("/var/tmp/journey-" + Path.GetRandomFileName()).FullName;
}
