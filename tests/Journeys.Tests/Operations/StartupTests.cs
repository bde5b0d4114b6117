using System.Net;
using System.Net.Sockets;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Operations;

/// <summary>A start that is refused: one sentence, the exit code of the contract, and nothing half-made.</summary>
public sealed class StartupTests : IDisposable
{
    private readonly string _folder = RegistryHost.MakeTraversable(Directory.CreateTempSubdirectory("door-").FullName);

    private Dictionary<string, string> Settings(params (string Name, string Value)[] other)
    {
        var settings = new RegistryHost(Path.Combine(_folder, "var")).Settings;
        foreach (var (name, value) in other)
            settings[name] = value;
        return settings;
    }

    private async Task RefusesAsync(int code, string because, Dictionary<string, string> settings, params string[] arguments)
    {
        var (exitCode, output, errors) = await Programs.CommandAsync(settings, arguments);
        Assert.True(code == exitCode, $"exit code {exitCode}: {output} {errors}");
        Assert.Contains(because, errors, StringComparison.Ordinal);
        Assert.Single(errors.Trim().Split('\n'));
        Assert.False(Directory.Exists(Path.Combine(_folder, "var", "postgres", "cluster")));
    }

    [Theory]
    [InlineData("REGISTRY_HTTP")]
    [InlineData("REGISTRY_MQTT")]
    public async Task A_refused_start_says_which_port_is_in_use(string setting)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await RefusesAsync(3, "listens on " + other.LocalEndpoint, Settings((setting, other.LocalEndpoint.ToString()!)), "serve");
    }

    [Fact]
    public Task A_refused_start_says_that_PostgreSQL_is_missing() =>
        RefusesAsync(3, "REGISTRY_POSTGRES_BIN", Settings(("REGISTRY_POSTGRES_BIN", _folder)), "serve");

    [Fact]
    public async Task A_refused_start_says_that_the_data_folder_belongs_to_another_user()
    {
        // Root changes the folder's owner; another user takes a folder of root's.
        var folder = Path.Combine(_folder, "var");
        if (Environment.UserName == "root")
        {
            Directory.CreateDirectory(folder);
            await Programs.RunAsync("chown", ["nobody", folder]);
        }
        else
        {
            folder = "/usr/lib";
        }

        await RefusesAsync(3, "belongs to another user", Settings(("REGISTRY_DATA", folder)), "serve");
    }

    [Fact]
    public Task A_refused_start_says_which_address_is_invalid() =>
        RefusesAsync(2, "expected an address and a port", Settings(("REGISTRY_HTTP", "eighty")), "serve");

    [Fact]
    public Task A_cluster_of_several_silos_is_refused_and_nothing_listens_for_it() =>
        RefusesAsync(3, "serves with one silo only", Settings(("REGISTRY_CLUSTER", "city")), "serve");

    [Theory]
    [InlineData("REGISTRY_MQTT_LIMITS__INFLIGHT", "70000", "expected a number from 1 to 65535")]
    [InlineData("REGISTRY_MQTT_LIMITS__CONNECTIONS", "many", "expected a number from 1")]
    [InlineData("REGISTRY_MQTT_LIMITS__SPEED", "9", "is no limit")]
    public Task A_refused_start_says_which_limit_is_invalid(string setting, string value, string because) =>
        RefusesAsync(2, because, Settings((setting, value)), "serve");

    [Fact]
    public Task An_unknown_command_is_refused_with_a_pointer_to_the_help() => RefusesAsync(2, "--help", Settings(), "surveil");

    [Fact]
    public async Task The_registry_seeds_nothing_from_files_with_problems_and_lists_all_of_them()
    {
        var policies = Path.Combine(_folder, "policies");
        await Programs.RunAsync("cp", ["-r", Path.Combine(Programs.Root, "policies"), policies]);
        var manual = Path.Combine(policies, "instruments", "spd-manual-16.170.yaml");
        await File.WriteAllTextAsync(
            manual,
            (await File.ReadAllTextAsync(manual))
                .Replace("2019-02-01", "2019-02-30", StringComparison.Ordinal)
                .Replace("alpr:", "alrp:", StringComparison.Ordinal)
        );
        var settings = Settings(("REGISTRY_POLICIES", policies));

        var (checkCode, _, listed) = await Programs.CommandAsync(settings, "policies", "check", policies);
        Assert.Equal(1, checkCode);
        Assert.Matches(@"spd-manual-16\.170\.yaml:\d+:\d+: found .*2019-02-30.*expected", listed);
        Assert.Matches(@"spd-manual-16\.170\.yaml:\d+:\d+: found .*alrp.*expected", listed);

        var (serveCode, _, refused) = await Programs.CommandAsync(settings, "serve");
        Assert.Equal(1, serveCode);
        Assert.Contains("nothing was filled", refused, StringComparison.Ordinal);

        await using var registry = new RegistryHost(Path.Combine(_folder, "var"));
        await registry.StartAsync();
        Assert.NotEmpty((await registry.GetAsync("/api/v1/places")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_second_registry_cannot_start_on_the_same_data_folder()
    {
        await using var registry = await Snapshot.StartHostAsync();
        var (code, _, errors) = await Programs.CommandAsync(registry.Settings, "serve");
        Assert.Equal(3, code);
        Assert.Contains("Another registry runs", errors, StringComparison.Ordinal);
        Assert.NotEmpty((await registry.GetAsync("/api/v1/places")).GetProperty("items").EnumerateArray());
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }
}
