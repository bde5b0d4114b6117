using Dapper;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Places;
using SurveillanceRegistry.Postgres.Registers;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Registers;

/// <summary>Which devices and fleets a place had at an instant.</summary>
public sealed class PlaceUsesTests(SharedCluster cluster)
{
    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private static readonly string[] Both = ["gate", SmallCity.Lobby];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_place_had_the_devices_that_the_register_named_there_at_that_time()
    {
        await using var database = await cluster.NewCityAsync();
        var devices = new DeviceRegister(database.Source);
        var camera = Device.Of("gate-cam", "facility-camera", [Capture.Video], "gate", null, "police", Lifecycle.Planned);
        await devices.RegisterAsync(camera, Clerk, "", At(1), Cancellation);
        await devices.ChangeAsync(camera with { Place = SmallCity.Lobby }, 1, Clerk, "", At(2), Cancellation);
        await devices.ChangeAsync(camera with { Lifecycle = Lifecycle.Removed }, 2, Clerk, "", At(3), Cancellation);

        Assert.Equal("lobby: lobby-cam-1", await DevicesAsync(0));
        Assert.Equal("gate: gate-cam, lobby: lobby-cam-1", await DevicesAsync(1));
        Assert.Equal("lobby: gate-cam lobby-cam-1", await DevicesAsync(2));
        Assert.Equal("lobby: lobby-cam-1", await DevicesAsync(3));
        Assert.Equal("", await DevicesAsync(-1));

        async Task<string> DevicesAsync(int minute) =>
            Text(await new PlaceUses(database.Source).DevicesByPlaceAsync(Both, At(minute), Cancellation));
    }

    [Fact]
    public async Task A_place_had_the_fleets_that_worked_from_it_at_that_time()
    {
        await using var database = await cluster.NewCityAsync();
        var bases = new FleetBaseRegister(database.Source);
        await bases.SetAsync(new FleetBase("patrol", "police", [SmallCity.Lobby, "gate"]), Clerk, "", At(1), Cancellation);
        await bases.SetAsync(new FleetBase("patrol", "police", []), Clerk, "", At(2), Cancellation);
        Assert.Equal("", await FleetsAsync(0));
        Assert.Equal("gate: patrol, lobby: patrol", await FleetsAsync(1));
        Assert.Equal("", await FleetsAsync(2));

        async Task<string> FleetsAsync(int minute) =>
            Text(await new PlaceUses(database.Source).FleetsByPlaceAsync(Both, new RegisterPoint(At(minute), At(minute)), Cancellation));
    }

    [Fact]
    public async Task Only_the_places_that_are_asked_for_are_answered_and_read_by_an_index()
    {
        await using var database = await cluster.NewCityAsync();
        var devices = new DeviceRegister(database.Source);
        for (var number = 0; number < 40; number++)
        {
            var camera = Device.Of($"cam-{number}", "facility-camera", [Capture.Video], SmallCity.Lobby, null, "police", Lifecycle.Planned);
            await devices.RegisterAsync(camera, Clerk, "", At(1), Cancellation);
            await devices.ChangeAsync(camera with { Lifecycle = Lifecycle.Active }, 1, Clerk, "", At(2), Cancellation);
        }

        var gone = Device.Of("gate-cam", "facility-camera", [Capture.Video], "gate", null, "police", Lifecycle.Planned);
        await devices.RegisterAsync(gone, Clerk, "", At(1), Cancellation);
        await devices.ChangeAsync(gone with { Place = SmallCity.Lobby }, 1, Clerk, "", At(4), Cancellation);
        var uses = new PlaceUses(database.Source);
        Assert.Equal("gate: gate-cam", Text(await uses.DevicesByPlaceAsync(["gate"], At(3), Cancellation)));
        Assert.Equal("", Text(await uses.DevicesByPlaceAsync(["gate"], At(4), Cancellation)));

        // The statistics of a table with a few rows would lead past every index.
        await using var connection = await database.ConnectAsync();
        var plan = string.Join(
            '\n',
            await connection.QueryAsync<string>(
                $"set enable_seqscan = off; set enable_bitmapscan = off; explain (costs off) {PlaceUses.Devices}",
                new { places = new[] { "gate" }, then = At(3).UtcDateTime }
            )
        );
        // An index that is read whole has no condition.
        Assert.Matches(@"ledger_entry_by_place[^\n]*\n *Index Cond: \(\(?(registry\.)?place_of\(", plan);
        Assert.Matches(@"ledger_entry_by_device[^\n]*\n *Index Cond: \(\(?(registry\.)?device_of\(", plan);
        Assert.DoesNotContain("ledger_entry_by_kind", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("ledger_entry_by_time", plan, StringComparison.Ordinal);
    }

    private static DateTimeOffset At(int minute) => SmallCity.Noon.AddMinutes(minute);

    private static string Text(ILookup<string, string> uses) =>
        string.Join(", ", uses.OrderBy(place => place.Key).Select(place => $"{place.Key}: {string.Join(' ', place)}"));
}
