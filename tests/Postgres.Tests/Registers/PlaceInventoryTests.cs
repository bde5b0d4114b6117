using Npgsql;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Places;
using SurveillanceRegistry.Postgres.Registers;
using SurveillanceRegistry.Postgres.Staff;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Registers;

/// <summary>A place is retired only when nothing names it, and nothing is put at a retired place.</summary>
public sealed class PlaceInventoryTests(SharedCluster cluster)
{
    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private int _minute;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_place_that_something_names_is_not_retired_and_the_refusal_names_each()
    {
        await using var database = await cluster.NewCityAsync();
        var (places, kiosks, devices) = Registers(database);
        var fleets = new FleetBaseRegister(database.Source);
        await fleets.SetAsync(new FleetBase("patrol", "police", [SmallCity.Lobby]), Clerk, "", Next().At, Cancellation);
        Assert.Equal(
            "Place 'lobby' is still named by the device lobby-cam-1, which must be moved or removed first; "
                + "by the screen kiosk-1, which must be moved or retired first; "
                + "by the fleet patrol, which must work from another place first.",
            await RetireAsync(places)
        );

        await fleets.SetAsync(new FleetBase("patrol", "police", []), Clerk, "", Next().At, Cancellation);
        Assert.True((await kiosks.ChangeAsync(new Kiosk("kiosk-1", "gate"), 1, Next(), Cancellation)).IsDone);
        var camera = (await devices.FindAsync(SmallCity.Camera, Cancellation))!;
        await devices.ChangeAsync(camera with { Lifecycle = Lifecycle.Removed }, 1, Clerk, "", Next().At, Cancellation);
        Assert.Equal(
            "Place 'lobby' is still named by the removed device lobby-cam-1, "
                + "of which another person must confirm on the spot that it is gone.",
            await RetireAsync(places)
        );
        var person = new StaffMember(StaffMember.NewId(), "bo", "bo", "police", [Role.PostingInspector], false, true, 1);
        await new StaffRegister(database.Source).AddAsync(person, null, Clerk, Next().At, Cancellation);
        var inspector = person.AttributionAs(Role.PostingInspector);
        var withdrawals = new WithdrawalRegister(database.Source);
        var confirmed = await withdrawals.ConfirmAsync(camera.Id, SmallCity.Lobby, inspector, "", Next().At, Cancellation);
        Assert.True(confirmed.IsDone, string.Join(' ', confirmed.Refusals));
        Assert.Equal("", await RetireAsync(places));
        Assert.Equal(["gate"], (await new PlaceRegister(database.Source).PlacesAsync(Cancellation)).Select(place => place.Id));
    }

    [Fact]
    public async Task A_device_and_a_screen_are_refused_at_a_retired_place_until_it_is_brought_back()
    {
        await using var database = await cluster.NewCityAsync();
        var (places, kiosks, devices) = Registers(database);
        var corner = new Place("corner", "Corner", "3 Main St", "the corner");
        await places.RegisterAsync(corner with { IsRetired = true }, Next(), Cancellation);
        var camera = Device.Of("corner-cam", "traffic-camera", [Capture.Video], "corner", null, "police", Lifecycle.Active);
        Assert.Equal("Place 'corner' is retired: bring it back first, or name another.", await AddAsync(camera));
        var refused = (await kiosks.RegisterAsync(new Kiosk("corner-screen", "corner"), Next(), Cancellation)).Refusals.Single();
        Assert.Equal(("Place 'corner' is retired: bring it back first, or name another.", "place"), (refused.Sentence, refused.Where));
        var unknown = (await kiosks.RegisterAsync(new Kiosk("corner-screen", "nowhere"), Next(), Cancellation)).Refusals.Single();
        Assert.Equal("There is no place 'nowhere': name one that is registered.", unknown.Sentence);

        Assert.True((await places.ChangeAsync(corner, 1, Next(), Cancellation)).IsDone);
        Assert.Equal("", await AddAsync(camera));
        Assert.True((await kiosks.RegisterAsync(new Kiosk("corner-screen", "corner"), Next(), Cancellation)).IsDone);

        async Task<string> AddAsync(Device device) =>
            (await devices.RegisterAsync(device, Clerk, "", Next().At, Cancellation)).Refusals.FirstOrDefault()?.Sentence ?? "";
    }

    [Theory]
    [InlineData("update registry.place set body = body || '{\"retired\":true}' where id = 'lobby'")]
    [InlineData("update registry.kiosk set place = 'closed' where id = 'kiosk-1'")]
    [InlineData("update registry.device set place = 'closed' where id = 'lobby-cam-1'")]
    [InlineData("update registry.fleet_base set places = '{closed}'")]
    public async Task The_database_refuses_what_is_in_use_at_a_retired_place(string statement)
    {
        await using var database = await cluster.NewCityAsync();
        await new FleetBaseRegister(database.Source).SetAsync(new FleetBase("patrol", "police", []), Clerk, "", Next().At, Cancellation);
        var closed = new Place("closed", "Closed", "9 Main St", "none") { IsRetired = true };
        await new PlaceInventory(database.Source).RegisterAsync(closed, Next(), Cancellation);
        await Assert.ThrowsAsync<PostgresException>(() => database.AskAsync<int>(statement));
    }

    [Theory]
    [InlineData("update registry.inventory_version set body = '{}'")]
    [InlineData("delete from registry.inventory_version")]
    public async Task The_service_changes_no_version(string statement)
    {
        await using var database = await cluster.NewCityAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(() => database.Source.ExecuteAsync(statement, null, Cancellation));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    private static (PlaceInventory, KioskInventory, DeviceRegister) Registers(Database database) =>
        (new PlaceInventory(database.Source), new KioskInventory(database.Source), new DeviceRegister(database.Source));

    private RegisterAct Next() => new(Clerk, "why", SmallCity.Noon.AddMinutes(++_minute));

    private async Task<string> RetireAsync(PlaceInventory places)
    {
        var lobby = (await places.FindAsync(SmallCity.Lobby, null, Cancellation))!;
        var outcome = await places.ChangeAsync(lobby.Value with { IsRetired = true }, lobby.Number, Next(), Cancellation);
        return outcome.Refusals.FirstOrDefault()?.Sentence ?? "";
    }
}
