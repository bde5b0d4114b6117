using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using SurveillanceRegistry.Postgres.Cluster;

namespace SurveillanceRegistry.Journeys.Tests.Ledger;

/// <summary>What verification finds when the owner of the database changes what was recorded.</summary>
public sealed class LedgerTamperingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verification_shows_that_a_state_of_a_past_day_was_changed()
    {
        await using var registry = await Snapshot.StartHostAsync();
        await using (var database = new NpgsqlConnection(await registry.ConnectionStringAsync()))
        {
            await database.OpenAsync(Cancellation);
            using var camera = await registry.ConnectAsync(
                "east-precinct-lobby-1",
                await registry.IssueSecretAsync("east-precinct-lobby-1")
            );
            await camera.PublishAsync(
                RegistryHost.Heartbeat("east-precinct-lobby-1", 1, 1, """{"video":"recorded","audio":"off"}"""),
                Cancellation
            );
            await using var past = new NpgsqlCommand("update registry.observation set at = at - interval '3 days'", database);
            while (await past.ExecuteNonQueryAsync(Cancellation) == 0)
                await Task.Delay(20, Cancellation);
            await using var watched = new NpgsqlCommand("update registry.watch set from_at = from_at - interval '3 days'", database);
            await watched.ExecuteNonQueryAsync(Cancellation);
        }

        await registry.KillAsync(); // What happened is three days old, and the registry was down since.
        await registry.StartAsync();
        await using (var database = new NpgsqlConnection(await registry.ConnectionStringAsync()))
        {
            await database.OpenAsync(Cancellation);
            await using var closed = new NpgsqlCommand(
                "select exists (select from registry.ledger_entry where kind = 'history-digest')",
                database
            );
            while (await closed.ExecuteScalarAsync(Cancellation) is not true)
                await Task.Delay(20, Cancellation);
            var (whole, output, fault) = await Programs.CommandAsync(registry.Settings, "ledger", "verify");
            Assert.True(whole == 0, output + fault);
            await using var tampering = new NpgsqlCommand(
                "update registry.observation set presence = 'docked' where at < now() - interval '2 days'",
                database
            );
            Assert.NotEqual(0, await tampering.ExecuteNonQueryAsync(Cancellation));
        }

        var (code, _, errors) = await Programs.CommandAsync(registry.Settings, "ledger", "verify");
        Assert.Equal(1, code);
        Assert.Matches("^The history of devices until .*: it is not what was closed in entry [0-9]+", errors);
    }

    [Fact]
    public async Task Verification_names_the_entry_with_a_changed_byte_in_database_and_bundle()
    {
        await using var registry = await Snapshot.CreateHostAsync();
        await using var cluster = await StartClusterAsync(registry);
        var bundle = Path.Combine(registry.Data, "ledger.zip");
        var (exported, output, problems) = await Programs.CommandAsync(registry.Settings, "ledger", "export", bundle, "--json");
        Assert.True(exported == 0, problems);
        var key = System.Text.Json.JsonDocument.Parse(output).RootElement.GetProperty("key").GetString()!;
        var (whole, said, fault) = await Programs.CommandAsync(registry.Settings, "ledger", "verify", "--bundle", bundle, "--key", key);
        Assert.True(whole == 0, fault);
        Assert.Matches(@"^All of \d+ entries hold \([\d.]+ s\)\.\nNot proven:\n- What pages, signs and the API show is not compared", said);

        // Only the owner of the database can: the registry itself may not.
        await AlterAsync(
            registry,
            "update registry.ledger_entry set bytes = set_byte(bytes, 40, get_byte(bytes, 40) # 1) where index = 17"
        );

        var (code, _, errors) = await Programs.CommandAsync(registry.Settings, "ledger", "verify");
        Assert.Equal(1, code);
        Assert.StartsWith("Entry 17 does not hold.", errors, StringComparison.Ordinal);
        await Programs.CommandAsync(registry.Settings, "ledger", "export", bundle);
        var (broken, _, named) = await Programs.CommandAsync(registry.Settings, "ledger", "verify", "--bundle", bundle, "--key", key);
        Assert.Equal(1, broken);
        Assert.StartsWith("Entry 17 does not hold.", named, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verification_names_a_camera_that_lost_its_microphone_in_the_table_of_devices()
    {
        await using var registry = await Snapshot.CreateHostAsync();
        await using var cluster = await StartClusterAsync(registry);
        var (whole, output, fault) = await Programs.CommandAsync(registry.Settings, "ledger", "verify");
        Assert.True(whole == 0, fault);
        Assert.DoesNotContain("older versions", output, StringComparison.Ordinal);
        // The first sentence is true by itself; what is not proven stands below it.
        Assert.Matches(@"^All of \d+ entries hold, and every row that they prove is as they say \([\d.]+ s\)\.\nNot proven:\n- ", output);
        Assert.Matches("\n- The times (since .*|so far) in which the registry could observe are not proven", output);

        const string Microphone =
            "update registry.device set body = jsonb_set(body, '{sensors}', '[\"video\"]') where id = 'east-precinct-lobby-1'";
        await AlterAsync(registry, Microphone);
        var (code, _, named) = await Programs.CommandAsync(registry.Settings, "ledger", "verify");
        Assert.Equal(1, code);
        Assert.StartsWith(
            "Table device, row east-precinct-lobby-1, column body.sensors: the ledger says '[\"video\",\"audio\"]', the table says ",
            named,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_ledger_that_was_cut_back_is_found_by_an_older_checkpoint_and_is_not_served()
    {
        await using var registry = await Snapshot.StartHostAsync();
        var checkpoint = Path.Combine(registry.Data, "checkpoint");
        using (var reader = new HttpClient { BaseAddress = registry.Http })
            await File.WriteAllTextAsync(checkpoint, await reader.GetStringAsync("/api/v1/log/checkpoint", Cancellation), Cancellation);
        var (whole, _, fault) = await Programs.CommandAsync(registry.Settings, "ledger", "verify", "--against", checkpoint);
        Assert.True(whole == 0, fault);

        await registry.KillAsync();
        await AlterAsync(registry, "update registry.ledger_head set size = 0, frontier = '{}'");
        await AlterAsync(registry, "with gone as (delete from registry.ledger_checkpoint) update registry.ledger_head set size = 0");
        var (code, _, named) = await Programs.CommandAsync(registry.Settings, "ledger", "verify", "--against", checkpoint);
        Assert.Equal(1, code);
        Assert.NotEmpty(named);
        var (served, _, refusal) = await Programs.CommandAsync(registry.Settings, "serve");
        Assert.Equal(3, served);
        Assert.Contains("The ledger in the database has 0 entries, and this registry has signed ", refusal, StringComparison.Ordinal);
    }

    /// <summary>Starts the database alone: verification asks no server of the registry.</summary>
    private static Task<PrivateCluster> StartClusterAsync(RegistryHost registry) =>
        PrivateCluster.StartAsync(registry.Data, "", NullLogger.Instance, Cancellation);

    private static async Task AlterAsync(RegistryHost registry, string statement)
    {
        await using var database = new NpgsqlConnection(await registry.ConnectionStringAsync());
        await database.OpenAsync(Cancellation);
        await using var command = new NpgsqlCommand(statement, database);
        Assert.Equal(1, await command.ExecuteNonQueryAsync(Cancellation));
    }
}
