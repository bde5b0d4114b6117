using System.Net;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Screens;

/// <summary>The pages on which a clerk adds, moves and retires screens.</summary>
public sealed class ScreenPageTests(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    private const string Page = "/staff/screens/page-screen";

    [Fact]
    public async Task A_clerk_adds_a_screen_sees_what_it_will_show_elsewhere_moves_it_and_retires_it()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        using var added = await clerk.PostAsync(
            "/staff/screens/new",
            ("id", "page-screen"),
            ("place", SampleCity.Lobby),
            ("reason", "New.")
        );
        Assert.Equal(Page + "?done=registered", added.Headers.Location?.ToString());
        Assert.Contains("/kiosks/page-screen", await clerk.HtmlAsync("/places/" + SampleCity.Lobby));

        (string, string)[] moved = [("version", "1"), ("place", "harbor-bridge"), ("reason", "Moved.")];
        var (shown, html) = await clerk.PostToAsync(Page, "Move", moved);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Contains("It will show that of <a href=\"/places/harbor-bridge\">", html);
        Assert.Equal(SampleCity.Lobby, PlaceOf("page-screen"));
        var (done, _) = await clerk.PostToAsync(Page, "Move", [.. moved, ("seen", "yes")]);
        Assert.Equal(Page + "?done=moved", done.Headers.Location?.ToString());
        Assert.Equal("harbor-bridge", PlaceOf("page-screen"));
        Assert.Contains("/kiosks/page-screen", await clerk.HtmlAsync("/places/harbor-bridge"));

        var (retired, _) = await clerk.PostToAsync(Page, "Retire", ("version", "2"), ("retire-reason", "Broken."));
        Assert.Equal(Page + "?done=retired", retired.Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.Gone, (await clerk.GetAsync("/kiosks/page-screen")).StatusCode);
        Assert.DoesNotContain("/kiosks/page-screen", await clerk.HtmlAsync("/places/harbor-bridge"));
        var (restored, _) = await clerk.PostToAsync(Page, "Retire", ("version", "3"), ("retire-reason", "Mended."));
        Assert.Equal(Page + "?done=restored", restored.Headers.Location?.ToString());
    }

    [Fact]
    public async Task A_clerk_measures_a_screen_and_one_that_is_not_measured_says_so()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        const string Measured = "/staff/screens/measured-screen";
        await clerk.PostAsync("/staff/screens/new", ("id", "measured-screen"), ("place", SampleCity.Lobby), ("reason", "New."));
        Assert.Contains("This screen was not measured. It counts as one of 32 inches", await clerk.HtmlAsync(Measured));

        (string, string)[] measures =
        [
            ("version", "1"),
            ("glass.width", "1080"),
            ("glass.height", "1920"),
            ("glass.widthMm", "685"),
            ("glass.distanceMm", "3000"),
            ("measure-reason", "Measured on the spot."),
        ];
        var (refused, html) = await clerk.PostToAsync(Measured, "Measure", [.. measures[..4], ("glass.distanceMm", "near"), measures[5]]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.NotNull((await Visitor.ParseAsync(html)).QuerySelector("#faults a[href='#glass.distanceMm']"));
        var (done, _) = await clerk.PostToAsync(Measured, "Measure", measures);
        Assert.Equal(Measured + "?done=measured", done.Headers.Location?.ToString());
        Assert.DoesNotContain("was not measured", await clerk.HtmlAsync(Measured));
        Assert.Contains("1080 × 1920 px, 685 mm wide, read from 3000 mm", WebUtility.HtmlDecode(await clerk.HtmlAsync(Measured)));
        Assert.Contains("data-width-mm=\"685\" data-distance-mm=\"3000\"", await clerk.HtmlAsync("/kiosks/measured-screen"));
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData(SampleCity.Lobby)]
    public async Task A_move_to_no_place_or_to_the_same_is_refused_at_its_field(string place)
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        var (answer, html) = await clerk.PostToAsync(
            "/staff/screens/" + SampleCity.LobbyKiosk,
            "Move",
            ("version", "1"),
            ("place", place),
            ("reason", "why")
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.NotNull((await Visitor.ParseAsync(html)).QuerySelector("#faults a[href='#place']"));
    }

    private string PlaceOf(string screen) => staffed.City.Memory.Kiosks.Single(kiosk => kiosk.Id == screen).Place;
}
