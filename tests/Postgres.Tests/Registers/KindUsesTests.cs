using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Registers;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Registers;

/// <summary>What is of the device kinds.</summary>
public sealed class KindUsesTests(SharedCluster cluster)
{
    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_of_each_kind_is_counted_without_single_mobile_devices()
    {
        await using var database = await cluster.NewCityAsync();
        var devices = new DeviceRegister(database.Source);
        var before = (await new KindUses(database.Source).AllAsync(Cancellation)).Where(use => use.Kind != "alpr-parking").ToArray();
        var reader = Device.Of("reader-1", "alpr-parking", [Capture.Plates], null, "parking", "roads", Lifecycle.Active);
        await devices.RegisterAsync(reader, Clerk, "", SmallCity.Noon.AddMinutes(1), Cancellation);
        await devices.RegisterAsync(reader with { Id = "reader-2" }, Clerk, "", SmallCity.Noon.AddMinutes(2), Cancellation);
        var use = Assert.Single(await new KindUses(database.Source).AllAsync(Cancellation), use => use.Kind == "alpr-parking");
        Assert.Equal((0, "the fleet parking"), (use.Devices, use.InWords));
        await devices.ChangeAsync(reader with { Lifecycle = Lifecycle.Removed }, 1, Clerk, "", SmallCity.Noon.AddMinutes(3), Cancellation);
        Assert.Contains(await new KindUses(database.Source).AllAsync(Cancellation), one => one.Kind == "alpr-parking");
        var second = reader with { Id = "reader-2", Lifecycle = Lifecycle.Removed };
        await devices.ChangeAsync(second, 1, Clerk, "", SmallCity.Noon.AddMinutes(4), Cancellation);
        Assert.Equal(
            before.Select(one => $"{one.Kind} {one.InWords}"),
            (await new KindUses(database.Source).AllAsync(Cancellation)).Select(one => $"{one.Kind} {one.InWords}")
        );
    }
}
