using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Devices.Imports;
using SurveillanceRegistry.Postgres.Ledger;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Devices.Imports;

/// <summary>Lists are recorded and undone as one act each.</summary>
public sealed class ListImportRegisterTests(SharedCluster cluster)
{
    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private static readonly byte[] File = "name\na\n"u8.ToArray();

    private static readonly string Sha256 = Convert.ToHexStringLower(SHA256.HashData(File));

    private static readonly FactChecks Checks = new(
        SmallCity.Opening.Governance.City,
        NamedLists.From([]),
        new NoAreaCheck(),
        new DateOnly(2026, 11, 23)
    );

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static ListedDevice Row(int row, string id, string? number = null) =>
        new(
            row,
            id,
            new FixedDevice(id, "facility-camera", [Capture.Video], SmallCity.Lobby, null, "police", Lifecycle.Installed)
            {
                AssetNumber = number,
            },
            [ListFields.AssetNumber]
        );

    private static async Task<ListImport> DraftAsync(ListImportRegister register, string id = "im-aaaaaaaaaaaa")
    {
        var draft = new ListImport(
            id,
            "list.csv",
            Sha256,
            "csv",
            new ListMapping { List = "cameras" },
            new ImportDecisions { OtherDuplicates = RowDecision.New, OtherGone = GoneDecision.Remove },
            ListImportState.Draft,
            SmallCity.Noon
        )
        {
            Version = 1,
        };
        Assert.Null(await register.SaveDraftAsync(draft, "st-1", File, SmallCity.Noon, Cancellation));
        return draft;
    }

    private static async Task<ListComparison> CompareAsync(
        ListImportRegister register,
        ListImport draft,
        params ImmutableArray<ListedDevice> rows
    ) => ListComparison.Create(rows, await register.RegisteredAsync("cameras", Cancellation), draft.Decisions, Cancellation);

    private static async Task<string> ExportAsync(DeviceRegister devices) =>
        JsonSerializer.Serialize(
            (await devices.AllAsync(Cancellation)).Where(device => device.Lifecycle != Lifecycle.Removed),
            Json.Options
        );

    [Fact]
    public async Task A_list_is_one_act_and_its_undoing_leaves_what_was_before()
    {
        await using var database = await cluster.NewCityAsync();
        var (register, devices) = (new ListImportRegister(database.Source), new DeviceRegister(database.Source));
        var before = await ExportAsync(devices);
        var first = await DraftAsync(register);
        var compared = await CompareAsync(register, first, Row(2, "cam-a", "1"), Row(3, "cam-b", "2"));
        Assert.True((await register.RecordAsync(first, compared, Clerk, "Inventory.", SmallCity.Noon, Cancellation)).IsDone);
        var between = await ExportAsync(devices);

        // A later list: one device is gone, one has its number now, one is new.
        var later = await DraftAsync(register, "im-bbbbbbbbbbbb");
        var next = await CompareAsync(register, later, Row(2, "cam-a", "2"), Row(3, "cam-c", "3"));
        Assert.Equal((1, 1, 1), (next.New.Length, next.Changed.Length, next.Gone.Length));
        var recorded = (await register.RecordAsync(later, next, Clerk, "A year later.", SmallCity.Noon, Cancellation)).Value!;
        Assert.Equal((1, 1, 1, ListImportState.Recorded), (recorded.Added, recorded.Changed, recorded.Removed, recorded.State));

        Assert.Empty((await register.UndoAsync(later.Id, Checks, Clerk, "Wrong file.", SmallCity.Noon, Cancellation)).Refusals);
        Assert.Equal(between, await ExportAsync(devices));
        Assert.Empty((await register.UndoAsync(first.Id, Checks, Clerk, "Wrong file.", SmallCity.Noon, Cancellation)).Refusals);
        Assert.Equal(before, await ExportAsync(devices));
        Assert.Equal("wrong-state", (await register.UndoAsync(first.Id, Checks, Clerk, "", SmallCity.Noon, Cancellation)).Refusals[0].Code);
        Assert.Equal(File, await register.FileAsync(Sha256, Cancellation));

        await using var connection = await database.ConnectAsync();
        var kinds = await connection.QueryAsync<(string Kind, int Count)>(
            "select kind, count(*)::int from registry.ledger_entry where kind like 'list-import%' group by 1 order by 1"
        );
        Assert.Equal([("list-import-undone", 2), ("list-imported", 2)], kinds);
    }

    [Fact]
    public async Task A_list_that_cannot_be_recorded_whole_records_nothing()
    {
        await using var database = await cluster.NewCityAsync();
        var (register, devices) = (new ListImportRegister(database.Source), new DeviceRegister(database.Source));
        var before = await ExportAsync(devices);
        var draft = await DraftAsync(register);
        var compared = await CompareAsync(register, draft, Row(2, "cam-a", "1"), Row(3, "cam-b", "2"));
        var meanwhile = Row(9, "cam-x", "2").Device;
        Assert.True((await devices.RegisterAsync(meanwhile, Clerk, "", SmallCity.Noon, Cancellation)).IsDone);
        var refused = await register.RecordAsync(draft, compared, Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Equal(("taken", "assetNumber"), (refused.Refusals[0].Code, refused.Refusals[0].Where));
        Assert.Contains("'2'", refused.Refusals[0].Sentence, StringComparison.Ordinal);
        Assert.Equal(ListImportState.Draft, (await register.FindAsync(draft.Id, Cancellation))!.State);
        await devices.ChangeAsync(meanwhile with { Lifecycle = Lifecycle.Removed }, 1, Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Equal(before, await ExportAsync(devices));
    }

    [Fact]
    public async Task A_device_that_was_changed_since_stops_the_undoing_of_its_list()
    {
        await using var database = await cluster.NewCityAsync();
        var (register, devices) = (new ListImportRegister(database.Source), new DeviceRegister(database.Source));
        var draft = await DraftAsync(register);
        var compared = await CompareAsync(register, draft, Row(2, "cam-a"), Row(3, "cam-b"));
        await register.RecordAsync(draft, compared, Clerk, "", SmallCity.Noon, Cancellation);
        await devices.ChangeAsync(Row(2, "cam-a", "5").Device, 1, Clerk, "", SmallCity.Noon, Cancellation);
        var refused = await register.UndoAsync(draft.Id, Checks, Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Equal("stale", refused.Refusals[0].Code);
        Assert.Contains("cam-a", refused.Refusals[0].Sentence, StringComparison.Ordinal);
        Assert.Equal(Lifecycle.Installed, (await devices.FindAsync("cam-b", Cancellation))!.Lifecycle);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("update registry.list_import set added = 1", "added")]
    [InlineData("update registry.list_import set undone_entry = null", "undone_entry")]
    [InlineData("update registry.device set body = body || '{\"assetNumber\":\"9\"}' where id = 'cam-a'", "body.assetNumber")]
    public async Task A_list_and_its_devices_are_replayed_from_the_ledger(string? alteration, string? column)
    {
        await using var database = await cluster.NewCityAsync();
        var register = new ListImportRegister(database.Source);
        var draft = await DraftAsync(register);
        var compared = await CompareAsync(register, draft, Row(2, "cam-a", "1"), Row(3, "cam-b", "2"));
        await register.RecordAsync(draft, compared, Clerk, "", SmallCity.Noon, Cancellation);
        await register.UndoAsync(draft.Id, Checks, Clerk, "", SmallCity.Noon, Cancellation);
        await using var connection = await database.ConnectAsync();
        if (alteration is not null)
            await connection.ExecuteAsync(alteration);
        var finding = await VerifyAsync(database);
        Assert.Equal((column, column is null), (finding.TableFault?.Column, finding.Fault is null));
    }

    [Slow]
    [Fact]
    public async Task Ten_thousand_devices_are_recorded_at_once()
    {
        await using var database = await cluster.NewCityAsync();
        var register = new ListImportRegister(database.Source);
        var draft = await DraftAsync(register);
        ImmutableArray<ListedDevice> rows =
        [
            .. Enumerable.Range(2, 10_000).Select(row => Row(row, $"cam-{row}", row.ToString(CultureInfo.InvariantCulture))),
        ];
        var clock = Stopwatch.StartNew();
        var compared = await CompareAsync(register, draft, rows);
        var recorded = await register.RecordAsync(draft, compared, Clerk, "", SmallCity.Noon, Cancellation);
        TestContext.Current.TestOutputHelper?.WriteLine($"recorded in {clock.ElapsedMilliseconds} ms");
        Assert.Equal(10_000, recorded.Value!.Added);
        Assert.Equal(10_000, await database.AskAsync<int>("select count(*)::int from registry.device where id like 'cam-%'"));
        Assert.Null((await VerifyAsync(database)).Fault);
    }

    [Fact]
    public async Task A_draft_is_decided_and_recorded_only_in_the_version_that_was_seen()
    {
        await using var database = await cluster.NewCityAsync();
        var register = new ListImportRegister(database.Source);
        var draft = await DraftAsync(register);
        var decided = (await register.DecideAsync(draft, draft.Mapping, new ImportDecisions(), Cancellation))!;
        Assert.Equal((2, 2), (decided.Version, (await register.FindAsync(draft.Id, Cancellation))!.Version));
        Assert.Null(await register.DecideAsync(draft, draft.Mapping, draft.Decisions, Cancellation));
        var compared = await CompareAsync(register, draft, Row(2, "cam-a", "1"));
        var refused = await register.RecordAsync(draft, compared, Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Equal("stale", refused.Refusals[0].Code);
        Assert.True((await register.RecordAsync(decided, compared, Clerk, "", SmallCity.Noon, Cancellation)).IsDone);
        Assert.Equal(
            "wrong-state",
            (await register.RecordAsync(decided, compared, Clerk, "", SmallCity.Noon, Cancellation)).Refusals[0].Code
        );
    }

    [Fact]
    public async Task Drafts_are_limited_for_each_sender_and_in_all_and_forgotten_in_time()
    {
        await using var database = await cluster.NewCityAsync();
        var register = new ListImportRegister(database.Source);
        var first = await DraftAsync(register);
        var number = 1;
        async Task<Refusal?> SendAsync(string sender) =>
            await register.SaveDraftAsync(
                first with
                {
                    Id =
                        "im-"
                        + new string([
                            .. (number++).ToString("d12", CultureInfo.InvariantCulture).Select(digit => (char)('a' + digit - '0')),
                        ]),
                },
                sender,
                File,
                SmallCity.Noon.AddMinutes(number),
                Cancellation
            );
        for (var one = 0; one < IListImportRegister.MaxDraftsOfOne; one++)
            Assert.Null(await SendAsync("st-1"));
        Assert.Null(await register.FindAsync(first.Id, Cancellation));
        Assert.Equal(IListImportRegister.MaxDraftsOfOne, (await register.AllAsync(Cancellation)).Length);
        for (var sender = 2; number < IListImportRegister.MaxDrafts; sender++)
        {
            for (var one = 0; one < IListImportRegister.MaxDraftsOfOne; one++)
                Assert.Null(await SendAsync($"st-{sender}"));
        }

        Assert.Contains("drafts of lists", (await SendAsync("st-x"))!.Sentence, StringComparison.Ordinal);
        await register.ForgetDraftsAsync(SmallCity.Noon.AddDays(8), Cancellation);
        Assert.Empty(await register.AllAsync(Cancellation));
        Assert.Equal(0, await database.AskAsync<int>("select count(*)::int from registry.list_file"));
    }

    [Fact]
    public async Task The_overview_has_the_names_of_lists_and_not_what_was_decided()
    {
        await using var database = await cluster.NewCityAsync();
        var register = new ListImportRegister(database.Source);
        var draft = await DraftAsync(register);
        var columns = draft.Mapping.Columns.Add("name", "Corner");
        await register.DecideAsync(draft, draft.Mapping with { Columns = columns }, draft.Decisions, Cancellation);
        var listed = Assert.Single(await register.AllAsync(Cancellation));
        Assert.Equal(("cameras", 0, null), (listed.Mapping.List, listed.Mapping.Columns.Count, listed.Decisions.OtherGone));
        Assert.Single((await register.FindAsync(draft.Id, Cancellation))!.Mapping.Columns);
    }

    [Fact]
    public async Task Undoing_refuses_a_device_that_the_rules_of_today_refuse()
    {
        await using var database = await cluster.NewCityAsync();
        var (register, devices) = (new ListImportRegister(database.Source), new DeviceRegister(database.Source));
        var camera = Row(2, "cam-a", "1").Device with { Department = "parks" };
        await devices.RegisterAsync(camera, Clerk, "", SmallCity.Noon, Cancellation);
        var draft = await DraftAsync(register);
        var row = Row(2, "cam-a", "1") with { Fields = [ListFields.Department] };
        Assert.True(
            (await register.RecordAsync(draft, await CompareAsync(register, draft, row), Clerk, "", SmallCity.Noon, Cancellation)).IsDone
        );
        var refused = await register.UndoAsync(draft.Id, Checks, Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Contains("'cam-a' cannot be as it was", refused.Refusals[0].Sentence, StringComparison.Ordinal);
        Assert.Contains("'parks'", refused.Refusals[0].Sentence, StringComparison.Ordinal);
        Assert.Equal("police", (await devices.FindAsync("cam-a", Cancellation))!.Department);
    }

    private sealed class NoAreaCheck : IAreaCheck
    {
        public string? FindProblem(Area area) => null;
    }

    private static async Task<LedgerFinding> VerifyAsync(Database database)
    {
        await using var snapshot = await new LedgerSnapshots(database.Source).OpenAsync(Cancellation);
        using var key = NoticeKey.New();
        return await LedgerVerifier.RunAsync(snapshot, new ScriptedMonth.PlainSigner(), key, null, Cancellation);
    }
}
