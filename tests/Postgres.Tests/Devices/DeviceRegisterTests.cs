using Dapper;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Devices.History;
using SurveillanceRegistry.Postgres.Places;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Devices;

/// <summary>Devices, and the places and screens beside them.</summary>
public sealed class DeviceRegisterTests(SharedCluster cluster)
{
    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Devices_places_and_kiosks_are_returned_ordered_by_id()
    {
        await using var database = await cluster.NewCityAsync();
        var (devices, places) = (new DeviceRegister(database.Source), new PlaceRegister(database.Source));
        Assert.Equal(SmallCity.Text(SmallCity.Opening.Devices), SmallCity.Text(await devices.AllAsync(Cancellation)));
        Assert.Equal(SmallCity.Text(SmallCity.Opening.Devices[1]), SmallCity.Text(await devices.FindAsync(SmallCity.Reader, Cancellation)));
        Assert.Null(await devices.FindAsync("never-registered", Cancellation));
        Assert.Equal(SmallCity.Opening.Places, await places.PlacesAsync(Cancellation));
        Assert.Equal(SmallCity.Opening.Kiosks, await places.KiosksAsync(Cancellation));
    }

    [Fact]
    public async Task A_page_of_devices_follows_technology_and_leaves_removed_ones_out()
    {
        await using var database = await cluster.NewCityAsync();
        var register = new DeviceRegister(database.Source);
        async Task<string[]> IdsAsync(DeviceFilter filter) =>
            [.. (await register.ListAsync(filter, null, 10, Cancellation)).Select(device => device.Id)];
        Assert.Equal([SmallCity.Camera], await IdsAsync(new DeviceFilter { Technology = "facility-camera", WithoutRemoved = true }));
        Assert.Empty(await IdsAsync(new DeviceFilter { Technology = "facial-recognition" }));

        var camera = (await register.FindAsync(SmallCity.Camera, Cancellation))!;
        var removed = camera with { Lifecycle = Lifecycle.Removed };
        Assert.True((await register.ChangeAsync(removed, 1, Clerk, "", SmallCity.Noon, Cancellation)).IsDone);
        Assert.Empty(await IdsAsync(new DeviceFilter { Technology = "facility-camera", WithoutRemoved = true }));
        Assert.Equal([SmallCity.Camera], await IdsAsync(new DeviceFilter { Technology = "facility-camera" }));
    }

    [Fact]
    public async Task A_device_is_registered_once_and_changed_only_from_its_last_version()
    {
        await using var database = await cluster.NewCityAsync();
        var register = new DeviceRegister(database.Source);
        var camera = Device.Of("gate-cam-1", "facility-camera", [Capture.Video], "gate", null, "police", Lifecycle.Installed) with
        {
            OwnDeadlineSeconds = 120,
        };
        Task<Outcome<Device>> Register(Device device) =>
            register.RegisterAsync(device, Clerk, "New at the gate.", SmallCity.Noon, Cancellation);

        Assert.Equal(3, (await Register(camera)).Value!.Number);
        Assert.Equal("taken", Assert.Single((await Register(camera)).Refusals).Code);
        Assert.Equal("place", Assert.Single((await Register(camera with { Id = "gate-cam-2", Place = "nowhere" })).Refusals).Where);
        Assert.Equal(
            "gateway",
            Assert.Single((await Register(camera with { Id = "gate-cam-2", Gateway = "unknown-gateway" })).Refusals).Where
        );
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
                """
                select count(*) from registry.ledger_entry
                where kind = 'device-changed' and convert_from(bytes, 'UTF8') like '%gate-cam-1%'
                """
            )
        );
    }

    [Fact]
    public async Task Devices_are_listed_in_pages_and_mobile_ones_only_on_request()
    {
        await using var database = await cluster.NewCityAsync();
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
    public async Task An_inventory_is_imported_completely_or_not_at_all()
    {
        await using var database = await cluster.NewCityAsync();
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
                .Select(i =>
                    Device.Of($"patrol-reader-1{i:00}", "alpr-patrol", [Capture.Plates], null, "patrol", "police", Lifecycle.Active)
                ),
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
        // An entry for the gateway and one for the camera, and none for a fleet that the ledger has named already.
        Assert.Equal(before + 2, await database.AskAsync<int>("select count(*) from registry.ledger_entry"));
    }

    [Fact]
    public async Task The_register_says_what_it_said_of_a_device_at_every_time()
    {
        await using var database = await cluster.NewCityAsync();
        var register = new DeviceRegister(database.Source);
        var (fixedDevice, mobile) = (Camera("gate-cam-1"), SmallCity.Opening.Devices.First(device => device.Fleet is not null));
        Assert.True((await register.RegisterAsync(fixedDevice, Clerk, "", Minute(10), Cancellation)).IsDone);
        await ChangeAsync(fixedDevice with { Place = SmallCity.Lobby }, 1, 20);
        // The reason of an act on another device names this one.
        await ChangeAsync((await register.FindAsync(SmallCity.Camera, Cancellation))!, 1, 25, "\"id\":\"gate-cam-1\"");
        await ChangeAsync(fixedDevice with { Lifecycle = Lifecycle.Removed }, 2, 30);
        await ChangeAsync(mobile with { Department = "parking" }, 1, 40);

        Assert.Equal("", await SaidAsync("gate-cam-1", 0, 10));
        Assert.Equal("10 gate Installed", await SaidAsync("gate-cam-1", 0, 11));
        Assert.Equal("10 gate Installed", await SaidAsync("gate-cam-1", 19, 20));
        Assert.Equal("20 lobby Installed", await SaidAsync("gate-cam-1", 20, 21));
        Assert.Equal("10 gate Installed, 20 lobby Installed, 30 gate Removed", await SaidAsync("gate-cam-1", 15, 60));
        Assert.Equal("0 lobby Active", await SaidAsync(SmallCity.Camera, 5, 6));
        Assert.Equal("0 police Active", await SaidAsync(mobile.Id, 39, 40));
        Assert.Equal("40 parking Active", await SaidAsync(mobile.Id, 40, 41));
        Assert.Equal("", await SaidAsync("never-registered", 0, 60));

        static string Holder(Device device) => device.Place ?? device.Department;
        DateTimeOffset Minute(int minute) => SmallCity.Noon.AddMinutes(minute);
        async Task ChangeAsync(Device device, int version, int minute, string reason = "") =>
            Assert.True((await register.ChangeAsync(device, version, Clerk, reason, Minute(minute), Cancellation)).IsDone);
        async Task<string> SaidAsync(string id, int from, int to) =>
            string.Join(
                ", ",
                (await register.RegisteredAsync(id, Minute(from), Minute(to), Cancellation)).Select(entry =>
                    $"{(entry.Since - SmallCity.Noon).TotalMinutes} {Holder(entry.Device!)} {entry.Device!.Lifecycle}"
                )
            );
    }

    [Fact]
    public async Task An_old_entry_without_sensors_does_not_say_what_a_changed_device_was()
    {
        await using var database = await cluster.NewCityAsync();
        var register = new DeviceRegister(database.Source);
        var (changed, unchanged) = (Camera("gate-cam-1"), Camera("gate-cam-2"));
        Assert.True((await register.RegisterAsync(changed, Clerk, "", SmallCity.Noon, Cancellation)).IsDone);
        Assert.True((await register.RegisterAsync(unchanged, Clerk, "", SmallCity.Noon, Cancellation)).IsDone);
        var later = SmallCity.Noon.AddMinutes(20);
        Assert.True((await register.ChangeAsync(changed with { Place = SmallCity.Lobby }, 1, Clerk, "", later, Cancellation)).IsDone);
        await database.AskAsync<int>(
            """
            update registry.ledger_entry set bytes = convert_to(
                (convert_from(bytes, 'UTF8')::jsonb #- '{body,registered}' #- '{body,sensors}' #- '{body,lifecycle}')::text, 'UTF8')
            where kind = 'device-registered'
            """
        );

        Assert.Equal([null], await SaidAsync(changed.Id, SmallCity.Noon.AddMinutes(1)));
        Assert.Equal([SmallCity.Lobby], (await SaidAsync(changed.Id, later)).Select(device => device?.Place));
        Assert.Equal(unchanged.Sensors, Assert.Single(await SaidAsync(unchanged.Id, later))!.Sensors);
        async Task<IEnumerable<Device?>> SaidAsync(string id, DateTimeOffset at) =>
            (await register.RegisteredAsync(id, at, at.AddSeconds(1), Cancellation)).Select(entry => entry.Device);
    }

    /// <summary>Any reader may ask: the cost must not grow with the changes of other devices.</summary>
    [Fact]
    public async Task The_changes_of_a_device_are_found_by_an_index()
    {
        await using var database = await cluster.NewCityAsync();
        await using var connection = await database.ConnectAsync();
        await connection.ExecuteAsync(
            """
            insert into registry.ledger_entry (index, at, kind, bytes, leaf_hash)
            select 1000000 + n, @at, 'device-changed',
                convert_to('{"body":{"id":"cam-' || n || '","registered":{}}}', 'UTF8'), sha256('x')
            from generate_series(1, 5000) n;
            analyze registry.ledger_entry
            """,
            new { at = SmallCity.Noon.UtcDateTime }
        );
        var plan = await connection.QueryAsync<string>(
            "explain " + DeviceHistory.Query,
            new
            {
                deviceId = "cam-77",
                to = SmallCity.Noon.UtcDateTime.AddYears(1),
                registered = LedgerKinds.DeviceRegistered,
                changed = LedgerKinds.DeviceChanged,
            }
        );
        var text = string.Join("\n", plan);
        Assert.True(text.Contains("ledger_entry_by_device", StringComparison.Ordinal), text);
    }

    private static Device Camera(string id) =>
        Device.Of(id, "facility-camera", [Capture.Video], "gate", null, "police", Lifecycle.Installed);

    [Fact]
    public async Task A_look_up_of_fixed_devices_finds_no_mobile_device()
    {
        await using var database = await cluster.NewCityAsync();
        var register = new DeviceRegister(database.Source);
        Assert.Equal(SmallCity.Camera, (await register.FindFixedAsync(SmallCity.Camera, Cancellation))?.Id);
        Assert.Null(await register.FindFixedAsync(SmallCity.Reader, Cancellation));
        Assert.Null(await register.FindFixedAsync("never-registered", Cancellation));
    }
}
