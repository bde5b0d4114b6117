using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Tests.Fixtures;
using SurveillanceRegistry.Web.Tests.Staff.Devices;

namespace SurveillanceRegistry.Web.Tests.Staff.Dashboard;

/// <summary>What a notice marks for review stands on the desk of the staff, with a way to act on it.</summary>
[Collection(DeviceStaffPages.Name)]
public sealed class DashboardTests(StaffedCity staffed)
{
    [Fact]
    public async Task The_desk_lists_every_place_whose_notice_is_under_review()
    {
        // A microphone that the register does not name: no rule permits its sound.
        await staffed.City.Hears("city-hall-garage-1", CaptureReport.ForAll([Capture.Video, Capture.Audio], Mode.Recorded));
        var under = new List<string>();
        foreach (var place in staffed.City.Opening.Places)
        {
            if (
                (await staffed.City.Grains.Place(place.Id).Describe())!.Content.Now.Facts.Any(fact =>
                    fact.Exceeds && fact.WithdrawnSince is null
                )
            )
                under.Add(place.Id);
        }

        Assert.NotEmpty(under);
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var desk = await editor.DocumentAsync("/staff");
        var listed = desk.QuerySelectorAll("[data-exceeding]");
        Assert.Equal(under.Order(), listed.Select(item => item.GetAttribute("data-exceeding")!).Distinct().Order());
        Assert.All(listed, item => Assert.NotNull(item.QuerySelector("a[href^='/staff/table?technology=']")));
        var links = listed.SelectMany(item => item.QuerySelectorAll("a[href^='/staff/devices/'], a[href^='/places/']"));
        foreach (var link in links.Select(link => link.GetAttribute("href")!).Distinct())
        {
            using var target = await editor.GetAsync(link);
            Assert.True(target.IsSuccessStatusCode, link);
        }
    }
}
