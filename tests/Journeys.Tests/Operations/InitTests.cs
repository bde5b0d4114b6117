using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Operations;

/// <summary>What <c>registry init</c> refuses. <see cref="YourCityGuideTests"/> makes a city.</summary>
public sealed class InitTests : IDisposable
{
    private static readonly string[] Options =
    [
        "--name",
        "Port Alder",
        "--time-zone",
        "America/Los_Angeles",
        "--language",
        "en",
        "--language",
        "es",
        "--department",
        "police | Port Alder Police Department | 360-555-0110",
        "--department",
        "transportation | Port Alder Streets | 360-555-0120",
        "--records",
        "Port Alder Records Office | https://records.port-alder.example | 360-555-0140 | 5 | Public Records Act, RCW 42.56",
        "--address",
        "http://registry.port-alder.example",
    ];

    private readonly string _folder = RegistryHost.MakeTraversable(Directory.CreateTempSubdirectory("city-").FullName);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string City => Path.Combine(_folder, "port-alder");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_city_with_something_missing_or_wrong_is_not_made()
    {
        var (code, _, errors) = await InitAsync(Options[2..]);
        Assert.Equal(2, code);
        Assert.Contains("--name is missing", errors, StringComparison.Ordinal);

        (code, _, errors) = await InitAsync([.. Options, "--take", "rcw-9.37", "--language", "fr"]);
        Assert.Equal(1, code);
        Assert.Contains("found no instrument 'rcw-9.37'; expected one of ", errors, StringComparison.Ordinal);
        Assert.Contains("found no texts of notices in 'fr'", errors, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));

        // A manual of a department that this city does not name.
        string[] withoutPolice = [.. Options[..8], .. Options[10..]];
        (code, _, errors) = await InitAsync([.. withoutPolice, "--take", "spd-manual-16.170"]);
        Assert.Equal(1, code);
        Assert.Contains("police", errors, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));

        Directory.CreateDirectory(City);
        await File.WriteAllTextAsync(Path.Combine(City, "notes"), "of a person", Cancellation);
        (code, _, errors) = await InitAsync(Options);
        Assert.Equal(2, code);
        Assert.Contains("is not empty: name a new folder", errors, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output, string Errors)> InitAsync(string[] options) =>
        Programs.CommandAsync(new Dictionary<string, string>(), ["init", City, .. options]);
}
