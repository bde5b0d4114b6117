using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Devices;

/// <summary>The list of devices.</summary>
[Collection(DeviceStaffPages.Name)]
public sealed class DevicesPageTests(StaffedCity staffed)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_list_of_devices_has_pages_and_a_filter_by_place()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);

        var listed = new List<string>();
        var address = "/staff/devices";
        while (address is not null)
        {
            var page = await clerk.DocumentAsync(address);
            listed.AddRange(page.QuerySelectorAll("[data-device]").Select(row => row.GetAttribute("data-device")!));
            address = page.QuerySelectorAll("main a").FirstOrDefault(link => link.TextContent == "Next page")?.GetAttribute("href");
        }

        var fixedDevices = (await staffed.City.Part<IDeviceRegister>().AllAsync(Cancellation))
            .Where(device => !device.KindOf.IsMobile)
            .Select(device => device.Id)
            .Order(StringComparer.Ordinal);
        Assert.Equal(fixedDevices, listed);

        var filtered = await clerk.DocumentAsync("/staff/devices?place=" + SampleCity.Lobby + "&q=lobby-1");
        var ids = filtered.QuerySelectorAll("[data-device]").Select(row => row.GetAttribute("data-device")).ToArray();
        Assert.Contains("east-precinct-lobby-1", ids);
        Assert.DoesNotContain("city-hall-lobby-1", ids);
    }
}
