using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Ledger;

/// <summary>What strangers can tell of the ledger, with programs that nobody here wrote.</summary>
public sealed class LedgerVerificationTests(StaffedRegistry city) : IClassFixture<StaffedRegistry>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Is_verified_by_the_library_that_checks_every_module_of_go()
    {
        using var reader = new HttpClient { BaseAddress = city.House.Http };
        var earlier = Path.Combine(city.House.Data, "earlier-checkpoint");
        await File.WriteAllTextAsync(earlier, await reader.GetStringAsync("/api/v1/log/checkpoint", Cancellation), Cancellation);
        using (await city.ProgramAsync("editor")) { } // Two entries more.

        var (code, output, errors) = await Programs.RunAsync(
            "go",
            [
                "run",
                Path.Combine(Programs.Root, "tests/Journeys.Tests/go/verify_log.go"),
                new Uri(city.House.Http, "/api/v1/log").ToString(),
                earlier,
            ],
            new Dictionary<string, string>
            {
                ["GO111MODULE"] = "off",
                ["GOPATH"] = "/usr/share/gocode",
                ["GOFLAGS"] = "",
                ["GOCACHE"] = Path.Combine(Path.GetTempPath(), "registry-go-cache"),
            }
        );
        Assert.True(code == 0, output + errors);
        Assert.Matches(@"consistent (\d+) -> (\d+)\nincluded \2\n", output);
    }

    [Fact]
    public async Task Shows_that_a_state_of_a_day_that_is_over_was_changed()
    {
        await using var house = new RegistryHost();
        await house.OpenAsync();
        await using (var database = new NpgsqlConnection(await house.DatabaseAsync()))
        {
            await database.OpenAsync(Cancellation);
            using var camera = await house.ConnectAsync("east-precinct-lobby-1", await house.SecretAsync("east-precinct-lobby-1"));
            await camera.PublishAsync(
                RegistryHost.Heartbeat("east-precinct-lobby-1", 1, 1, """{"video":"recorded","audio":"off"}"""),
                Cancellation
            );
            await using var past = new NpgsqlCommand("update registry.observation set at = at - interval '3 days'", database);
            while (await past.ExecuteNonQueryAsync(Cancellation) == 0)
                await Task.Yield();
            await using var watched = new NpgsqlCommand("update registry.watch set from_at = from_at - interval '3 days'", database);
            await watched.ExecuteNonQueryAsync(Cancellation);
        }

        await house.KillAsync(); // What happened is three days old, and the registry was down since.
        await house.OpenAsync();
        await using (var database = new NpgsqlConnection(await house.DatabaseAsync()))
        {
            await database.OpenAsync(Cancellation);
            await using var closed = new NpgsqlCommand(
                "select exists (select from registry.ledger_entry where kind = 'history-digest')",
                database
            );
            while (await closed.ExecuteScalarAsync(Cancellation) is not true)
                await Task.Yield();
            var (whole, said, fault) = await Programs.VerbAsync(house.Settings, "ledger", "verify");
            Assert.True(whole == 0, said + fault);
            await using var tampering = new NpgsqlCommand(
                "update registry.observation set presence = 'docked' where at < now() - interval '2 days'",
                database
            );
            Assert.NotEqual(0, await tampering.ExecuteNonQueryAsync(Cancellation));
        }

        var (code, _, errors) = await Programs.VerbAsync(house.Settings, "ledger", "verify");
        Assert.Equal(1, code);
        Assert.Matches("^The history of devices until .*: it is not what was closed in entry [0-9]+", errors);
    }

    [Fact]
    public async Task Names_the_entry_in_which_one_byte_was_changed_and_a_bundle_shows_it_too()
    {
        await using var house = new RegistryHost();
        await house.OpenAsync();
        var bundle = Path.Combine(house.Data, "ledger.zip");
        var (exported, said, problems) = await Programs.VerbAsync(house.Settings, "ledger", "export", bundle, "--json");
        Assert.True(exported == 0, problems);
        var key = System.Text.Json.JsonDocument.Parse(said).RootElement.GetProperty("key").GetString()!;
        var (whole, _, fault) = await Programs.VerbAsync(house.Settings, "ledger", "verify", "--bundle", bundle, "--key", key);
        Assert.True(whole == 0, fault);

        await using (var database = new NpgsqlConnection(await house.DatabaseAsync()))
        {
            // Only the owner of the database can: the registry itself may not.
            await database.OpenAsync(Cancellation);
            await using var command = new NpgsqlCommand(
                "update registry.ledger_entry set bytes = set_byte(bytes, 40, get_byte(bytes, 40) # 1) where index = 17",
                database
            );
            Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancellation));
        }

        var (code, _, errors) = await Programs.VerbAsync(house.Settings, "ledger", "verify");
        Assert.Equal(1, code);
        Assert.StartsWith("Entry 17 does not hold.", errors, StringComparison.Ordinal);
        await Programs.VerbAsync(house.Settings, "ledger", "export", bundle);
        var (broken, _, named) = await Programs.VerbAsync(house.Settings, "ledger", "verify", "--bundle", bundle, "--key", key);
        Assert.Equal(1, broken);
        Assert.StartsWith("Entry 17 does not hold.", named, StringComparison.Ordinal);
    }
}
