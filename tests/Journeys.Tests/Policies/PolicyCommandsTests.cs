using System.Collections.Immutable;
using System.Text.Json;
using Npgsql;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using SurveillanceRegistry.Postgres.Changes;
using SurveillanceRegistry.Postgres.Policies;

namespace SurveillanceRegistry.Journeys.Tests.Policies;

/// <summary>Policies are exported as files and applied as one change request, by the command line of a running registry.</summary>
public sealed class PolicyCommandsTests(PolicyCommandsTests.Registry registry) : IClassFixture<PolicyCommandsTests.Registry>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("files-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("policies")]
    [InlineData("table.csv")]
    public async Task An_export_is_stable_and_proposes_nothing_when_it_is_applied_unchanged(string name)
    {
        var (first, second) = (PathOf("first/" + name), PathOf("second/" + name));
        Assert.Contains("Wrote", await SucceedAsync("policies", "export", first), StringComparison.Ordinal);
        await SucceedAsync("policies", "export", second);
        var names = Names(first);
        Assert.NotEmpty(names);
        Assert.Equal(names, Names(second));
        Assert.All(names, file => Assert.Equal(File.ReadAllBytes(Path.Join(first, file)), File.ReadAllBytes(Path.Join(second, file))));
        Assert.Equal("No problems.", await SucceedAsync("policies", "check", first));

        var before = await registry.RequestsAsync();
        Assert.Contains("there is nothing to propose", await SucceedAsync("policies", "apply", first), StringComparison.Ordinal);
        Assert.Equal(
            JsonValueKind.Null,
            JsonDocument.Parse(await SucceedAsync("policies", "apply", first, "--json")).RootElement.GetProperty("change").ValueKind
        );
        Assert.Equal(before.Length, (await registry.RequestsAsync()).Length);
    }

    [Theory]
    [InlineData("policies", "policies/instruments/spd-manual-16.170.yaml", "days: 90", "days: 21", "versions/1/rules/alpr/retention")]
    [InlineData("one.csv", "one.csv", "limit 90 days | patrol reads", "limit 22 days | patrol reads", "versions/1/rules/alpr/retention")]
    public async Task An_edited_file_becomes_one_request_with_exactly_the_edited_value(
        string name,
        string file,
        string words,
        string others,
        string path
    )
    {
        await SucceedAsync("policies", "export", PathOf(name));
        Edit(file, words, others);
        var before = await registry.RequestsAsync();

        var answer = JsonDocument
            .Parse(await SucceedAsync("policies", "apply", PathOf(name), "--reason", "The law of 2026 says so.", "--json"))
            .RootElement;

        var request = Assert.Single((await registry.RequestsAsync()).Where(one => before.All(other => other.Id != one.Id)));
        Assert.Equal(request.Id, answer.GetProperty("change").GetInt64());
        Assert.Equal(
            (ChangeState.Submitted, "The law of 2026 says so.", "Files", Confidence.Sourced),
            (request.State, request.Proposal.Reason, request.Proposal.Source!.Title, request.Proposal.Source.Confidence)
        );
        Assert.Equal([ChangeAct.Drafted, ChangeAct.Submitted], request.Steps.Select(step => step.Act));
        Assert.Matches("^st-[a-z2-7]{16}$", request.Author.Staff!);
        var proposed = Assert.Single(request.Proposal.Documents);
        var held = (await registry.HistoryAsync()).LatestOf(proposed.Document.Kind, proposed.Document.Id)!;
        Assert.Equal(held.Number, proposed.Base);
        var difference = Assert.Single(Difference.Between(held.Document, proposed.Document));
        Assert.Equal(path, string.Join('/', difference.NumberedPath(held.Document, proposed.Document)));

        Assert.Contains(
            $"Change request {request.Id} proposes exactly this already",
            await SucceedAsync("policies", "apply", PathOf(name)),
            StringComparison.Ordinal
        );
        Assert.Equal(before.Length + 1, (await registry.RequestsAsync()).Length);
    }

    [Fact]
    public async Task The_file_of_one_instrument_is_proposed_alone_new_or_known()
    {
        await SucceedAsync("policies", "export", PathOf("all"));
        File.Copy(PathOf("all/instruments/ord-125936.yaml"), PathOf("ord-199999.yaml"));
        Edit("ord-199999.yaml", "id: ord-125936", "id: ord-199999");
        var answer = JsonDocument.Parse(await SucceedAsync("policies", "apply", PathOf("ord-199999.yaml"), "--json")).RootElement;
        var document = Assert.Single(answer.GetProperty("documents").EnumerateArray());
        Assert.Equal(
            ("instrument", "ord-199999", 0),
            (document.GetProperty("kind").GetString(), document.GetProperty("id").GetString(), document.GetProperty("base").GetInt32())
        );
        Assert.StartsWith(
            "Files from",
            (await registry.RequestsAsync()).Single(request => request.Id == answer.GetProperty("change").GetInt64()).Proposal.Reason,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "nothing to propose",
            await SucceedAsync("policies", "apply", PathOf("all/instruments/ord-125936.yaml")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task One_file_is_checked_against_the_live_register()
    {
        await SucceedAsync("policies", "export", PathOf("live"));
        const string File = "live/instruments/ord-125936.yaml";
        Edit(File, "revision: 1\n", "revision: 999\n");
        var (code, _, errors) = await Programs.CommandAsync(registry.Settings, "policies", "check", PathOf(File));
        Assert.Equal(1, code);
        Assert.StartsWith("Compared with the register.\n", errors);
        Assert.Contains("found revision 999; expected a revision of ord-125936: 1 to ", errors, StringComparison.Ordinal);
        // Files know no revisions.
        var alone = new Dictionary<string, string>(registry.Settings) { ["REGISTRY_DATA"] = PathOf("none") };
        (code, _, errors) = await Programs.CommandAsync(alone, "policies", "check", PathOf(File));
        Assert.True(code == 0, errors);
        Assert.EndsWith(": no register is live here.", errors.Trim());
        alone["REGISTRY_DATABASE"] = "Host=127.0.0.1;Port=1;Username=r;Database=r";
        (code, _, errors) = await Programs.CommandAsync(alone, "policies", "check", PathOf(File));
        Assert.True(code == 0, errors);
        Assert.Contains(": the register cannot be read. ", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "policies",
        "policies/instruments/spd-manual-16.170.yaml",
        "days: 90",
        "days: ninety",
        @"spd-manual-16\.170\.yaml:\d+:\d+: found 'ninety'; expected a whole number"
    )]
    [InlineData(
        "bad.csv",
        "bad.csv",
        "limit 90 days | patrol reads",
        "limit 21 fortnights",
        @"bad\.csv:\d+:19: found 'limit 21 fortnights' in row \d+, column retention; expected"
    )]
    public async Task A_wrong_file_is_refused_with_file_line_and_what_was_expected(
        string name,
        string file,
        string words,
        string others,
        string problem
    )
    {
        await SucceedAsync("policies", "export", PathOf(name));
        Edit(file, words, others);
        var before = await registry.RequestsAsync();
        foreach (var verb in (string[])["check", "apply"])
        {
            var (code, _, errors) = await Programs.CommandAsync(registry.Settings, "policies", verb, PathOf(name));
            Assert.Equal(1, code);
            Assert.Matches(problem, errors);
        }

        Assert.Equal(before.Length, (await registry.RequestsAsync()).Length);
    }

    [Fact]
    public async Task Documents_that_files_leave_out_are_named_and_stay_registered()
    {
        await SucceedAsync("policies", "export", PathOf("less"));
        File.Delete(PathOf("less/instruments/ord-127213.yaml"));
        var (code, output, errors) = await Programs.CommandAsync(registry.Settings, "policies", "apply", PathOf("less"));
        Assert.Equal(0, code);
        Assert.Contains("do not hold instrument ord-127213: what files leave out stays registered", errors, StringComparison.Ordinal);
        Assert.Contains("nothing to propose", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_writes_only_into_a_policy_folder_and_leaves_other_files_alone()
    {
        Directory.CreateDirectory(PathOf("photos"));
        await File.WriteAllTextAsync(PathOf("photos/cat.txt"), "a cat", Cancellation);
        var (code, _, errors) = await Programs.CommandAsync(registry.Settings, "policies", "export", PathOf("photos"));
        Assert.Equal(2, code);
        Assert.Contains("holds no city.yaml", errors, StringComparison.Ordinal);
        Assert.Equal(["cat.txt"], Names(PathOf("photos")));

        await SucceedAsync("policies", "export", PathOf("kept"));
        await File.WriteAllTextAsync(PathOf("kept/README.md"), "ours", Cancellation);
        await File.WriteAllTextAsync(PathOf("kept/city.yaml"), "old", Cancellation);
        await SucceedAsync("policies", "export", PathOf("kept"));
        Assert.Equal("ours", await File.ReadAllTextAsync(PathOf("kept/README.md"), Cancellation));
        Assert.Equal("No problems.", await SucceedAsync("policies", "check", PathOf("kept")));
        Assert.Empty(Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Except(["photos", "kept"]));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string PathOf(string name) => Path.Combine(_folder, name);

    private void Edit(string file, string words, string others)
    {
        var text = File.ReadAllText(PathOf(file));
        Assert.Equal(2, text.Split(words).Length);
        File.WriteAllText(PathOf(file), text.Replace(words, others, StringComparison.Ordinal));
    }

    private async Task<string> SucceedAsync(params string[] arguments)
    {
        var (code, output, errors) = await Programs.CommandAsync(registry.Settings, arguments);
        Assert.True(code == 0, $"exit code {code}: {output} {errors}");
        return output.Trim();
    }

    /// <summary>The relative names of the files in a folder; for a file, one empty name.</summary>
    private static string[] Names(string path) =>
        File.Exists(path)
            ? [""]
            :
            [
                .. Directory
                    .GetFiles(path, "*", SearchOption.AllDirectories)
                    .Select(file => Path.GetRelativePath(path, file))
                    .Order(StringComparer.Ordinal),
            ];

    /// <summary>One registry for these tests, and access to its database.</summary>
    public sealed class Registry : IAsyncLifetime
    {
        private RegistryHost _host = null!;
        private NpgsqlDataSource _database = null!;

        internal Dictionary<string, string> Settings => _host.Settings;

        public async ValueTask InitializeAsync()
        {
            _host = await Snapshot.StartHostAsync();
            _database = NpgsqlDataSource.Create(await _host.ConnectionStringAsync());
        }

        internal Task<ImmutableArray<ChangeRequest>> RequestsAsync() =>
            new ChangeRegister(_database).ListAsync(null, null, 200, Cancellation);

        internal Task<GovernanceHistory> HistoryAsync() => ((IPolicyRegister)new PolicyRegister(_database)).HistoryAsync(Cancellation);

        public async ValueTask DisposeAsync()
        {
            await _database.DisposeAsync();
            await _host.DisposeAsync();
        }
    }
}
