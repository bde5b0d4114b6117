using Npgsql;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Places;
using SurveillanceRegistry.Postgres.Registers;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Registers;

/// <summary>The register of fleets beside the devices and the places that they name.</summary>
public sealed class FleetInventoryTests(SharedCluster cluster)
{
    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_fleet_is_retired_an_hour_after_its_last_device_left_it()
    {
        await using var database = await cluster.NewCityAsync();
        var (fleets, devices) = (new FleetInventory(database.Source), new DeviceRegister(database.Source));
        await fleets.RegisterAsync(new Fleet("spare", null, "police", []), Act(1), Cancellation);
        Assert.Equal(
            "Fleet 'patrol' still has one device: move each to another fleet, or remove it, first.",
            await RetireAsync(fleets, minute: 2)
        );
        var reader = (await devices.FindAsync(SmallCity.Reader, Cancellation))!;
        var moved = await devices.ChangeAsync(reader with { Fleet = "spare" }, 1, Clerk, "", At(3), Cancellation);
        Assert.True(moved.IsDone);
        Assert.Equal(
            "The last device left fleet 'patrol' less than an hour ago, and that is public only an hour later: retire it then.",
            await RetireAsync(fleets, minute: 62)
        );
        Assert.Equal("", await RetireAsync(fleets, minute: 63));
    }

    [Fact]
    public async Task A_device_is_refused_in_a_retired_fleet_until_it_is_brought_back()
    {
        await using var database = await cluster.NewCityAsync();
        var (fleets, devices) = (new FleetInventory(database.Source), new DeviceRegister(database.Source));
        var spare = new Fleet("spare", "Spare cars", "police", ["gate"]);
        await fleets.RegisterAsync(spare with { IsRetired = true }, Act(1), Cancellation);
        var car = Device.Of("spare-1", "in-car", [Capture.Video], null, "spare", "police", Lifecycle.Active);
        var refused = (await devices.RegisterAsync(car, Clerk, "", At(2), Cancellation)).Refusals.Single();
        Assert.Equal(("Fleet 'spare' is retired: bring it back first, or name another.", "fleet"), (refused.Sentence, refused.Where));
        Assert.Empty(await new FleetBaseRegister(database.Source).FindAsync("gate", At(90), Cancellation));

        Assert.True((await fleets.ChangeAsync(spare, 1, Act(3), Cancellation)).IsDone);
        Assert.True((await devices.RegisterAsync(car, Clerk, "", At(4), Cancellation)).IsDone);
        var there = Assert.Single(await new FleetBaseRegister(database.Source).FindAsync("gate", At(90), Cancellation));
        Assert.Equal(("spare", "Spare cars"), (there.Id, there.Name));
    }

    [Fact]
    public async Task A_fleet_works_from_no_retired_place_unless_it_is_retired_itself()
    {
        await using var database = await cluster.NewCityAsync();
        var (fleets, places) = (new FleetInventory(database.Source), new PlaceInventory(database.Source));
        var corner = new Place("corner", "Corner", "3 Main St", "the corner");
        await places.RegisterAsync(corner, Act(1), Cancellation);
        var spare = new Fleet("spare", null, "police", ["corner"]);
        await fleets.RegisterAsync(spare, Act(2), Cancellation);
        Assert.False((await places.ChangeAsync(corner with { IsRetired = true }, 1, Act(3), Cancellation)).IsDone);
        Assert.True((await fleets.ChangeAsync(spare with { IsRetired = true }, 1, Act(4), Cancellation)).IsDone);
        Assert.True((await places.ChangeAsync(corner with { IsRetired = true }, 1, Act(5), Cancellation)).IsDone);
        var back = await fleets.ChangeAsync(spare with { Places = ["corner", "nowhere"] }, 2, Act(6), Cancellation);
        Assert.Equal(
            [
                "Place 'corner' is retired: bring it back first, or name another.",
                "There is no place 'nowhere': name one that is registered.",
            ],
            back.Refusals.Select(refusal => refusal.Sentence)
        );
        Assert.True((await fleets.ChangeAsync(spare with { Places = [] }, 2, Act(7), Cancellation)).IsDone);
    }

    [Fact]
    public async Task A_fleet_that_a_device_names_first_has_a_version_and_can_be_named()
    {
        await using var database = await cluster.NewCityAsync();
        var fleets = new FleetInventory(database.Source);
        var car = Device.Of("night-1", "in-car", [Capture.Video], null, "night", "police", Lifecycle.Active);
        await new DeviceRegister(database.Source).RegisterAsync(car, Clerk, "", At(1), Cancellation);
        var named = (await fleets.FindAsync("night", null, Cancellation))!;
        Assert.Equal((1, Fleet.Named("night"), At(1)), (named.Number, named.Value, named.RecordedAt));
        var night = new Fleet("night", "Night cars", "police", ["gate"]);
        Assert.True((await fleets.ChangeAsync(night, 1, Act(2), Cancellation)).IsDone);
        Assert.Equal(
            """{"id":"night","version":2,"since":null,"reason":"why","registered":"""
                + """{"id":"night","name":"Night cars","department":"police","places":["gate"]}}""",
            await database.AskAsync<string>(
                """
                select substring(convert_from(bytes, 'UTF8') from '"body":(.*)\}$')
                from registry.ledger_entry where kind = 'fleet-revised'
                """
            )
        );
    }

    [Theory]
    [InlineData("update registry.fleet_base set body = body || '{\"retired\":true}' where id = 'patrol'")]
    [InlineData("update registry.device set fleet = 'closed' where id = 'patrol-reader-1'")]
    public async Task The_database_refuses_a_device_that_counts_in_a_retired_fleet(string statement)
    {
        await using var database = await cluster.NewCityAsync();
        await new FleetInventory(database.Source).RegisterAsync(
            new Fleet("closed", null, null, []) { IsRetired = true },
            Act(1),
            Cancellation
        );
        var refused = await Assert.ThrowsAsync<PostgresException>(() => database.AskAsync<int>(statement));
        Assert.Equal("what_is_in_use_is_of_no_retired_fleet", refused.ConstraintName);
    }

    private static DateTimeOffset At(int minute) => SmallCity.Noon.AddMinutes(minute);

    private static RegisterAct Act(int minute) => new(Clerk, "why", At(minute));

    private static async Task<string> RetireAsync(FleetInventory fleets, int minute)
    {
        var patrol = (await fleets.FindAsync("patrol", null, Cancellation))!;
        var outcome = await fleets.ChangeAsync(patrol.Value with { IsRetired = true }, patrol.Number, Act(minute), Cancellation);
        return outcome.Refusals.FirstOrDefault()?.Sentence ?? "";
    }
}
