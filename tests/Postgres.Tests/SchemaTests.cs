using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Registers;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests;

/// <summary>A database is migrated to the schema of this version.</summary>
[Slow]
public sealed class SchemaTests(SharedCluster cluster)
{
    private const string LedgerEntries = "select string_agg(encode(bytes, 'hex'), ',' order by index) from registry.ledger_entry";

    private const string Version12Data = """
        create function entry(p_at timestamptz, p_kind text, p_by text) returns bigint language sql as $$
            select registry.append_entry(
                p_at,
                p_kind,
                convert_to(
                    '{"v":1,"at":"","kind":"' || p_kind || '","by":' || p_by || ',"body":{"fleet":"patrol","units":null}}',
                    'UTF8'
                )
            )
        $$;
        insert into registry.place (id, body, entry)
        select 'lobby', '{}', entry('2026-11-01Z', 'registry-opened', '{"role":"registry"}');
        insert into registry.device (id, place, fleet, body, entry) values
            ('lobby-cam-1', 'lobby', null, '{"kind":"facility-camera","sensors":["video"],"department":"police","lifecycle":"active"}', 0),
            ('reader-1', null, 'patrol', '{"kind":"alpr-patrol","sensors":["plates"],"department":"police","lifecycle":"active"}', 0),
            (
                'reader-2', null, 'patrol',
                '{"kind":"alpr-parking","sensors":["plates"],"department":"police","lifecycle":"removed"}',
                entry('2026-11-02Z', 'fleet-changed', '{"role":"device-clerk","staff":"st-1"}')
            ),
            (
                'car-1', null, 'patrol',
                '{"kind":"in-car","sensors":["video"],"department":"police","lifecycle":"active"}',
                entry('2026-11-03Z', 'fleet-changed', '{"role":"device-clerk","staff":"st-1"}')
            );
        insert into registry.credential (holder, kind, sha256, made_at, ended_at)
        select 'reader-1', 'secret', sha256('a'), now(), now() from generate_series(1, 3);
        insert into registry.credential (holder, kind, sha256, made_at) values ('lobby-cam-1', 'secret', sha256('b'), now());
        """;

    private const string FleetsOfVersion61 = """
        create function entry(p_kind text, p_body text) returns bigint language sql as $$
            select registry.append_entry(
                clock_timestamp(),
                p_kind,
                convert_to('{"v":1,"at":"","kind":"' || p_kind || '","by":{"role":"registry"},"body":' || p_body || '}', 'UTF8')
            )
        $$;
        insert into registry.place (id, body, entry) select 'gate', '{}', entry('registry-opened', '{}');
        insert into registry.place (id, body, entry) values ('lobby', '{}', 0);
        insert into registry.fleet (id, technology, entry) values ('old', 'alpr', 0);
        insert into registry.fleet (id, technology, entry)
            select 'day', 'alpr', entry('fleet-registered', '{"fleet":"day","technology":"alpr"}');
        insert into registry.fleet (id, technology, entry)
            select 'night', 'alpr', entry('fleet-registered', '{"fleet":"night","technology":"alpr"}');
        select entry('fleet-based', '{"fleet":"day","department":"police","places":["gate"],"reason":null}');
        insert into registry.fleet_base (fleet, department, places, entry)
            select 'day', 'police', '{lobby}', entry('fleet-based', '{"fleet":"day","department":"police","places":["lobby"]}');
        insert into registry.fleet_base (fleet, department, places, entry)
            select 'old', 'parks', '{gate}', entry('fleet-based', '{"fleet":"old","department":"parks","places":["gate"]}');
        insert into registry.fleet (id, technology, entry)
            select 'old', 'in-car-video', entry('fleet-registered', '{"fleet":"old","technology":"in-car-video"}');
        """;

    private static readonly string[] Scripts =
    [
        .. typeof(Schema)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_is_migrated_once()
    {
        var database = await cluster.NewDatabaseAsync();
        Assert.Equal(Scripts, Schema.Migrate(database, NullLogger.Instance));
        Assert.Empty(Schema.Migrate(database, NullLogger.Instance));
    }

    [Fact]
    public async Task A_database_is_migrated_by_one_of_two_processes_that_start_at_once()
    {
        var database = await cluster.NewDatabaseAsync();
        var ran = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Schema.Migrate(database, NullLogger.Instance))));
        Assert.Equal([0, Scripts.Length], ran.Select(scripts => scripts.Count).Order());
    }

    [Fact]
    public async Task A_migration_keeps_the_data_of_an_older_registry()
    {
        var connectionString = await cluster.NewDatabaseAsync();
        await using var database = new Database(connectionString);
        await FillVersion12Async(database);
        var ledger = await database.AskAsync<string>(LedgerEntries);

        Assert.Equal(Scripts[12..], Schema.Migrate(connectionString, NullLogger.Instance));

        var register = new DeviceRegister(database.Source);
        Assert.Equal(
            ("alpr-patrol:1", "alpr-patrol:1", "alpr-patrol:1 in-car:1"),
            (await FleetsAt(1), await FleetsAt(2), await FleetsAt(3))
        );
        Assert.Equal(
            new Attribution("device-clerk", null, "st-1"),
            (await register.ActsAsync("car-1", null, 10, Cancellation)).Single().By
        );
        Assert.Empty(await register.ActsAsync("lobby-cam-1", null, 10, Cancellation));

        // A place of before has its first version, from the opening.
        var place = Assert.Single(await new PlaceInventory(database.Source).HistoryAsync("lobby", Cancellation));
        Assert.Equal((1, new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero)), (place.Version.Number, place.Version.Since));

        // The registration does not name the fleet again, and writes nothing else to the ledger.
        var reader = Device.Of("reader-3", "alpr-patrol", [Capture.Plates], null, "patrol", "police", Lifecycle.Active);
        Assert.True((await register.RegisterAsync(reader, Attribution.Registry, "", DateTimeOffset.UtcNow, Cancellation)).IsDone);
        Assert.Equal(ledger, await database.AskAsync<string>(LedgerEntries));

        // Earlier credentials have their old numbers; the numbers of new ones are counted for each holder.
        var credentials = new EnrolmentRegisters(database.Source).Credentials;
        Assert.True(await IssueAsync("reader-1"));
        Assert.True(await IssueAsync("reader-3"));
        Assert.Equal((long[])[4, 3, 2, 1], await NumbersAsync("reader-1"));
        Assert.Equal((long[])[4], await NumbersAsync("lobby-cam-1"));
        Assert.Equal((long[])[1], await NumbersAsync("reader-3"));

        async Task<string> FleetsAt(int day)
        {
            var fleets = await register.FleetsAsync(new DateTimeOffset(2026, 11, day, 0, 0, 0, TimeSpan.Zero), Cancellation);
            return string.Join(' ', fleets.Select(fleet => $"{fleet.Kind}:{fleet.Units}"));
        }

        Task<bool> IssueAsync(string id) =>
            credentials.IssueSecretAsync(id, DeviceSecret.Hash("x"), Attribution.Registry, "", DateTimeOffset.UtcNow, Cancellation);

        async Task<long[]> NumbersAsync(string id) =>
            [.. (await credentials.CredentialsAsync(id, Cancellation)).Select(credential => credential.Number)];
    }

    [Fact]
    public async Task A_migration_makes_the_versions_of_every_fleet_from_the_ledger()
    {
        var connectionString = await cluster.NewDatabaseAsync();
        await using var database = new Database(connectionString);
        await RunAsync(database, [.. Scripts.TakeWhile(script => !script.Contains("0062_", StringComparison.Ordinal))]);
        await database.AskAsync<int>(FleetsOfVersion61);
        Schema.Migrate(connectionString, NullLogger.Instance);

        Assert.Equal(
            "day 1 1:; day 2 3: police gate; day 3 4: police lobby; night 1 2:; old 1 0:; old 2 5: parks gate",
            await database.AskAsync<string>(
                """
                select string_agg(
                    concat_ws(' ', id, version, entry || ':', body->>'department', body->'places'->>0), '; ' order by id, version
                )
                from registry.inventory_version where register = 'fleet'
                """
            )
        );
        Assert.Equal(
            "day 3 1 lobby; night 1 2 ; old 2 0 gate",
            await database.AskAsync<string>(
                """
                select string_agg(concat(id, ' ', version, ' ', entry, ' ', places[1]), '; ' order by id)
                from registry.fleet_base where body->>'id' = id
                """
            )
        );
    }

    /// <summary>
    /// Migrates a database to the schema before acts on mobile devices, and fills it with devices, fleets and credentials of that version.
    /// </summary>
    private static async Task FillVersion12Async(Database database)
    {
        await RunAsync(database, Scripts[..12]);
        await database.AskAsync<int>(Version12Data);
    }

    /// <summary>Runs the first scripts in an empty database, as an older version of the registry did.</summary>
    private static async Task RunAsync(Database database, string[] scripts)
    {
        await database.AskAsync<int>(
            """
            create table public.registry_migration (
                schemaversionsid serial primary key,
                scriptname varchar(255) not null,
                applied timestamp not null
            )
            """
        );
        foreach (var script in scripts)
        {
            using var text = new StreamReader(typeof(Schema).Assembly.GetManifestResourceStream(script)!);
            await database.AskAsync<int>(await text.ReadToEndAsync(Cancellation));
            await database.AskAsync<int>(
                "insert into public.registry_migration (scriptname, applied) values (@script, now())",
                new { script }
            );
        }
    }

    [Fact]
    public void Migrations_have_numbers_of_their_own_and_begin_with_a_reason()
    {
        Assert.All(Scripts, script => Assert.Matches(@"\.Migrations\.[0-9]{4}_[a-z0-9_]+\.sql$", script));
        Assert.Distinct(Scripts.Select(script => script.Split(".Migrations.")[1][..4]));
        Assert.All(
            Scripts,
            script =>
            {
                using var text = new StreamReader(typeof(Schema).Assembly.GetManifestResourceStream(script)!);
                Assert.Matches("^-- .{20,}", text.ReadLine());
            }
        );
    }

    [Theory]
    [InlineData("Host=/nowhere;Username=registry;Password=hush")]
    [InlineData("Host=127.0.0.1;Port=1;Username=registry;Password=hush")]
    [InlineData("Nonsense=hush")]
    public void An_unreachable_database_is_reported_without_its_password(string connectionString)
    {
        var refusal = Assert.Throws<ClusterUnavailableException>(() => Schema.Migrate(connectionString, NullLogger.Instance));
        Assert.Matches(
            @"^The database cannot be reached \(.+\): start it, or set REGISTRY_DATABASE to a right connection string\.$",
            refusal.Message
        );
        Assert.DoesNotContain("hush", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commits_are_durable_even_when_the_role_turns_that_off()
    {
        var lax = new NpgsqlConnectionStringBuilder(await cluster.NewDatabaseAsync())
        {
            Options = "-c synchronous_commit=off",
        }.ConnectionString;
        await using var database = new Database(lax);
        await using var connection = await database.Source.OpenConnectionAsync(Cancellation);
        await using var ask = new NpgsqlCommand("show synchronous_commit", connection);
        Assert.Equal("on", await ask.ExecuteScalarAsync(Cancellation));
    }
}
