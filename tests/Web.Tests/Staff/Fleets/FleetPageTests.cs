using System.Net;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Fleets;

/// <summary>The pages on which a clerk adds, names, moves and retires fleets.</summary>
public sealed class FleetPageTests(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    private const string Fleet = "/staff/fleets/plate-readers-west",
        Base = "/places/west-precinct-holding";

    [Fact]
    public async Task A_clerk_sees_what_a_new_base_changes_in_both_notices_and_then_moves_the_fleet()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        var version = await VersionAsync(clerk, Fleet);
        (string, string)[] moved =
        [
            ("version", version),
            ("name", "West patrol"),
            ("department", "police"),
            ("places", "harbor-bridge"),
            ("reason", "Moved."),
        ];
        Assert.DoesNotContain("/fleets/plate-readers-west", await clerk.HtmlAsync("/places/harbor-bridge"));
        var (shown, html) = await clerk.PostToAsync(Fleet, "Change", moved);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        var effect = (await Visitor.ParseAsync(html)).QuerySelectorAll("section[aria-labelledby=effect] h3").Select(one => one.TextContent);
        Assert.Contains("Harbor Bridge", effect);
        Assert.DoesNotContain("/fleets/plate-readers-west", await clerk.HtmlAsync("/places/harbor-bridge"));

        var (done, _) = await clerk.PostToAsync(Fleet, "Change", [.. moved, ("seen", "yes")]);
        Assert.Equal(Fleet + "?done=changed", done.Headers.Location?.ToString());
        Assert.Contains("/fleets/plate-readers-west", await clerk.HtmlAsync("/places/harbor-bridge"));
        Assert.DoesNotContain("/fleets/plate-readers-west", await clerk.HtmlAsync(Base));
        Assert.Contains("West patrol", await clerk.HtmlAsync("/fleets/plate-readers-west"));
        var (stale, text) = await clerk.PostToAsync(Fleet, "Change", [.. moved, ("seen", "yes")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, stale.StatusCode);
        Assert.Contains("changed meanwhile", text);
    }

    [Fact]
    public async Task A_fleet_with_devices_is_not_retired_and_the_refusal_leads_to_them()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        var (answer, html) = await clerk.PostToAsync(
            "/staff/fleets/body-worn-east",
            "Retire",
            ("version", "1"),
            ("retire-reason", "Sold.")
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var faults = (await Visitor.ParseAsync(html)).QuerySelector("#faults")!;
        Assert.Contains("move each to another fleet, or remove it, first.", faults.TextContent);
        Assert.NotNull(faults.QuerySelector("a[href='/staff/devices?fleet=body-worn-east']"));
    }

    [Fact]
    public async Task A_fleet_is_added_retired_and_brought_back_and_its_public_page_says_so()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        using var added = await clerk.PostAsync(
            "/staff/fleets/new",
            ("id", "spare-cars"),
            ("name", "Spare cars"),
            ("department", "police"),
            ("places", "harbor-bridge"),
            ("reason", "New.")
        );
        Assert.Equal("/staff/fleets/spare-cars?done=registered", added.Headers.Location?.ToString());
        Assert.Contains("Spare cars", await clerk.HtmlAsync("/staff/fleets"));
        Assert.Contains("Spare cars", await clerk.HtmlAsync("/places"));
        Assert.Contains("its size is not shown yet", await clerk.HtmlAsync("/fleets/spare-cars"), StringComparison.OrdinalIgnoreCase);

        Assert.Equal("/staff/fleets/spare-cars?done=retired", await RetireAsync("1"));
        using var gone = await clerk.GetAsync("/fleets/spare-cars");
        Assert.Equal("/fleets/spare-cars/history", gone.Headers.Location?.ToString());
        Assert.Contains("This fleet is retired since", await clerk.HtmlAsync("/fleets/spare-cars/history"));
        Assert.DoesNotContain("Spare cars", await clerk.HtmlAsync("/places"));
        Assert.Equal("/staff/fleets/spare-cars?done=restored", await RetireAsync("2"));
        Assert.Contains("Spare cars", await clerk.HtmlAsync("/fleets/spare-cars"));

        async Task<string?> RetireAsync(string version)
        {
            (string, string)[] fields = [("version", version), ("retire-reason", "why")];
            var (shown, html) = await clerk.PostToAsync("/staff/fleets/spare-cars", "Retire", fields);
            Assert.Equal((HttpStatusCode.OK, true), (shown.StatusCode, html.Contains("What this changes in the notices")));
            var (answer, _) = await clerk.PostToAsync("/staff/fleets/spare-cars", "Retire", [.. fields, ("seen", "yes")]);
            return answer.Headers.Location?.ToString();
        }
    }

    [Fact]
    public async Task The_page_of_a_place_leads_to_its_fleets_and_its_devices()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        var page = await clerk.DocumentAsync("/staff/places/east-precinct-holding");
        Assert.NotNull(page.QuerySelector("a[href='/staff/fleets/in-car-east']"));
        Assert.NotNull(page.QuerySelector("tr[data-device=east-precinct-holding-1]"));
        page = await clerk.DocumentAsync("/staff/places/east-precinct-holding?after=east-precinct-holding-1");
        Assert.Null(page.QuerySelector("tr[data-device=east-precinct-holding-1]"));
        Assert.NotNull(page.QuerySelector("tr[data-device=east-precinct-holding-2]"));
    }

    [Theory]
    [InlineData("department", "parks")]
    [InlineData("department", "")]
    [InlineData("places", "no place")]
    [InlineData("name", "a\u202Eb")]
    public async Task A_wrong_field_of_a_fleet_is_named(string field, string value)
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        Dictionary<string, string> fields = new()
        {
            ["id"] = "wrong-fleet",
            ["department"] = "police",
            ["reason"] = "New.",
            [field] = value,
        };
        using var answer = await clerk.PostAsync("/staff/fleets/new", [.. fields.Select(one => (one.Key, one.Value))]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var page = await Visitor.ParseAsync(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.NotNull(page.QuerySelector($"#faults a[href='#{field}']"));
        Assert.NotNull(page.QuerySelector("#" + field));
    }

    [Fact]
    public async Task Staff_without_the_right_to_single_devices_see_no_number_of_a_fleet()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        Assert.DoesNotContain("<th scope=\"col\">Devices</th>", await editor.HtmlAsync("/staff/fleets"));
        Assert.DoesNotContain("<dt>Devices</dt>", await editor.HtmlAsync("/staff/fleets/body-worn-east"));
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        Assert.Contains("<dt>Devices</dt>", await clerk.HtmlAsync("/staff/fleets/body-worn-east"));
    }

    private static async Task<string> VersionAsync(Visitor clerk, string address) =>
        (await clerk.DocumentAsync(address)).QuerySelector("input[name=version]")!.GetAttribute("value")!;
}
