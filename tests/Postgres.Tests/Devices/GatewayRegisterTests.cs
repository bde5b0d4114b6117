using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Policies;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Devices;

/// <summary>Gateways, and the devices behind them.</summary>
public sealed class GatewayRegisterTests(SharedCluster cluster)
{
    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_gateway_is_found_with_the_devices_behind_it()
    {
        await using var database = await cluster.NewCityAsync();
        var (enrolment, devices) = (new EnrolmentRegisters(database.Source), new DeviceRegister(database.Source));
        Assert.True((await RegisterAsync(enrolment.Gateways, new Gateway("garage-recorder", "police", "lobby-recorder"))).IsDone);
        var taken = await RegisterAsync(enrolment.Gateways, new Gateway(SmallCity.Camera, "police", null));
        Assert.Equal("taken", Assert.Single(taken.Refusals).Code);
        var camera = SmallCity.Opening.Devices[0] with { Gateway = "garage-recorder" };
        Assert.True((await devices.ChangeAsync(camera, 1, Clerk, "", SmallCity.Noon, Cancellation)).IsDone);

        var enrolled = (await enrolment.Clients.FindAsync("garage-recorder", Cancellation))!;
        Assert.Equal(((Device?)null, "lobby-recorder"), (enrolled.Device, enrolled.Profile));
        Assert.Equal(SmallCity.Camera, (await enrolment.Clients.FindBehindAsync("garage-recorder", SmallCity.Camera, Cancellation))!.Id);
        Assert.Null(await enrolment.Clients.FindBehindAsync("garage-recorder", SmallCity.Reader, Cancellation));
        Assert.Equal(
            [SmallCity.Camera],
            (await enrolment.Clients.ListBehindAsync("garage-recorder", Cancellation)).Select(device => device.Id)
        );
        var removed = new Gateway("garage-recorder", "police", null, Removed: true);
        Assert.True((await enrolment.Gateways.ChangeAsync(removed, 1, Clerk, "", SmallCity.Noon, Cancellation)).IsDone);
        Assert.Null(await enrolment.Clients.FindAsync("garage-recorder", Cancellation));
    }

    [Fact]
    public async Task The_versions_of_a_gateway_are_answered_as_of_each_time()
    {
        await using var database = await cluster.NewCityAsync();
        var gateways = new GatewayRegister(database.Source);
        var recorder = new Gateway("garage-recorder", "police", "lobby-recorder");
        await gateways.RegisterAsync(recorder, Clerk, "New.", At(1), Cancellation);
        await gateways.RegisterAsync(recorder with { Id = "other" }, Clerk, "New.", At(2), Cancellation);
        await gateways.ChangeAsync(recorder with { Department = "parks", Profile = null }, 1, Clerk, "Given.", At(3), Cancellation);
        await gateways.ChangeAsync(recorder with { Removed = true }, 2, Clerk, "Gone.", At(4), Cancellation);
        Assert.Equal(
            ["1 police lobby-recorder False New.", "2 parks  False Given.", "3 police lobby-recorder True Gone."],
            (await gateways.HistoryAsync("garage-recorder", Cancellation)).Select(version =>
                $"{version.Version.Number} {Text(version.Version.Value)} {version.Reason}"
            )
        );
        Assert.Empty(await gateways.HistoryAsync("never", Cancellation));
        Assert.Empty(await gateways.ListAsync(At(0), Cancellation));
        Assert.Equal(["1 police lobby-recorder False"], await ListAsync(1));
        Assert.Equal(["2 parks  False", "1 police lobby-recorder False"], await ListAsync(3));
        Assert.Equal(["3 police lobby-recorder True", "1 police lobby-recorder False"], await ListAsync(9));

        static DateTimeOffset At(int minute) => SmallCity.Noon.AddMinutes(minute);

        static string Text(Gateway gateway) => $"{gateway.Department} {gateway.Profile} {gateway.Removed}";

        async Task<IEnumerable<string>> ListAsync(int minute) =>
            (await gateways.ListAsync(At(minute), Cancellation)).Select(version => $"{version.Number} {Text(version.Value)}");
    }

    [Fact]
    public async Task An_id_belongs_to_one_device_or_one_gateway()
    {
        await using var database = await cluster.NewCityAsync();
        await RegisterAsync(new GatewayRegister(database.Source), new Gateway("gate-recorder", "police", null));
        var devices = new DeviceRegister(database.Source);
        var taken = await devices.RegisterAsync(Camera("gate-recorder"), Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Equal("taken", Assert.Single(taken.Refusals).Code);
    }

    [Fact]
    public async Task A_registry_is_seeded_with_its_gateways_and_the_devices_behind_them()
    {
        await using var database = await cluster.NewRegisterAsync();
        var opening = SmallCity.With([SmallCity.Opening.Devices[0] with { Gateway = "lobby-recorder" }]) with
        {
            Gateways = [new Gateway("lobby-recorder", "police", "lobby-recorder")],
        };
        Assert.True(await new PolicyRegister(database.Source).OpenAsync(opening, SmallCity.Noon, Cancellation));
        var enrolment = new EnrolmentRegisters(database.Source);
        Assert.Equal("lobby-recorder", (await enrolment.Clients.FindAsync("lobby-recorder", Cancellation))!.Profile);
        Assert.Equal(
            [SmallCity.Camera],
            (await enrolment.Clients.ListBehindAsync("lobby-recorder", Cancellation)).Select(device => device.Id)
        );
        Assert.Equal(1, await database.AskAsync<int>("select count(*) from registry.ledger_entry where kind = 'gateway-registered'"));
    }

    private static Task<Outcome<Gateway>> RegisterAsync(GatewayRegister register, Gateway gateway) =>
        register.RegisterAsync(gateway, Clerk, "", SmallCity.Noon, Cancellation);

    private static Device Camera(string id) =>
        Device.Of(id, "facility-camera", [Capture.Video], "gate", null, "police", Lifecycle.Installed);
}
