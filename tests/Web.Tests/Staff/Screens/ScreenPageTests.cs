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
