using System.Net;
using System.Net.Sockets;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Operations;

/// <summary>What cannot be is said in one sentence, with the exit code of the contract, and leaves nothing half-made.</summary>
public sealed class StartupTests : IDisposable
{
    private readonly string _folder = RegistryHost.Reachable(Directory.CreateTempSubdirectory("door-").FullName);

    private Dictionary<string, string> Settings(params (string Name, string Value)[] other)
    {
        var settings = new RegistryHost(Path.Combine(_folder, "var")).Settings;
        foreach (var (name, value) in other)
            settings[name] = value;
        return settings;
    }

    private async Task RefusesAsync(int code, string because, Dictionary<string, string> settings, params string[] arguments)
    {
        var (exitCode, output, errors) = await Programs.VerbAsync(settings, arguments);
        Assert.True(code == exitCode, $"exit code {exitCode}: {output} {errors}");
        Assert.Contains(because, errors, StringComparison.Ordinal);
        Assert.Single(errors.Trim().Split('\n'));
        Assert.False(Directory.Exists(Path.Combine(_folder, "var", "postgres", "cluster")));
    }

    [Theory]
    [InlineData("REGISTRY_HTTP")]
    [InlineData("REGISTRY_MQTT")]
    public async Task Says_which_port_is_in_use(string setting)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        await RefusesAsync(3, "listens on " + other.LocalEndpoint, Settings((setting, other.LocalEndpoint.ToString()!)), "serve");
    }

    [Fact]
    public Task Says_that_postgresql_is_missing() =>
        RefusesAsync(3, "REGISTRY_POSTGRES_BIN", Settings(("REGISTRY_POSTGRES_BIN", _folder)), "serve");

    [Fact]
    public async Task Says_that_the_data_folder_belongs_to_somebody_else()
    {
        // Root gives the folder away; anybody else uses one that was never theirs.
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
    public Task Says_that_an_address_is_none() =>
        RefusesAsync(2, "expected an address and a port", Settings(("REGISTRY_HTTP", "eighty")), "serve");

    [Theory]
    [InlineData("REGISTRY_MQTT_LIMITS__INFLIGHT", "70000", "expected a number from 1 to 65535")]
    [InlineData("REGISTRY_MQTT_LIMITS__CONNECTIONS", "many", "expected a number from 1")]
    [InlineData("REGISTRY_MQTT_LIMITS__SPEED", "9", "is no limit")]
    public Task Says_that_a_limit_is_none(string setting, string value, string because) =>
        RefusesAsync(2, because, Settings((setting, value)), "serve");

    [Fact]
    public Task Says_that_a_verb_is_not_known() => RefusesAsync(2, "--help", Settings(), "surveil");

    [Fact]
    public async Task Fills_nothing_from_files_that_have_problems_and_lists_all_of_them()
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

        var (checkCode, _, listed) = await Programs.VerbAsync(settings, "policies", "check", policies);
        Assert.Equal(1, checkCode);
        Assert.Matches(@"spd-manual-16\.170\.yaml:\d+:\d+: found .*2019-02-30.*expected", listed);
        Assert.Matches(@"spd-manual-16\.170\.yaml:\d+:\d+: found .*alrp.*expected", listed);

        var (serveCode, _, refused) = await Programs.VerbAsync(settings, "serve");
        Assert.Equal(1, serveCode);
        Assert.Contains("nothing was filled", refused, StringComparison.Ordinal);

        await using var house = new RegistryHost(Path.Combine(_folder, "var"));
        await house.OpenAsync();
        Assert.NotEmpty((await house.GetAsync("/api/v1/places")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Lets_no_second_registry_into_a_data_folder()
    {
        await using var house = new RegistryHost(Path.Combine(_folder, "var"));
        await house.OpenAsync();
        var (code, _, errors) = await Programs.VerbAsync(house.Settings, "serve");
        Assert.Equal(3, code);
        Assert.Contains("Another registry runs", errors, StringComparison.Ordinal);
        Assert.NotEmpty((await house.GetAsync("/api/v1/places")).GetProperty("items").EnumerateArray());
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }
}
