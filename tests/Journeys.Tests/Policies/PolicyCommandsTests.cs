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

/// <summary>Governance goes out as files and comes in as one change request, by the command line of a registry that runs.</summary>
public sealed class PolicyCommandsTests(PolicyCommandsTests.Registry registry) : IClassFixture<PolicyCommandsTests.Registry>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("files-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("policies")]
    [InlineData("table.csv")]
    public async Task Goes_out_as_the_same_bytes_twice_and_proposes_nothing_when_it_comes_in_unchanged(string name)
    {
        var (first, second) = (In("first/" + name), In("second/" + name));
        Assert.Contains("Wrote", await DoneAsync("policies", "export", first), StringComparison.Ordinal);
        await DoneAsync("policies", "export", second);
        var names = Names(first);
        Assert.NotEmpty(names);
        Assert.Equal(names, Names(second));
        Assert.All(names, file => Assert.Equal(File.ReadAllBytes(Path.Join(first, file)), File.ReadAllBytes(Path.Join(second, file))));
        Assert.Equal("No problems.", await DoneAsync("policies", "check", first));

        var before = await registry.RequestsAsync();
        Assert.Contains("there is nothing to propose", await DoneAsync("policies", "apply", first), StringComparison.Ordinal);
        Assert.Equal(
            JsonValueKind.Null,
            JsonDocument.Parse(await DoneAsync("policies", "apply", first, "--json")).RootElement.GetProperty("change").ValueKind
        );
        Assert.Equal(before.Length, (await registry.RequestsAsync()).Length);
    }

    [Theory]
    [InlineData("policies", "policies/instruments/spd-manual-16.170.yaml", "days: 90", "days: 21", "versions/1/rules/alpr/retention")]
    [InlineData("one.csv", "one.csv", "limit 90 days | patrol reads", "limit 22 days | patrol reads", "versions/1/rules/alpr/retention")]
    public async Task Becomes_one_request_with_exactly_the_value_that_was_edited(
        string name,
        string file,
        string words,
        string others,
        string path
    )
    {
        await DoneAsync("policies", "export", In(name));
        Edit(file, words, others);
        var before = await registry.RequestsAsync();

        var answer = JsonDocument
            .Parse(await DoneAsync("policies", "apply", In(name), "--reason", "The law of 2026 says so.", "--json"))
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
        Assert.Equal(path, Assert.Single(Difference.Between(held.Document, proposed.Document)).Key);

        Assert.Contains(
            $"Change request {request.Id} proposes exactly this already",
            await DoneAsync("policies", "apply", In(name)),
            StringComparison.Ordinal
        );
        Assert.Equal(before.Length + 1, (await registry.RequestsAsync()).Length);
    }

    [Fact]
    public async Task Is_proposed_by_the_file_of_one_instrument_new_or_known()
    {
        await DoneAsync("policies", "export", In("all"));
        File.Copy(In("all/instruments/ord-125936.yaml"), In("ord-199999.yaml"));
        Edit("ord-199999.yaml", "id: ord-125936", "id: ord-199999");
        var answer = JsonDocument.Parse(await DoneAsync("policies", "apply", In("ord-199999.yaml"), "--json")).RootElement;
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
            await DoneAsync("policies", "apply", In("all/instruments/ord-125936.yaml")),
            StringComparison.Ordinal
        );
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
    public async Task Is_refused_with_file_line_and_what_was_expected_and_nothing_is_proposed(
        string name,
        string file,
        string words,
        string others,
        string problem
    )
    {
        await DoneAsync("policies", "export", In(name));
        Edit(file, words, others);
        var before = await registry.RequestsAsync();
        foreach (var verb in (string[])["check", "apply"])
        {
            var (code, _, errors) = await Programs.VerbAsync(registry.Settings, "policies", verb, In(name));
            Assert.Equal(1, code);
            Assert.Matches(problem, errors);
        }

        Assert.Equal(before.Length, (await registry.RequestsAsync()).Length);
    }

    [Fact]
    public async Task Says_what_files_leave_out_and_takes_nothing_away()
    {
        await DoneAsync("policies", "export", In("less"));
        File.Delete(In("less/instruments/ord-127213.yaml"));
        var (code, output, errors) = await Programs.VerbAsync(registry.Settings, "policies", "apply", In("less"));
        Assert.Equal(0, code);
        Assert.Contains("do not hold instrument ord-127213: what files leave out stays registered", errors, StringComparison.Ordinal);
        Assert.Contains("nothing to propose", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Goes_only_where_it_belongs_and_leaves_other_files_there_alone()
    {
        Directory.CreateDirectory(In("photos"));
        await File.WriteAllTextAsync(In("photos/cat.txt"), "a cat", Cancellation);
        var (code, _, errors) = await Programs.VerbAsync(registry.Settings, "policies", "export", In("photos"));
        Assert.Equal(2, code);
        Assert.Contains("holds no city.yaml", errors, StringComparison.Ordinal);
        Assert.Equal(["cat.txt"], Names(In("photos")));

        await DoneAsync("policies", "export", In("kept"));
        await File.WriteAllTextAsync(In("kept/README.md"), "ours", Cancellation);
        await File.WriteAllTextAsync(In("kept/city.yaml"), "old", Cancellation);
        await DoneAsync("policies", "export", In("kept"));
        Assert.Equal("ours", await File.ReadAllTextAsync(In("kept/README.md"), Cancellation));
        Assert.Equal("No problems.", await DoneAsync("policies", "check", In("kept")));
        Assert.Empty(Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Except(["photos", "kept"]));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);

    private void Edit(string file, string words, string others)
    {
        var text = File.ReadAllText(In(file));
        Assert.Equal(2, text.Split(words).Length);
        File.WriteAllText(In(file), text.Replace(words, others, StringComparison.Ordinal));
    }

    private async Task<string> DoneAsync(params string[] arguments)
    {
        var (code, output, errors) = await Programs.VerbAsync(registry.Settings, arguments);
        Assert.True(code == 0, $"exit code {code}: {output} {errors}");
        return output.Trim();
    }

    /// <summary>The files under a folder by their names; one file is a folder of itself.</summary>
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

    /// <summary>One registry for these journeys, and a look at what it remembers.</summary>
    public sealed class Registry : IAsyncLifetime
    {
        private readonly RegistryHost _house = new();
        private NpgsqlDataSource _database = null!;

        internal Dictionary<string, string> Settings => _house.Settings;

        public async ValueTask InitializeAsync()
        {
            await _house.OpenAsync();
            _database = NpgsqlDataSource.Create(await _house.DatabaseAsync());
        }

        internal Task<ImmutableArray<ChangeRequest>> RequestsAsync() =>
            new ChangeRegister(_database).ListAsync(null, null, 200, Cancellation);

        internal Task<GovernanceHistory> HistoryAsync() => ((IPolicyRegister)new PolicyRegister(_database)).HistoryAsync(Cancellation);

        public async ValueTask DisposeAsync()
        {
            await _database.DisposeAsync();
            await _house.DisposeAsync();
        }
    }
}
