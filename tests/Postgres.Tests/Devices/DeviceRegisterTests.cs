using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Places;
using SurveillanceRegistry.Postgres.Policies;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Devices;

/// <summary>Devices, their secrets, and the places and screens beside them.</summary>
public sealed class DeviceRegisterTests(SharedCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Gives_back_every_device_place_and_screen_in_the_order_of_ids()
    {
        await using var database = await OpenAsync();
        var (devices, places) = (new DeviceRegister(database.Source), new PlaceRegister(database.Source));
        Assert.Equal(SmallCity.Text(SmallCity.Opening.Devices), SmallCity.Text(await devices.AllAsync(Cancellation)));
        Assert.Equal(SmallCity.Text(SmallCity.Opening.Devices[1]), SmallCity.Text(await devices.FindAsync(SmallCity.Reader, Cancellation)));
        Assert.Null(await devices.FindAsync("never-registered", Cancellation));
        Assert.Equal(SmallCity.Opening.Places, await places.PlacesAsync(Cancellation));
        Assert.Equal(SmallCity.Opening.Kiosks, await places.KiosksAsync(Cancellation));
    }

    [Fact]
    public async Task Registers_a_device_once_and_changes_it_only_for_who_has_seen_its_last_version()
    {
        await using var database = await OpenAsync();
        var register = new DeviceRegister(database.Source);
        var camera = new Device("gate-cam-1", "facility-camera", [Capture.Video], "gate", null, "police", Lifecycle.Installed)
        {
            OwnDeadlineSeconds = 120,
        };
        Task<Outcome<Device>> Register(Device device) =>
            register.RegisterAsync(device, Clerk, "New at the gate.", SmallCity.Noon, Cancellation);

        Assert.Equal(3, (await Register(camera)).Value!.Number);
        Assert.Equal("taken", Assert.Single((await Register(camera)).Refusals).Code);
        Assert.Equal("place", Assert.Single((await Register(camera with { Id = "gate-cam-2", Place = "nowhere" })).Refusals).Where);
        Assert.Equal("gateway", Assert.Single((await Register(camera with { Id = "gate-cam-2", Gateway = "nobody" })).Refusals).Where);
        Assert.Equal(120, (await register.FindAsync("gate-cam-1", Cancellation))!.DeadlineSeconds);

        Assert.Equal(1, await register.VersionAsync("gate-cam-1", Cancellation));
        Assert.True(
            (await register.ChangeAsync(camera with { Lifecycle = Lifecycle.Active }, 1, Clerk, "", SmallCity.Noon, Cancellation)).IsDone
        );
        Assert.Equal(
            "stale",
            Assert.Single((await register.ChangeAsync(camera, 1, Clerk, "", SmallCity.Noon, Cancellation)).Refusals).Code
        );
        Assert.Equal(
            (2, Lifecycle.Active),
            (await register.VersionAsync("gate-cam-1", Cancellation), (await register.FindAsync("gate-cam-1", Cancellation))!.Lifecycle)
        );
        Assert.Equal(
            1,
            await database.AskAsync<int>(
                "select count(*) from registry.ledger_entry where kind = 'device-changed' and convert_from(bytes, 'UTF8') like '%gate-cam-1%'"
            )
        );
    }

    public static TheoryData<string> Acts =>
        [
            "device-registered",
            "device-changed",
            "moved",
            "moved-to-a-department",
            "removed",
            "device-clock-reset",
            "credential-issued",
            "credentials-issued",
            "certificate",
            "credential-ended",
            "claim-made",
            "claim-used",
        ];

    [Theory, MemberData(nameof(Acts))]
    public async Task Enters_nothing_into_the_ledger_whatever_is_done_to_a_mobile_unit_and_tells_who_may_read_it_by_whom_and_why(
        string what
    )
    {
        await using var database = await OpenAsync();
        var (register, enrolment) = (new DeviceRegister(database.Source), new Enrolment(database.Source));
        await register.ImportAsync(
            [],
            [Unit("patrol-reader-77"), Unit("night-reader-1") with { Fleet = "night" }],
            Clerk,
            "",
            SmallCity.Noon,
            Cancellation
        );
        await enrolment.IssueSecretAsync("patrol-reader-77", DeviceSecret.Hash("x"), Clerk, "", SmallCity.Noon, Cancellation);
        await enrolment.MakeClaimAsync(
            "patrol-reader-77",
            ClaimCode.Hash("y"),
            SmallCity.Noon.AddDays(1),
            Clerk,
            "",
            SmallCity.Noon,
            Cancellation
        );
        var before = await LedgerAsync(database);

        const string Reason = "Of patrol-reader-77, which was lost.";
        var unit = Unit("patrol-reader-77");
        var at = SmallCity.Noon.AddMinutes(1);
        Task Change(Device after) => Done(register.ChangeAsync(after, 1, Clerk, Reason, at, Cancellation));
        await (
            what switch
            {
                "device-registered" => Done(register.RegisterAsync(unit = Unit("patrol-reader-78"), Clerk, Reason, at, Cancellation)),
                "device-changed" => Change(unit with { Lifecycle = Lifecycle.Paused }),
                "moved" => Change(unit with { Fleet = "night" }),
                "moved-to-a-department" => Change(unit with { Department = "parking" }),
                "removed" => Change(unit with { Lifecycle = Lifecycle.Removed }),
                "device-clock-reset" => register.ForgetEpochAsync(unit.Id, Clerk, Reason, at, Cancellation),
                "credential-issued" => enrolment.IssueSecretAsync(unit.Id, DeviceSecret.Hash("z"), Clerk, Reason, at, Cancellation),
                "credentials-issued" => enrolment.IssueSecretsAsync([(unit.Id, DeviceSecret.Hash("z"))], Clerk, Reason, at, Cancellation),
                "certificate" => enrolment.RegisterCertificateAsync(
                    unit.Id,
                    new byte[32],
                    SmallCity.Noon.AddDays(90),
                    Clerk,
                    Reason,
                    at,
                    Cancellation
                ),
                "credential-ended" => enrolment.EndAsync(unit.Id, 1, Clerk, Reason, at, Cancellation),
                "claim-made" => enrolment.MakeClaimAsync(
                    unit.Id,
                    ClaimCode.Hash("z"),
                    SmallCity.Noon.AddDays(1),
                    Clerk,
                    Reason,
                    at,
                    Cancellation
                ),
                _ => enrolment.ClaimAsync(ClaimCode.Hash("y"), DeviceSecret.Hash("z"), at, Cancellation),
            }
        );

        Assert.Equal(before, await LedgerAsync(database));
        var act = (await register.ActsAsync(unit.Id, null, 1, Cancellation)).Single();
        Assert.Equal(at, act.At);
        Assert.Equal(what == "claim-used" ? Attribution.Registry : Clerk, act.By);
        Assert.Equal(
            what switch
            {
                "moved" or "removed" or "moved-to-a-department" => "device-changed",
                "certificate" or "credentials-issued" => "credential-issued",
                _ => what,
            },
            act.Act
        );
        Assert.Equal(what != "claim-used", act.Body.Contains(Reason, StringComparison.Ordinal));
        Assert.Equal((what == "moved" ? "night" : "patrol", what == "removed"), (act.Fleet, act.Lifecycle == Lifecycle.Removed));

        static async Task Done(Task<Outcome<Device>> act) => Assert.True((await act).IsDone);
    }

    [Fact]
    public async Task Names_a_fleet_once_when_it_has_its_first_unit_of_a_technology()
    {
        await using var database = await OpenAsync();
        var register = new DeviceRegister(database.Source);
        await register.RegisterAsync(
            Unit("night-reader-1") with
            {
                Fleet = "night",
            },
            Clerk,
            "For the night.",
            SmallCity.Noon.AddMinutes(1),
            Cancellation
        );
        await register.RegisterAsync(
            Unit("night-reader-2") with
            {
                Fleet = "night",
                Kind = "alpr-parking",
            },
            Clerk,
            "",
            SmallCity.Noon.AddMinutes(2),
            Cancellation
        );
        await register.RegisterAsync(
            Unit("night-car-1") with
            {
                Fleet = "night",
                Kind = "in-car",
            },
            Clerk,
            "",
            SmallCity.Noon.AddMinutes(3),
            Cancellation
        );
        Assert.Equal(
            [
                """{"fleet":"patrol","technology":"alpr"}""",
                """{"fleet":"night","technology":"alpr"}""",
                """{"fleet":"night","technology":"in-car-video"}""",
            ],
            (
                await database.AskAsync<string>(
                    "select string_agg(substring(convert_from(bytes, 'UTF8') from '\"body\":(.*)\\}$'), E'\\n' order by index) from registry.ledger_entry where kind like 'fleet-%'"
                )
            )!.Split('\n')
        );
        Assert.Equal(
            [new NamedFleet("night", "alpr"), new NamedFleet("night", "in-car-video")],
            await register.FleetsNamedAsync(SmallCity.Noon.AddSeconds(1), Cancellation)
        );
        Assert.Equal(
            [new NamedFleet("night", "in-car-video")],
            await register.FleetsNamedAsync(SmallCity.Noon.AddMinutes(2), Cancellation)
        );
    }

    [Fact]
    public async Task Counts_a_fleet_as_it_was_at_an_instant_whatever_was_registered_moved_or_removed_since()
    {
        await using var database = await OpenAsync();
        var (register, enrolment) = (new DeviceRegister(database.Source), new Enrolment(database.Source));
        DateTimeOffset Minute(int minute) => SmallCity.Noon.AddMinutes(minute);
        async Task<string> FleetsAt(DateTimeOffset at) =>
            string.Join(
                ' ',
                (await register.FleetsAsync(at, Cancellation)).Select(fleet => $"{fleet.Id}/{fleet.Department}:{fleet.Units}")
            );
        var unit = Unit("patrol-reader-77");
        await register.RegisterAsync(unit, Clerk, "", Minute(10), Cancellation);
        await register.ChangeAsync(unit with { Fleet = "night" }, 1, Clerk, "", Minute(20), Cancellation);
        await register.ChangeAsync(unit with { Fleet = "night", Department = "parking" }, 2, Clerk, "", Minute(30), Cancellation);
        await enrolment.IssueSecretAsync(unit.Id, DeviceSecret.Hash("x"), Clerk, "", Minute(35), Cancellation);
        await register.ChangeAsync(
            unit with
            {
                Fleet = "night",
                Department = "parking",
                Lifecycle = Lifecycle.Removed,
            },
            3,
            Clerk,
            "",
            Minute(40),
            Cancellation
        );
        await register.ChangeAsync(unit with { Lifecycle = Lifecycle.Active }, 4, Clerk, "", Minute(50), Cancellation);

        foreach (
            var (from, fleets) in new[]
            {
                (0, "patrol/police:1"),
                (10, "patrol/police:2"),
                (20, "night/police:1 patrol/police:1"),
                (30, "night/parking:1 patrol/police:1"),
                (40, "patrol/police:1"),
                (50, "patrol/police:2"),
            }
        )
        {
            Assert.Equal(fleets, await FleetsAt(Minute(from)));
            Assert.Equal(fleets, await FleetsAt(Minute(from + 10).AddMicroseconds(-1)));
        }
    }

    [Fact]
    public async Task Lets_nobody_change_or_take_away_what_was_done_to_a_mobile_unit()
    {
        await using var database = await OpenAsync();
        foreach (
            var change in new[]
            {
                "update registry.mobile_act set at = at + interval '1 hour'",
                "delete from registry.mobile_act",
                "update registry.fleet set technology = 'alpr'",
                "delete from registry.dropped_heartbeats",
            }
        )
            Assert.Equal(
                Npgsql.PostgresErrorCodes.InsufficientPrivilege,
                (
                    await Assert.ThrowsAsync<Npgsql.PostgresException>(async () =>
                        await database.Source.CreateCommand(change).ExecuteNonQueryAsync(Cancellation)
                    )
                ).SqlState
            );
        Assert.Single(await new DeviceRegister(database.Source).ActsAsync(SmallCity.Reader, null, 10, Cancellation));
    }

    [Fact]
    public async Task Shows_the_acts_of_one_mobile_unit_in_pages_the_newest_first()
    {
        await using var database = await OpenAsync();
        var register = new DeviceRegister(database.Source);
        for (var version = 1; version <= 4; version++)
            await register.ChangeAsync(
                SmallCity.Opening.Devices[1],
                version,
                Clerk,
                $"Number {version}.",
                SmallCity.Noon.AddMinutes(version),
                Cancellation
            );
        var newest = await register.ActsAsync(SmallCity.Reader, null, 2, Cancellation);
        Assert.Equal(["Number 4.", "Number 3."], newest.Select(Reason));
        Assert.Equal(
            ["Number 2.", "Number 1.", null],
            (await register.ActsAsync(SmallCity.Reader, newest[^1].Number, 10, Cancellation)).Select(Reason)
        );

        static string? Reason(MobileAct act) => System.Text.Json.Nodes.JsonNode.Parse(act.Body)!["reason"]?.GetValue<string>();
    }

    [Fact]
    public async Task Gives_an_id_to_one_device_or_one_gateway()
    {
        await using var database = await OpenAsync();
        await new Enrolment(database.Source).RegisterAsync(
            new Gateway("gate-recorder", "police", null),
            Clerk,
            "",
            SmallCity.Noon,
            Cancellation
        );
        Assert.Equal(
            "taken",
            Assert
                .Single(
                    (
                        await new DeviceRegister(database.Source).RegisterAsync(
                            Camera("gate-recorder"),
                            Clerk,
                            "",
                            SmallCity.Noon,
                            Cancellation
                        )
                    ).Refusals
                )
                .Code
        );
    }

    [Fact]
    public async Task Shows_its_devices_in_pages_and_mobile_ones_only_when_they_are_asked_for()
    {
        await using var database = await OpenAsync();
        var register = new DeviceRegister(database.Source);
        await register.ImportAsync(
            [],
            [.. Enumerable.Range(1, 5).Select(i => Camera($"gate-cam-{i}"))],
            Clerk,
            "",
            SmallCity.Noon,
            Cancellation
        );
        async Task<string[]> Ids(DeviceFilter filter, string? after = null, int most = 100) =>
            [.. (await register.ListAsync(filter, after, most, Cancellation)).Select(device => device.Id)];
        Assert.Equal(["gate-cam-1", "gate-cam-2"], await Ids(new DeviceFilter("gate"), most: 2));
        Assert.Equal(["gate-cam-3", "gate-cam-4"], await Ids(new DeviceFilter("gate"), "gate-cam-2", 2));
        Assert.Equal([SmallCity.Camera], await Ids(new DeviceFilter(Search: "lobby")));
        Assert.Equal(6, (await Ids(new DeviceFilter())).Length);
        Assert.Equal([SmallCity.Reader], await Ids(new DeviceFilter { IsMobile = true }));
        Assert.Empty(await Ids(new DeviceFilter(Kind: "alpr-patrol")));
        Assert.Equal(3, (await register.ListAsync(new DeviceFilter(), null, 1, Cancellation))[0].Number);
    }

    [Fact]
    public async Task Takes_an_inventory_whole_or_not_at_all()
    {
        await using var database = await OpenAsync();
        var register = new DeviceRegister(database.Source);
        Gateway gateway = new("gate-recorder", "police", null);
        Device[] devices =
        [
            Camera("gate-cam-1") with
            {
                Gateway = "gate-recorder",
            },
            .. Enumerable
                .Range(1, 12)
                .Select(i => new Device(
                    $"patrol-reader-1{i:00}",
                    "alpr-patrol",
                    [Capture.Plates],
                    null,
                    "patrol",
                    "police",
                    Lifecycle.Active
                )),
        ];
        async Task<Outcome<object>> Import(params IEnumerable<Device> of) =>
            await register.ImportAsync([gateway], [.. of], Clerk, "New.", SmallCity.Noon, Cancellation);

        var before = await database.AskAsync<int>("select count(*) from registry.ledger_entry");
        Assert.Equal(
            (SmallCity.Camera, "taken"),
            (Assert.Single((await Import([.. devices, Camera(SmallCity.Camera)])).Refusals) is var taken ? taken.Where : null, taken.Code)
        );
        Assert.Equal("place", Assert.Single((await Import([.. devices, Camera("gate-cam-2") with { Place = "nowhere" }])).Refusals).Where);
        Assert.Equal(
            (before, 2),
            (await database.AskAsync<int>("select count(*) from registry.ledger_entry"), (await register.AllAsync(Cancellation)).Length)
        );

        Assert.True((await Import(devices)).IsDone);
        Assert.Equal("gate-recorder", (await register.FindAsync("gate-cam-1", Cancellation))!.Gateway);
        // A gateway and a camera, and nothing of a fleet that the ledger has named already.
        Assert.Equal(before + 2, await database.AskAsync<int>("select count(*) from registry.ledger_entry"));
    }

    [Fact]
    public async Task Is_opened_with_its_gateways_and_those_behind_them()
    {
        await using var database = await cluster.NewRegisterAsync();
        var opening = SmallCity.With([SmallCity.Opening.Devices[0] with { Gateway = "lobby-recorder" }]) with
        {
            Gateways = [new Gateway("lobby-recorder", "police", "lobby-recorder")],
        };
        Assert.True(await new PolicyRegister(database.Source).OpenAsync(opening, SmallCity.Noon, Cancellation));
        var enrolment = new Enrolment(database.Source);
        Assert.Equal("lobby-recorder", (await enrolment.FindAsync("lobby-recorder", Cancellation))!.Profile);
        Assert.Equal([SmallCity.Camera], (await enrolment.AllBehindAsync("lobby-recorder", Cancellation)).Select(device => device.Id));
        Assert.Equal(1, await database.AskAsync<int>("select count(*) from registry.ledger_entry where kind = 'gateway-registered'"));
    }

    [Fact]
    public async Task Writes_down_who_looked_at_single_mobile_units_and_lets_nobody_take_it_away()
    {
        await using var database = await OpenAsync();
        IMobileReadAudit readings = new MobileReadAudit(database.Source);
        await readings.RecordAsync("st-1", SmallCity.Reader, "state", SmallCity.Noon, Cancellation);
        await readings.RecordAsync("st-2", [SmallCity.Reader, "patrol-reader-2"], "list", SmallCity.Noon, Cancellation);
        Assert.Equal(
            "st-1 state,st-2 list",
            await database.AskAsync<string>(
                "select string_agg(reader || ' ' || what, ',' order by id) from registry.reading where device = @Reader",
                new { SmallCity.Reader }
            )
        );
        await Assert.ThrowsAsync<Npgsql.PostgresException>(async () =>
            await database.Source.CreateCommand("delete from registry.reading").ExecuteNonQueryAsync(Cancellation)
        );
    }

    private static Device Camera(string id) => new(id, "facility-camera", [Capture.Video], "gate", null, "police", Lifecycle.Installed);

    private static Device Unit(string id) => new(id, "alpr-patrol", [Capture.Plates], null, "patrol", "police", Lifecycle.Active);

    /// <summary>Everything that the ledger has, and how it would go on.</summary>
    private static Task<string?> LedgerAsync(Database database) =>
        database.AskAsync<string>(
            "select (select string_agg(encode(bytes, 'hex'), ',' order by index) from registry.ledger_entry) || (select row_to_json(head)::text from registry.ledger_head head)"
        );

    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private async Task<Database> OpenAsync()
    {
        var database = await cluster.NewRegisterAsync();
        await new PolicyRegister(database.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);
        return database;
    }
}
