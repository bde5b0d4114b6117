using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Operations;

/// <summary>A backup is restored on trial, by the executable, and the running registry knows the result.</summary>
[Collection(BackedUpRegistryGroup.Name)]
public sealed class DrillTests(BackedUpRegistry city)
{
    /// <summary>From the first files of the cluster on, about as many changes of files as a whole drill makes.</summary>
    private const int MinChanges = 10,
        MaxChanges = 6_500;

    private static readonly int Rounds = Environment.GetEnvironmentVariable("REGISTRY_LONG") is "1" ? 40 : 1;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The folder for temporary files of the drills of these tests alone.</summary>
    private string Temporary => RegistryHost.MakeTraversable(Directory.CreateDirectory(Path.Combine(city.Folder, "tmp")).FullName);

    [Fact]
    public async Task A_drill_answers_for_the_backup_records_itself_and_leaves_nothing()
    {
        var (code, output, errors) = await DrillAsync(city.Backup, "--against", city.LaterCheckpoint, "--json");
        Assert.True(code == 0, errors + output);
        var report = JsonSerializer.Deserialize<JsonElement>(output);
        Assert.True(report.GetProperty("holds").GetBoolean());
        Assert.True(report.GetProperty("recorded").GetBoolean());
        Assert.True(report.GetProperty("questions").GetInt32() > 20, output);
        Assert.Empty(report.GetProperty("unproven").EnumerateArray());
        Assert.Empty(Trials());

        Assert.Equal("backup-drilled", await AskAsync("select kind from registry.ledger_entry order by index desc limit 1"));
        (code, _, errors) = await Programs.CommandAsync(city.Host.Settings, "ledger", "verify", "--against", city.LaterCheckpoint);
        Assert.True(code == 0, errors);
    }

    [Fact]
    public async Task A_backup_of_a_database_that_was_changed_behind_the_ledger_is_refused_by_both()
    {
        const string Rename =
            "update registry.place set body = jsonb_set(body, '{name}', to_jsonb(replace(body ->> 'name', 'City', 'C1ty')))";
        var path = Path.Combine(city.Folder, "forged.backup");
        await AskAsync(Rename);
        var (code, _, errors) = await Programs.CommandAsync(city.Host.Settings, "backup", path);
        await AskAsync(Rename.Replace("'City', 'C1ty'", "'C1ty', 'City'", StringComparison.Ordinal));
        Assert.True(code == 0, errors);
        (code, _, errors) = await DrillAsync(path);
        Assert.Equal(1, code);
        Assert.Contains("The backup does not hold.", errors, StringComparison.Ordinal);
        Assert.Contains("place", errors, StringComparison.Ordinal);

        await using var empty = city.NewHost();
        (code, _, errors) = await Programs.CommandAsync(empty.Settings, "restore", path, "--key", city.Key);
        Assert.Equal(1, code);
        Assert.Contains("The backup does not hold.", errors, StringComparison.Ordinal);
        Assert.Contains("Nothing was restored.", errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(empty.Data, "restore-unfinished")));
        Assert.Empty(Directory.EnumerateFiles(empty.Data, "PG_VERSION", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_killed_drill_leaves_no_server_and_no_file()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var change = Random.Shared.Next(MinChanges, MaxChanges);
            var seen = await Programs.KillAtChangeAsync(Settings, Temporary, change, "drill", city.Backup);
            TestContext.Current.TestOutputHelper?.WriteLine($"To be killed at change {change}, {seen} were seen.");
            using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            foreach (var left in ProcessesOf(Temporary))
            {
                using (left)
                    await left.WaitForExitAsync(bound.Token);
            }

            Assert.Empty(Trials());
            Assert.Empty(ProcessesOf(Temporary));
        }
    }

    /// <summary>The folders of trials. A killed runtime leaves sockets of its own beside them.</summary>
    private IEnumerable<string> Trials() => Directory.EnumerateDirectories(Temporary, "registry-drill-*");

    private Dictionary<string, string> Settings => new(city.Host.Settings) { ["TMPDIR"] = Temporary };

    private Task<(int ExitCode, string Output, string Errors)> DrillAsync(string backup, params string[] options) =>
        Programs.CommandAsync(Settings, ["drill", backup, .. options]);

    /// <summary>The processes that name a folder in their command lines: the shell that cleans up, and servers.</summary>
    private static Process[] ProcessesOf(string folder) => [.. Process.GetProcesses().Where(process => Names(process, folder))];

    private static bool Names(Process process, string folder)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline").Contains(folder, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private async Task<string?> AskAsync(string sql)
    {
        await using var database = NpgsqlDataSource.Create(await city.Host.ConnectionStringAsync());
        await using var command = database.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancellation) as string;
    }
}
