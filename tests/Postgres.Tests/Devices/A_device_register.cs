using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Places;
using SurveillanceRegistry.Postgres.Policies;

namespace SurveillanceRegistry.Postgres.Tests.Devices;

/// <summary>Devices, their secrets, and the places and screens beside them.</summary>
public sealed class A_device_register(SharedCluster cluster)
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
        var camera = new Device("gate-cam-1", "facility-camera", [Capture.Video], "gate", null, "police", Lifecycle.Installed) { OwnDeadlineSeconds = 120 };
        Task<Outcome<Device>> Register(Device device) => register.RegisterAsync(device, Clerk, "New at the gate.", SmallCity.Noon, Cancellation);

        Assert.Equal(3, (await Register(camera)).Value!.Number);
        Assert.Equal("taken", Assert.Single((await Register(camera)).Refusals).Code);
        Assert.Equal("place", Assert.Single((await Register(camera with { Id = "gate-cam-2", Place = "nowhere" })).Refusals).Where);
        Assert.Equal("gateway", Assert.Single((await Register(camera with { Id = "gate-cam-2", Gateway = "nobody" })).Refusals).Where);
        Assert.Equal(120, (await register.FindAsync("gate-cam-1", Cancellation))!.DeadlineSeconds);

        Assert.Equal(1, await register.VersionAsync("gate-cam-1", Cancellation));
        Assert.True((await register.ChangeAsync(camera with { Lifecycle = Lifecycle.Active }, 1, Clerk, "", SmallCity.Noon, Cancellation)).IsDone);
        Assert.Equal("stale", Assert.Single((await register.ChangeAsync(camera, 1, Clerk, "", SmallCity.Noon, Cancellation)).Refusals).Code);
        Assert.Equal((2, Lifecycle.Active), (await register.VersionAsync("gate-cam-1", Cancellation), (await register.FindAsync("gate-cam-1", Cancellation))!.Lifecycle));
        Assert.Equal(1, await database.AskAsync<int>("select count(*) from registry.ledger_entry where kind = 'device-changed' and convert_from(bytes, 'UTF8') like '%gate-cam-1%'"));
    }

    [Fact]
    public async Task Names_a_mobile_unit_in_the_ledger_by_its_fleet_only()
    {
        await using var database = await OpenAsync();
        var register = new DeviceRegister(database.Source);
        await register.RegisterAsync(new Device("patrol-reader-77", "alpr-patrol", [Capture.Plates], null, "patrol", "police", Lifecycle.Active), Clerk, "", SmallCity.Noon, Cancellation);
        var enrolment = new Enrolment(database.Source);
        await enrolment.IssueSecretAsync("patrol-reader-77", DeviceSecret.Hash("x"), Clerk, "", SmallCity.Noon, Cancellation);
        await enrolment.MakeClaimAsync("patrol-reader-77", ClaimCode.Hash("y"), SmallCity.Noon.AddDays(1), Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Equal(0, await database.AskAsync<int>("select count(*) from registry.ledger_entry where convert_from(bytes, 'UTF8') like '%reader-77%'"));
        Assert.Contains("\"fleet\":\"patrol\"", await database.AskAsync<string>("select convert_from(bytes, 'UTF8') from registry.ledger_entry where kind = 'credential-issued'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keeps_a_reason_that_names_a_mobile_unit_out_of_the_ledger()
    {
        await using var database = await OpenAsync();
        var (register, enrolment) = (new DeviceRegister(database.Source), new Enrolment(database.Source));
        var reader = new Device("patrol-reader-77", "alpr-patrol", [Capture.Plates], null, "patrol", "police", Lifecycle.Active);
        const string Reason = "Of PATROL-reader-77, which was lost.";
        await register.RegisterAsync(reader, Clerk, Reason, SmallCity.Noon, Cancellation);
        await register.ChangeAsync(reader with { Lifecycle = Lifecycle.Paused }, 1, Clerk, Reason, SmallCity.Noon, Cancellation);
        await register.ForgetEpochAsync(reader.Id, Clerk, Reason, SmallCity.Noon, Cancellation);
        await enrolment.IssueSecretAsync(reader.Id, DeviceSecret.Hash("x"), Clerk, Reason, SmallCity.Noon, Cancellation);
        await enrolment.EndAsync(reader.Id, (await enrolment.FindAsync(reader.Id, Cancellation))!.Credentials[0].Number, Clerk, Reason, SmallCity.Noon, Cancellation);
        Assert.Equal(0, await database.AskAsync<int>("select count(*) from registry.ledger_entry where convert_from(bytes, 'UTF8') ilike '%reader-77%'"));
        Assert.Equal(5, await database.AskAsync<int>("select count(*) from registry.ledger_entry where convert_from(bytes, 'UTF8') like '%\"fleet\":\"patrol\"%' and convert_from(bytes, 'UTF8') like '%st-1%'"));
    }

    [Fact]
    public async Task Gives_an_id_to_one_device_or_one_gateway()
    {
        await using var database = await OpenAsync();
        await new Enrolment(database.Source).RegisterAsync(new Gateway("gate-recorder", "police", null), Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Equal("taken", Assert.Single((await new DeviceRegister(database.Source).RegisterAsync(Camera("gate-recorder"), Clerk, "", SmallCity.Noon, Cancellation)).Refusals).Code);
    }

    [Fact]
    public async Task Shows_its_devices_in_pages_and_mobile_ones_only_when_they_are_asked_for()
    {
        await using var database = await OpenAsync();
        var register = new DeviceRegister(database.Source);
        await register.ImportAsync([], [.. Enumerable.Range(1, 5).Select(i => Camera($"gate-cam-{i}"))], Clerk, "", SmallCity.Noon, Cancellation);
        async Task<string[]> Ids(DeviceFilter filter, string? after = null, int most = 100) => [.. (await register.ListAsync(filter, after, most, Cancellation)).Select(device => device.Id)];
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
        Device[] devices = [Camera("gate-cam-1") with { Gateway = "gate-recorder" }, .. Enumerable.Range(1, 12).Select(i => new Device($"patrol-reader-1{i:00}", "alpr-patrol", [Capture.Plates], null, "patrol", "police", Lifecycle.Active))];
        async Task<Outcome<object>> Import(params IEnumerable<Device> of) => await register.ImportAsync([gateway], [.. of], Clerk, "New.", SmallCity.Noon, Cancellation);

        var before = await database.AskAsync<int>("select count(*) from registry.ledger_entry");
        Assert.Equal((SmallCity.Camera, "taken"), (Assert.Single((await Import([.. devices, Camera(SmallCity.Camera)])).Refusals) is var taken ? taken.Where : null, taken.Code));
        Assert.Equal("place", Assert.Single((await Import([.. devices, Camera("gate-cam-2") with { Place = "nowhere" }])).Refusals).Where);
        Assert.Equal((before, 2), (await database.AskAsync<int>("select count(*) from registry.ledger_entry"), (await register.AllAsync(Cancellation)).Length));

        Assert.True((await Import(devices)).IsDone);
        Assert.Equal("gate-recorder", (await register.FindAsync("gate-cam-1", Cancellation))!.Gateway);
        // A gateway, a camera, and one fleet, without its number: that is public an hour later.
        Assert.Equal(before + 3, await database.AskAsync<int>("select count(*) from registry.ledger_entry"));
        Assert.DoesNotContain("units", await database.AskAsync<string>("select convert_from(bytes, 'UTF8') from registry.ledger_entry where kind = 'fleet-changed'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Is_opened_with_its_gateways_and_those_behind_them()
    {
        await using var database = await cluster.NewRegisterAsync();
        var opening = SmallCity.With([SmallCity.Opening.Devices[0] with { Gateway = "lobby-recorder" }]) with { Gateways = [new Gateway("lobby-recorder", "police", "lobby-recorder")] };
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
        IReadings readings = new Readings(database.Source);
        await readings.NoteAsync("st-1", SmallCity.Reader, "state", SmallCity.Noon, Cancellation);
        await readings.NoteAsync("st-2", [SmallCity.Reader, "patrol-reader-2"], "list", SmallCity.Noon, Cancellation);
        Assert.Equal("st-1 state,st-2 list", await database.AskAsync<string>("select string_agg(reader || ' ' || what, ',' order by id) from registry.reading where device = @Reader", new { SmallCity.Reader }));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(async () => await database.Source.CreateCommand("delete from registry.reading").ExecuteNonQueryAsync(Cancellation));
    }

    private static Device Camera(string id) => new(id, "facility-camera", [Capture.Video], "gate", null, "police", Lifecycle.Installed);

    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private async Task<Database> OpenAsync()
    {
        var database = await cluster.NewRegisterAsync();
        await new PolicyRegister(database.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);
        return database;
    }
}
