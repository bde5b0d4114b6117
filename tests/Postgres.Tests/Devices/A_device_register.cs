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

    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private async Task<Database> OpenAsync()
    {
        var database = await cluster.NewRegisterAsync();
        await new PolicyRegister(database.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);
        return database;
    }
}
