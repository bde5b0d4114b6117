using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Ledger;

/// <summary>The public ledger, as a third-party program verifies it.</summary>
[Collection(StaffedRegistryGroup.Name)]
public sealed class LedgerVerificationTests(StaffedRegistry city)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_library_behind_Go_s_module_log_verifies_the_ledger()
    {
        using var reader = new HttpClient { BaseAddress = city.Host.Http };
        var earlier = Path.Combine(city.Host.Data, "earlier-checkpoint");
        await File.WriteAllTextAsync(earlier, await reader.GetStringAsync("/api/v1/log/checkpoint", Cancellation), Cancellation);
        await city.Host.CreateTokenAsync("editor"); // Two entries more.

        var (code, output, errors) = await Programs.RunAsync(
            "go",
            [
                "run",
                Path.Combine(Programs.Root, "tests/Journeys.Tests/go/verify_log.go"),
                new Uri(city.Host.Http, "/api/v1/log").ToString(),
                earlier,
            ],
            new Dictionary<string, string>
            {
                ["GO111MODULE"] = "off",
                ["GOPATH"] = "/usr/share/gocode",
                ["GOFLAGS"] = "",
                ["GOCACHE"] = Path.Combine(Programs.Root, "var/go-cache"),
            }
        );
        Assert.True(code == 0, output + errors);
        Assert.Matches(@"consistent (\d+) -> (\d+)\nincluded \2\n", output);
    }
}
