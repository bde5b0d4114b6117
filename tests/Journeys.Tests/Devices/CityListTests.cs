using System.Text.Json;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Devices;

/// <summary>The cameras of a real city, from its own list, into a registry that runs.</summary>
[Collection(StaffedRegistryGroup.Name)]
public sealed class CityListTests(StaffedRegistry city)
{
    private const string Mapping = """
        {"list":"seattle-traffic-cameras",
        "columns":{"name":"name","latitude":"lat","longitude":"lon","owner":"owner"},
        "defaults":{"kind":"traffic-camera","sensors":"video","place":"harbor-bridge","department":"transportation","lifecycle":"planned"},
        "words":{"owner":{"SDOT":"transportation"}},
        "source":"city-list","confidence":"secondary"}
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_cameras_of_Seattle_are_imported_with_their_duplicates_decided_and_undone()
    {
        if (Environment.GetEnvironmentVariable("REGISTRY_TEST_DATA") is not { Length: > 0 } data)
        {
            Assert.Skip("REGISTRY_TEST_DATA is not set.");
            return;
        }

        var list = Path.Combine(data, "seattle", "seattle-traffic-cameras-2015.csv");
        var folder = Directory.CreateTempSubdirectory("registry-lists-").FullName;
        var (mapping, decisions) = (Path.Combine(folder, "mapping.json"), Path.Combine(folder, "decisions.json"));
        await File.WriteAllTextAsync(mapping, Mapping, Cancellation);
        await File.WriteAllTextAsync(decisions, """{"otherDuplicates":"new"}""", Cancellation);
        using var clerk = await city.ApiClientAsync("device-clerk");
        var before = await DevicesAsync();

        var (unlisted, _, owners) = await Programs.CommandAsync(city.Host.Settings, "devices", "check", list, "--mapping", mapping);
        Assert.True(unlisted == 1, owners);
        Assert.Contains("column owner: found 'WSDOT'; expected a department (", owners, StringComparison.Ordinal);
        await StaffedRegistry.SendAsync(clerk, "names", """{"list":"organisations","name":"WSDOT","reason":"Owns cameras."}""");

        var (open, _, questions) = await Programs.CommandAsync(city.Host.Settings, "devices", "import", list, "--mapping", mapping);
        Assert.Equal(1, open);
        Assert.Contains("may be the same device as row", questions, StringComparison.Ordinal);
        Assert.Equal(before, await DevicesAsync());

        string[] import = ["devices", "import", list, "--mapping", mapping, "--decisions", decisions, "--json"];
        var (done, output, failure) = await Programs.CommandAsync(city.Host.Settings, import);
        Assert.True(done == 0, failure);
        var result = JsonSerializer.Deserialize<JsonElement>(output);
        Assert.Equal(135, result.GetProperty("added").GetInt32());
        var (again, nothing, _) = await Programs.CommandAsync(city.Host.Settings, "devices", "check", list, "--mapping", mapping);
        Assert.Equal(
            (0, true),
            (again, nothing.Contains("Nothing to record: 0 new, 0 changed, 135 as registered", StringComparison.Ordinal))
        );

        var (undone, _, answer) = await StaffedRegistry.SendAsync(
            clerk,
            $"imports/{result.GetProperty("import")}/undo",
            """{"reason":"Only tried."}"""
        );
        Assert.True(undone == 200, $"{undone} {answer}");
        Assert.Equal(before, await DevicesAsync());
        var verified = await Programs.CommandAsync(city.Host.Settings, "ledger", "verify");
        Assert.True(verified.ExitCode == 0, verified.Output + verified.Errors);
    }

    /// <summary>The ids of all devices in use.</summary>
    private async Task<string> DevicesAsync()
    {
        var answer = await city.Host.GetAsync("/api/v1/devices?limit=1000");
        return string.Join(' ', answer.GetProperty("items").EnumerateArray().Select(device => device.GetProperty("id").GetString()));
    }
}
