using Dapper;
using Npgsql;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Devices.Facts;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Devices.Facts;

/// <summary>The lists of names, and the facts about devices in their table.</summary>
public sealed class NamedListRegisterTests(SharedCluster cluster)
{
    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static FixedDevice Camera(string id, string? number) =>
        new(id, "facility-camera", [Capture.Video], SmallCity.Lobby, null, "police", Lifecycle.Installed) { AssetNumber = number };

    [Fact]
    public async Task A_name_is_listed_once_and_has_a_ledger_entry()
    {
        await using var database = await cluster.NewCityAsync();
        var register = new NamedListRegister(database.Source);
        var axis = new ListedName(NamedList.Vendors, "Axis");
        var model = new ListedName(NamedList.Models, "P1455-LE", "Axis");
        Assert.True((await register.AddAsync(axis, Clerk, "New.", SmallCity.Noon, Cancellation)).IsDone);
        Assert.True((await register.AddAsync(model, Clerk, "New.", SmallCity.Noon, Cancellation)).IsDone);
        Assert.Equal("taken", Assert.Single((await register.AddAsync(axis, Clerk, "", SmallCity.Noon, Cancellation)).Refusals).Code);
        Assert.Equal([model, axis], await register.AllAsync(Cancellation));
        await using var connection = await database.ConnectAsync();
        Assert.Equal(
            2,
            await connection.ExecuteScalarAsync<int>("select count(*) from registry.ledger_entry where kind = 'list-extended'")
        );
    }

    [Fact]
    public async Task The_facts_of_a_device_are_kept_with_their_past()
    {
        await using var database = await cluster.NewCityAsync();
        var register = new DeviceRegister(database.Source);
        var camera = Camera("cam-9", " TMC-0042/b ") with
        {
            InstalledOn = LawDate.Parse("2015-06"),
            Position = new Position(-122.28819, 47.51369),
            Directions = [90.5],
        };
        var registered = (await register.RegisterAsync(camera, Clerk, "", SmallCity.Noon, Cancellation)).Value!;
        var stored = (FixedDevice)(await register.FindAsync("cam-9", Cancellation))!;
        Assert.Equal((" TMC-0042/b ", camera.Position), (stored.AssetNumber, stored.Position));
        var moved = (FixedDevice)registered with { Position = new Position(-122.3, 47.6) };
        Assert.True((await register.ChangeAsync(moved, 1, Clerk, "Moved.", SmallCity.Noon, Cancellation)).IsDone);
        var past = await register.RegisteredAsync("cam-9", DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Cancellation);
        Assert.Equal([camera.Position, moved.Position], past.Select(entry => ((FixedDevice)entry.Device!).Position));
    }

    [Fact]
    public async Task Two_devices_in_use_never_have_one_asset_number()
    {
        await using var database = await cluster.NewCityAsync();
        var register = new DeviceRegister(database.Source);
        Assert.True((await register.RegisterAsync(Camera("cam-1", "42"), Clerk, "", SmallCity.Noon, Cancellation)).IsDone);
        var second = await register.RegisterAsync(Camera("cam-2", "42"), Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Equal(("taken", "assetNumber"), (Assert.Single(second.Refusals).Code, second.Refusals[0].Where));
        var removed = Camera("cam-1", "42") with { Lifecycle = Lifecycle.Removed };
        Assert.True((await register.ChangeAsync(removed, 1, Clerk, "", SmallCity.Noon, Cancellation)).IsDone);
        Assert.True((await register.RegisterAsync(Camera("cam-2", "42"), Clerk, "", SmallCity.Noon, Cancellation)).IsDone);
    }

    [Fact]
    public async Task The_database_itself_refuses_a_position_of_a_mobile_device()
    {
        await using var database = await cluster.NewCityAsync();
        await using var connection = await database.ConnectAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(() =>
            connection.ExecuteAsync(
                """
                update registry.device set body = body || '{"position":{"type":"Point","coordinates":[1,2]}}' where fleet is not null
                """
            )
        );
        Assert.Equal("a_mobile_device_has_no_position", refused.ConstraintName);
    }
}
