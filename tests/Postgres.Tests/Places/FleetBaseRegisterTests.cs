using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Places;
using SurveillanceRegistry.Postgres.Policies;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Places;

/// <summary>The places that fleets work from, and what is public of those fleets.</summary>
public sealed class FleetBaseRegisterTests(SharedCluster cluster)
{
    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static DateTimeOffset Minute(int minute) => SmallCity.Noon.AddMinutes(minute);

    [Fact]
    public async Task A_fleet_of_the_opening_is_found_at_the_place_that_it_works_from()
    {
        await using var database = await OpenAsync();
        var register = new FleetBaseRegister(database.Source);
        Assert.Equal("patrol police gate", await BasesAsync(register));
        Assert.Equal("patrol alpr police: stills, plates, location", await FleetsAsync(register, "gate", -60));
        Assert.Equal("", await FleetsAsync(register, SmallCity.Lobby, -60));
    }

    [Fact]
    public async Task A_sensor_that_is_registered_or_named_is_told_of_the_fleet_an_hour_late()
    {
        await using var database = await OpenAsync();
        var (register, devices) = (new FleetBaseRegister(database.Source), new DeviceRegister(database.Source));
        var device = Device.Of("patrol-77", "alpr-patrol", [Capture.Video], null, "patrol", "police", Lifecycle.Active);
        await devices.RegisterAsync(device, Clerk, "", Minute(10), Cancellation);
        await database.AskAsync<long?>(
            """
            insert into registry.observation (device, at, epoch, seq, presence, body)
            values ('patrol-77', '2026-11-23T20:20:00Z', 1, 1, 'online', '{"beyond":["audio"]}') returning 1
            """
        );
        await devices.ChangeAsync(device with { Lifecycle = Lifecycle.Removed }, 1, Clerk, "", Minute(30), Cancellation);

        Assert.Equal("patrol alpr police: stills, plates, location", await FleetsAsync(register, "gate", 9));
        Assert.Equal("patrol alpr police: video, stills, plates, location", await FleetsAsync(register, "gate", 11));
        Assert.Equal("patrol alpr police: video, stills, audio, plates, location", await FleetsAsync(register, "gate", 21));
        Assert.Equal("patrol alpr police: stills, plates, location", await FleetsAsync(register, "gate", 31));
    }

    [Fact]
    public async Task A_clerk_sets_the_places_of_a_fleet_and_the_ledger_says_so()
    {
        await using var database = await OpenAsync();
        var register = new FleetBaseRegister(database.Source);
        var moved = new FleetBase("patrol", "police", [SmallCity.Lobby]);
        Assert.True((await register.SetAsync(moved, Clerk, "They moved.", Minute(1), Cancellation)).IsDone);
        Assert.Equal("patrol police lobby", await BasesAsync(register));
        Assert.Equal(
            """{"fleet":"patrol","department":"police","places":["lobby"],"reason":"They moved."}""",
            await database.AskAsync<string>(
                """
                select substring(convert_from(bytes, 'UTF8') from '"body":(.*)\}$')
                from registry.ledger_entry where kind = 'fleet-based' order by index desc limit 1
                """
            )
        );
    }

    [Fact]
    public async Task A_fleet_without_a_device_and_an_unknown_place_are_refused()
    {
        await using var database = await OpenAsync();
        var register = new FleetBaseRegister(database.Source);
        foreach (var refused in new[] { new FleetBase("night", "police", ["gate"]), new FleetBase("patrol", "police", ["nowhere"]) })
            Assert.False((await register.SetAsync(refused, Clerk, "", Minute(1), Cancellation)).IsDone);
        Assert.Equal("patrol police gate", await BasesAsync(register));
        Assert.Equal(1, await database.AskAsync<long>("select count(*) from registry.ledger_entry where kind = 'fleet-based'"));
    }

    private static async Task<string> BasesAsync(FleetBaseRegister register) =>
        string.Join(
            '\n',
            (await register.AllAsync(Cancellation)).Select(fleet => $"{fleet.Fleet} {fleet.Department} {string.Join(' ', fleet.Places)}")
        );

    private static async Task<string> FleetsAsync(FleetBaseRegister register, string place, int minute) =>
        string.Join(
            '\n',
            (await register.FindAsync(place, Minute(minute), Cancellation)).Select(fleet =>
                $"{fleet.Id} {fleet.Technology} {fleet.Department}: {CaptureSet.From(fleet.Captures)}"
            )
        );

    private async Task<Database> OpenAsync()
    {
        var database = await cluster.NewRegisterAsync();
        var opening = SmallCity.Opening with { FleetBases = [new FleetBase("patrol", "police", ["gate"])] };
        await new PolicyRegister(database.Source).OpenAsync(opening, SmallCity.Noon, Cancellation);
        return database;
    }
}
