using System.Net;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;
using SurveillanceRegistry.Web.Tests.Staff.Devices;

namespace SurveillanceRegistry.Web.Tests.Staff.Dashboard;

/// <summary>No address below <c>/staff</c> ends a person's way in data for programs.</summary>
[Collection(DeviceStaffPages.Name)]
public sealed class MissingTests(StaffedCity staffed)
{
    [Theory]
    [InlineData("/staff/no-such-page")]
    [InlineData("/staff/devices/no-such-device")]
    [InlineData("/staff/instruments/no-such-instrument")]
    [InlineData("/staff/changes/999999")]
    [InlineData("/staff/missing/200")]
    public async Task An_address_without_a_staff_page_leads_back_to_the_pages_of_staff(string address)
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        using var answer = await clerk.GetAsync(address);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        var page = await Visitor.ParseAsync(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.NotEmpty(page.QuerySelector("h1")!.TextContent);
        Assert.NotNull(page.QuerySelector("main a[href='/staff']"));
    }
}
