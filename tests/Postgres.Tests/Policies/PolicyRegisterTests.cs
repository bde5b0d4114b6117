using System.Text.Json;
using CsCheck;
using Npgsql;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Postgres.Policies;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Policies;

/// <summary>The governance table as PostgreSQL stores and protects it.</summary>
public sealed class PolicyRegisterTests(SharedCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_seeded_register_returns_the_documents_that_it_was_seeded_with()
    {
        await using var database = await cluster.NewRegisterAsync();
        IPolicyRegister register = new PolicyRegister(database.Source);
        Assert.True(await register.IsEmptyAsync(Cancellation));

        Assert.True(await register.OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation));

        Assert.False(await register.IsEmptyAsync(Cancellation));
        Assert.Equal(SmallCity.Text(SmallCity.Opening.Governance), SmallCity.Text((await register.HistoryAsync(Cancellation)).Current));
    }

    [Fact]
    public async Task The_ledger_records_from_which_files_the_registry_was_seeded()
    {
        await using var database = await cluster.NewRegisterAsync();
        var register = new PolicyRegister(database.Source);
        await register.OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);

        var recorded = await register.OpeningFilesAsync(Cancellation);
        Assert.Equal(SmallCity.Opening.Files.Length, recorded.Length);
        Assert.All(SmallCity.Opening.Files, file => Assert.Single(recorded, one => one.IsOf(file)));
        Assert.Equal(
            "registry-opened, 2026-11-23 20:00:00",
            await database.AskAsync<string>(
                "select concat_ws(', ', kind, at at time zone 'UTC') from registry.ledger_entry where index = 0"
            )
        );
        Assert.Equal(
            "registry-opened, document-recorded, place-registered, kiosk-registered, fleet-registered, device-registered",
            await database.AskAsync<string>(
                """
                select string_agg(kind, ', ' order by first)
                from (select kind, min(index) as first from registry.ledger_entry group by kind) kinds
                """
            )
        );
        Assert.Equal(
            0,
            await database.AskAsync<int>(
                $"select count(*) from registry.ledger_entry where convert_from(bytes, 'UTF8') like '%{SmallCity.Reader}%'"
            )
        );
    }

    [Fact]
    public async Task The_ledger_has_no_hash_against_which_a_guess_at_the_inventory_can_be_checked()
    {
        var hashes = new HashSet<string>();
        for (var opened = 0; opened < 2; opened++)
        {
            await using var database = await cluster.NewRegisterAsync();
            await new PolicyRegister(database.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);
            var entry = await database.AskAsync<string>("select convert_from(bytes, 'UTF8') from registry.ledger_entry where index = 0");
            Assert.DoesNotContain(SmallCity.Inventory.Sha256, entry, StringComparison.Ordinal);
            var files = JsonDocument.Parse(entry!).RootElement.GetProperty("body").GetProperty("files").EnumerateArray().ToArray();
            Assert.Equal(new string('a', 64), files[0].GetProperty("sha256").GetString());
            Assert.False(files[0].TryGetProperty("isSalted", out _));
            Assert.True(files[1].GetProperty("isSalted").GetBoolean());
            // The same file has another hash in each registry, and no entry has the salt.
            Assert.True(hashes.Add(files[1].GetProperty("sha256").GetString()!));
            var salt = await database.AskAsync<string>("select encode(salt, 'hex') from registry.opening_file where salt is not null");
            Assert.Equal(64, salt!.Length);
            Assert.DoesNotContain(salt, entry, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_that_an_older_version_recorded_is_known_again()
    {
        await using var database = await cluster.NewCityAsync();
        await database.AskAsync<int>(
            $"update registry.opening_file set sha256 = '{SmallCity.Inventory.Sha256}', salt = null where salt is not null"
        );
        var recorded = await new PolicyRegister(database.Source).OpeningFilesAsync(Cancellation);
        Assert.Single(recorded, one => one.IsOf(SmallCity.Inventory));
        Assert.DoesNotContain(recorded, one => one.IsOf(SmallCity.Inventory with { Sha256 = new string('c', 64) }));
    }

    [Fact]
    public async Task A_register_is_seeded_once_when_two_processes_seed_it_at_once()
    {
        await using var database = await cluster.NewRegisterAsync();
        IPolicyRegister register = new PolicyRegister(database.Source);
        var opened = await Task.WhenAll(
            Enumerable.Range(0, 2).Select(_ => register.OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation))
        );
        Assert.Single(opened, success => success);
        Assert.Equal(SmallCity.Text(SmallCity.Opening.Governance), SmallCity.Text((await register.HistoryAsync(Cancellation)).Current));
    }

    [Fact]
    public async Task A_register_is_seeded_with_everything_or_with_nothing()
    {
        await using var database = await cluster.NewRegisterAsync();
        var register = new PolicyRegister(database.Source);
        var camera = SmallCity.Opening.Devices[0];

        await Assert.ThrowsAsync<PostgresException>(() =>
            register.OpenAsync(
                SmallCity.With([camera, camera with { Id = "cam-2", Place = "no-such-place" }]),
                SmallCity.Noon,
                Cancellation
            )
        );

        Assert.True(await register.IsEmptyAsync(Cancellation));
        Assert.Equal(
            0,
            await database.AskAsync<int>(
                """
                select count(*) from (
                    select id from registry.revision
                    union all select id from registry.place
                    union all select id from registry.device
                ) rows
                """
            )
        );
    }

    /// <summary>300 random texts, of which about a third have no problem; with REGISTRY_LONG twenty times as many.</summary>
    [Fact]
    public async Task The_database_records_every_text_in_which_the_check_finds_no_problem()
    {
        var rounds = Environment.GetEnvironmentVariable("REGISTRY_LONG") is "1" ? 20 : 1;
        var history = new GovernanceHistory([
            .. SmallCity
                .Opening.Governance.Documents()
                .Select((document, i) => new PolicyRevision(document, 1, i, SmallCity.Noon, 0, null)),
        ]);
        for (var round = 0; round < rounds; round++)
        {
            Instrument[] texts = [];
            RandomTexts.Instrument.Array[300].Sample(random => texts = random, iter: 1);
            Instrument[] accepted =
            [
                .. texts
                    .Select((text, i) => text with { Id = $"text-{i}" })
                    .Where(text => PolicyValidator.Problems(history, [PolicyDocument.For(text)]).IsEmpty),
            ];
            Assert.InRange(accepted.Length, 30, 290);

            await using var database = await cluster.NewRegisterAsync();
            Assert.True(await new PolicyRegister(database.Source).OpenAsync(SmallCity.With(accepted), SmallCity.Noon, Cancellation));
        }
    }

    [Theory]
    [InlineData("2019-03-02", "2019-03-01")]
    [InlineData("2019-04", "2019-04-29")] // On an unknown day of April: on the 29th both may hold.
    [InlineData("2020", "2019")]
    public async Task The_database_refuses_two_versions_that_may_hold_on_the_same_day(string until, string from)
    {
        await using var database = await cluster.NewRegisterAsync();
        var refusal = await Assert.ThrowsAsync<PostgresException>(() =>
            new PolicyRegister(database.Source).OpenAsync(
                SmallCity.With(SmallCity.Until(until), SmallCity.From(from)),
                SmallCity.Noon,
                Cancellation
            )
        );
        Assert.Equal("rule_periods_do_not_overlap_in_law_and_record", refusal.ConstraintName);
    }

    [Theory]
    [InlineData("update registry.rule_period set effective = daterange('2000-01-01', null)", "23P01")]
    [InlineData("update registry.rule_period set effective = 'empty'", "23514")]
    [InlineData(
        "insert into registry.revision select kind, id, 2, position, recorded_at, entry, null, body "
            + "from registry.revision where kind = 'city'",
        "23514"
    )] // Without a change request.
    [InlineData(
        "insert into registry.revision select kind, id, 1, position, recorded_at, entry, null, body "
            + "from registry.revision where kind = 'city'",
        "23505"
    )]
    public async Task The_database_refuses_statements_that_change_the_record(string sql, string sqlState)
    {
        await using var database = await cluster.NewRegisterAsync();
        await new PolicyRegister(database.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);
        Assert.Equal(sqlState, (await Assert.ThrowsAsync<PostgresException>(() => database.AskAsync<int>(sql))).SqlState);
    }

    [Fact]
    public async Task A_register_is_empty_until_it_is_seeded()
    {
        await using var database = await cluster.NewRegisterAsync();
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            ((IPolicyRegister)new PolicyRegister(database.Source)).HistoryAsync(Cancellation)
        );
        Assert.Equal("The register is empty: no city has been registered.", failure.Message);
    }

    [Fact]
    public async Task Rule_switches_are_listed_in_pages_with_the_newest_day_first()
    {
        await using var database = await cluster.NewRegisterAsync();
        var register = new PolicyRegister(database.Source);
        await register.OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);
        EffectiveTransition begins = new("facility-camera", "manual-1.1", 2, RuleStatus.Scheduled, RuleStatus.InForce),
            ends = new("alpr", "statement", null, RuleStatus.InForce, RuleStatus.Ended);
        var (monday, tuesday) = (new DateOnly(2026, 11, 23), new DateOnly(2026, 11, 24));
        Assert.Empty(await register.TransitionsAsync(long.MaxValue, 10, Cancellation));
        Assert.True(await register.RecordDayAsync(monday, [begins], SmallCity.Noon, Cancellation));
        Assert.True(await register.RecordDayAsync(tuesday, [begins, ends], SmallCity.Noon.AddDays(1), Cancellation));

        var all = await register.TransitionsAsync(long.MaxValue, 10, Cancellation);
        Assert.Equal([(tuesday, ends), (tuesday, begins), (monday, begins)], all.Select(one => (one.Day, one.Switch)));
        Assert.Equal(all.Select(one => one.Entry).Distinct().OrderDescending(), all.Select(one => one.Entry));
        Assert.Equal(SmallCity.Noon.AddDays(1), all[0].At);
        Assert.Equal([all[1]], await register.TransitionsAsync(all[0].Entry, 1, Cancellation));
    }

    [Fact]
    public async Task The_last_recorded_day_is_one_that_has_begun()
    {
        await using var database = await cluster.NewRegisterAsync();
        var register = new PolicyRegister(database.Source);
        var monday = new DateOnly(2026, 11, 23);
        Assert.Null(await register.LastDayAsync(monday, Cancellation));
        foreach (var day in new[] { monday, monday.AddDays(1), monday.AddDays(9) })
            Assert.True(await register.RecordDayAsync(day, [], SmallCity.Noon, Cancellation));

        Assert.Null(await register.LastDayAsync(monday.AddDays(-1), Cancellation));
        Assert.Equal(monday.AddDays(1), await register.LastDayAsync(monday.AddDays(5), Cancellation));
        Assert.Equal(monday.AddDays(9), await register.LastDayAsync(DateOnly.MaxValue, Cancellation));
    }
}
