using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Cluster;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests;

/// <summary>How a database comes to the schema of this version.</summary>
public sealed class SchemaTests(SharedCluster cluster)
{
    private static readonly string[] Scripts =
    [
        .. typeof(Schema)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    [Fact]
    public async Task Is_brought_forward_once()
    {
        var database = await cluster.NewDatabaseAsync();
        Assert.Equal(Scripts, Schema.Migrate(database, NullLogger.Instance));
        Assert.Empty(Schema.Migrate(database, NullLogger.Instance));
    }

    [Fact]
    public async Task Is_brought_forward_by_one_of_two_registries_that_start_at_once()
    {
        var database = await cluster.NewDatabaseAsync();
        var ran = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Schema.Migrate(database, NullLogger.Instance))));
        Assert.Equal([0, Scripts.Length], ran.Select(scripts => scripts.Count).Order());
    }

    /// <summary>
    /// A register that was filled before acts of mobile units were kept: its units, fleets and credentials as they stood.
    /// </summary>
    [Fact]
    public async Task Is_brought_forward_with_what_an_older_registry_had_written_down()
    {
        var connectionString = await cluster.NewDatabaseAsync();
        await using var database = new Database(connectionString);
        await database.AskAsync<int>(
            "create table public.registry_migration (schemaversionsid serial primary key, scriptname varchar(255) not null, applied timestamp not null)"
        );
        foreach (var script in Scripts[..12])
        {
            using var text = new StreamReader(typeof(Schema).Assembly.GetManifestResourceStream(script)!);
            await database.AskAsync<int>(await text.ReadToEndAsync(TestContext.Current.CancellationToken));
            await database.AskAsync<int>(
                "insert into public.registry_migration (scriptname, applied) values (@script, now())",
                new { script }
            );
        }

        await database.AskAsync<int>(
            """
            create function entry(p_at timestamptz, p_kind text, p_by text) returns bigint language sql as
                $$ select registry.append_entry(p_at, p_kind, convert_to('{"v":1,"at":"","kind":"' || p_kind || '","by":' || p_by || ',"body":{"fleet":"patrol","units":null}}', 'UTF8')) $$;
            insert into registry.place (id, body, entry) select 'lobby', '{}', entry('2026-11-01Z', 'registry-opened', '{"role":"registry"}');
            insert into registry.device (id, place, fleet, body, entry) values
                ('lobby-cam-1', 'lobby', null, '{"kind":"facility-camera","sensors":["video"],"department":"police","lifecycle":"active"}', 0),
                ('reader-1', null, 'patrol', '{"kind":"alpr-patrol","sensors":["plates"],"department":"police","lifecycle":"active"}', 0),
                ('reader-2', null, 'patrol', '{"kind":"alpr-parking","sensors":["plates"],"department":"police","lifecycle":"removed"}', entry('2026-11-02Z', 'fleet-changed', '{"role":"device-clerk","staff":"st-1"}')),
                ('car-1', null, 'patrol', '{"kind":"in-car","sensors":["video"],"department":"police","lifecycle":"active"}', entry('2026-11-03Z', 'fleet-changed', '{"role":"device-clerk","staff":"st-1"}'));
            insert into registry.credential (holder, kind, sha256, made_at, ended_at) select 'reader-1', 'secret', sha256('a'), now(), now() from generate_series(1, 3);
            insert into registry.credential (holder, kind, sha256, made_at) values ('lobby-cam-1', 'secret', sha256('b'), now());
            """
        );
        var ledger = await database.AskAsync<string>(
            "select string_agg(encode(bytes, 'hex'), ',' order by index) from registry.ledger_entry"
        );

        Assert.Equal(Scripts[12..], Schema.Migrate(connectionString, NullLogger.Instance));

        var (register, cancellation) = (new DeviceRegister(database.Source), TestContext.Current.CancellationToken);
        async Task<string> FleetsAt(int day) =>
            string.Join(
                ' ',
                (await register.FleetsAsync(new DateTimeOffset(2026, 11, day, 0, 0, 0, TimeSpan.Zero), cancellation)).Select(fleet =>
                    $"{fleet.Kind}:{fleet.Units}"
                )
            );
        Assert.Equal(
            ("alpr-patrol:1", "alpr-patrol:1", "alpr-patrol:1 in-car:1"),
            (await FleetsAt(1), await FleetsAt(2), await FleetsAt(3))
        );
        Assert.Equal(
            new Attribution("device-clerk", null, "st-1"),
            (await register.ActsAsync("car-1", null, 10, cancellation)).Single().By
        );
        Assert.Empty(await register.ActsAsync("lobby-cam-1", null, 10, cancellation));

        // The fleet is not named again, nor is anything else written.
        Assert.True(
            (
                await register.RegisterAsync(
                    new Device("reader-3", "alpr-patrol", [Capture.Plates], null, "patrol", "police", Lifecycle.Active),
                    Attribution.Registry,
                    "",
                    DateTimeOffset.UtcNow,
                    cancellation
                )
            ).IsDone
        );
        Assert.Equal(
            ledger,
            await database.AskAsync<string>("select string_agg(encode(bytes, 'hex'), ',' order by index) from registry.ledger_entry")
        );

        // Credentials that were given keep their numbers; new ones are each holder's own.
        var enrolment = new Enrolment(database.Source);
        Assert.True(
            await enrolment.IssueSecretAsync(
                "reader-1",
                DeviceSecret.Hash("x"),
                Attribution.Registry,
                "",
                DateTimeOffset.UtcNow,
                cancellation
            )
        );
        Assert.True(
            await enrolment.IssueSecretAsync(
                "reader-3",
                DeviceSecret.Hash("x"),
                Attribution.Registry,
                "",
                DateTimeOffset.UtcNow,
                cancellation
            )
        );
        Assert.Equal([4, 3, 2, 1], (await enrolment.CredentialsAsync("reader-1", cancellation)).Select(credential => credential.Number));
        Assert.Equal([4], (await enrolment.CredentialsAsync("lobby-cam-1", cancellation)).Select(credential => credential.Number));
        Assert.Equal([1], (await enrolment.CredentialsAsync("reader-3", cancellation)).Select(credential => credential.Number));
    }

    [Fact]
    public void Is_made_by_scripts_numbered_without_a_gap_whose_first_line_says_why()
    {
        Assert.All(
            Scripts.Index(),
            script => Assert.Contains($".Migrations.{script.Index + 1:0000}_", script.Item, StringComparison.Ordinal)
        );
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
    public void Says_in_one_sentence_that_there_is_no_database_and_never_the_password(string connectionString)
    {
        var refusal = Assert.Throws<ClusterUnavailableException>(() => Schema.Migrate(connectionString, NullLogger.Instance));
        Assert.Matches(
            @"^The database cannot be reached \(.+\): start it, or set REGISTRY_DATABASE to a right connection string\.$",
            refusal.Message
        );
        Assert.DoesNotContain("hush", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keeps_what_is_committed_even_on_a_server_that_was_told_not_to()
    {
        var lax = new NpgsqlConnectionStringBuilder(await cluster.NewDatabaseAsync())
        {
            Options = "-c synchronous_commit=off",
        }.ConnectionString;
        await using var database = new Database(lax);
        await using var connection = await database.Source.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var ask = new NpgsqlCommand("show synchronous_commit", connection);
        Assert.Equal("on", await ask.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }
}
