using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Devices;

/// <summary>The tests of these pages share one city, and so run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class DeviceStaffPages : ICollectionFixture<StaffedCity>
{
    public const string Name = "staff pages of devices";
}
