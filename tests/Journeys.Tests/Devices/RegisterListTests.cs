using System.Text.Json;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Devices;

/// <summary>Lists of places and screens, into a registry that runs.</summary>
[Collection(StaffedRegistryGroup.Name)]
public sealed class RegisterListTests(StaffedRegistry city)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Places_and_screens_are_taken_in_from_lists_and_their_exports_change_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("registry-places-").FullName;
        var (places, screens) = (Path.Combine(folder, "places.csv"), Path.Combine(folder, "screens.csv"));
        const string Corner = "{\"type\":\"Point\",\"coordinates\":[-122.3331,47.6097]}";
        await File.WriteAllTextAsync(
            places,
            "id;name;address;area;latitude;longitude\nlisted-corner;Listed corner;7 Main St;the corner;47.6097;-122.3331\n",
            Cancellation
        );
        await File.WriteAllTextAsync(screens, "id,place\nlisted-screen,nowhere\n", Cancellation);
        Assert.Contains("1 new, 0 changed", await RunAsync("places", "check", places));
        Assert.Contains("Recorded: 1 new", await RunAsync("places", "import", places, "--reason", "The list of 2026."));
        using var clerk = await city.ApiClientAsync("device-clerk");
        var place = await StaffedRegistry.GetJsonAsync(clerk, "/api/v1/places/listed-corner");
        Assert.Equal(Corner, place.GetProperty("geometry").GetRawText());

        var (refused, _, problem) = await Programs.CommandAsync(city.Host.Settings, "screens", "import", screens);
        Assert.Equal(1, refused);
        Assert.Contains("row 2, column place: found it; expected There is no place 'nowhere' in use", problem, StringComparison.Ordinal);
        await File.WriteAllTextAsync(screens, "id,place\nlisted-screen,listed-corner\n", Cancellation);
        Assert.Contains("Recorded: 1 new", await RunAsync("screens", "import", screens));

        foreach (var (register, path) in new[] { ("places", places), ("screens", screens) })
        {
            await RunAsync(register, "export", path);
            var again = JsonSerializer.Deserialize<JsonElement>(await RunAsync(register, "import", path, "--json"));
            Assert.Equal(
                (false, 0, 0),
                (again.GetProperty("recorded").GetBoolean(), again.GetProperty("added").GetInt32(), again.GetProperty("changed").GetInt32())
            );
        }

        await File.WriteAllTextAsync(screens, "id,retired\nlisted-screen,true\n", Cancellation);
        await File.WriteAllTextAsync(places, "id,retired\nlisted-corner,true\n", Cancellation);
        var (early, _, named) = await Programs.CommandAsync(city.Host.Settings, "places", "import", places);
        Assert.Equal(1, early);
        Assert.Contains("Row 2: Place 'listed-corner' is still named by the screen listed-screen", named, StringComparison.Ordinal);
        await RunAsync("screens", "import", screens);
        await RunAsync("places", "import", places);
        await RunAsync("ledger", "verify");
    }

    private async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output, failure) = await Programs.CommandAsync(city.Host.Settings, arguments);
        Assert.True(code == 0, failure);
        return output;
    }
}
