using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Registers;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Registers;

/// <summary>What belongs to the departments.</summary>
public sealed class DepartmentUsesTests(SharedCluster cluster)
{
    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_belongs_to_each_department_is_counted_without_single_mobile_devices()
    {
        await using var database = await cluster.NewCityAsync();
        var (fleets, devices) = (new FleetInventory(database.Source), new DeviceRegister(database.Source));
        await fleets.RegisterAsync(new Fleet("mowers", null, "parks", []), Act(1), Cancellation);
        await fleets.RegisterAsync(new Fleet("old", null, "roads", []) { IsRetired = true }, Act(2), Cancellation);
        var car = Device.Of("car-1", "in-car", [Capture.Video], null, "mowers", "roads", Lifecycle.Active);
        await devices.RegisterAsync(car, Clerk, "", At(3), Cancellation);
        var uses = await new DepartmentUses(database.Source).AllAsync(Cancellation);
        Assert.Equal(["parks", "police", "roads"], uses.Select(use => use.Department));
        Assert.Equal("the fleet mowers", uses[0].InWords);
        Assert.StartsWith("one fixed device, the fleet patrol", uses[1].InWords.Replace(" and", ",", StringComparison.Ordinal));
        Assert.Equal("the fleet mowers", uses[2].InWords);
        await devices.ChangeAsync(car with { Lifecycle = Lifecycle.Removed }, 1, Clerk, "", At(4), Cancellation);
        Assert.Equal(["parks", "police"], (await new DepartmentUses(database.Source).AllAsync(Cancellation)).Select(use => use.Department));
    }

    private static DateTimeOffset At(int minute) => SmallCity.Noon.AddMinutes(minute);

    private static RegisterAct Act(int minute) => new(Clerk, "why", At(minute));
}
