using System.Net;
using AngleSharp.Dom;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Places;

/// <summary>The pages on which a clerk adds, changes and retires places.</summary>
public sealed class PlacePageTests(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    [Fact]
    public async Task A_clerk_adds_a_place_sees_the_effect_of_a_new_name_and_then_renames_it()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        var added = await AddAsync(clerk, "page-corner");
        Assert.Equal("/staff/places/page-corner?done=registered", added);
        Assert.Contains("Fifth and Main", await clerk.HtmlAsync("/staff/places"));
        Assert.Contains("Fifth and Main", await clerk.HtmlAsync("/places/page-corner"));

        (string, string)[] renamed =
        [
            ("version", "1"),
            ("name", "Fifth and Pine"),
            ("address", "500 Fifth Ave"),
            ("area", "the crossing"),
            ("reason", "Its name."),
        ];
        var (shown, html) = await clerk.PostToAsync("/staff/places/page-corner", "Change", renamed);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Contains("<ins>Pine</ins>", html);
        Assert.Contains("Fifth and Main", await clerk.HtmlAsync("/places/page-corner"));
        var (changed, _) = await clerk.PostToAsync("/staff/places/page-corner", "Change", [.. renamed, ("seen", "yes")]);
        Assert.Equal("/staff/places/page-corner?done=changed", changed.Headers.Location?.ToString());
        Assert.Contains("Fifth and Pine", await clerk.HtmlAsync("/places/page-corner"));

        var (stale, text) = await clerk.PostToAsync("/staff/places/page-corner", "Change", [.. renamed, ("seen", "yes")]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, stale.StatusCode);
        Assert.Contains("changed meanwhile", text);
    }

    [Fact]
    public async Task A_clerk_states_where_a_place_is_and_a_wrong_position_is_named()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        await AddAsync(clerk, "found-corner");
        (string, string)[] found =
        [
            ("version", "1"),
            ("name", "Fifth and Main"),
            ("address", "500 Fifth Ave"),
            ("area", "the crossing and its four corners"),
            ("reason", "Measured."),
        ];
        foreach (var wrong in (string[])["-122.3331, 47.6097", "somewhere", """{"type":"LineString","coordinates":[[0,0],[1,1]]}"""])
        {
            var (refused, text) = await clerk.PostToAsync("/staff/places/found-corner", "Change", [.. found, ("geometry", wrong)]);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.NotNull((await Visitor.ParseAsync(text)).QuerySelector("#faults a[href='#geometry']"));
        }

        found = [.. found, ("geometry", "47.6097, -122.3331")];
        var (shown, html) = await clerk.PostToAsync("/staff/places/found-corner", "Change", found);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Equal("47.6097, -122.3331", (await Visitor.ParseAsync(html)).QuerySelector("input[name=geometry]")!.GetAttribute("value"));
        var (changed, _) = await clerk.PostToAsync("/staff/places/found-corner", "Change", [.. found, ("seen", "yes")]);
        Assert.Equal("/staff/places/found-corner?done=changed", changed.Headers.Location?.ToString());
        Assert.Contains("latitude 47.6097, longitude -122.3331", await clerk.HtmlAsync("/places/found-corner"));
    }

    [Fact]
    public async Task A_clerk_retires_a_place_and_brings_it_back()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        await AddAsync(clerk, "old-corner");
        Assert.Equal("/staff/places/old-corner?done=retired", await RetireAsync("1"));
        Assert.Contains("retired", (await clerk.DocumentAsync("/staff/places/old-corner")).QuerySelector("h1")!.Text());
        Assert.Equal("/staff/places/old-corner?done=restored", await RetireAsync("2"));
        Assert.Contains("Fifth and Main", await clerk.HtmlAsync("/places/old-corner"));

        async Task<string?> RetireAsync(string version)
        {
            var (answer, _) = await clerk.PostToAsync("/staff/places/old-corner", "Retire", ("version", version), ("retire-reason", "why"));
            return answer.Headers.Location?.ToString();
        }
    }

    [Fact]
    public async Task A_refused_retirement_keeps_its_reason_in_its_own_form()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        var (answer, html) = await clerk.PostToAsync(
            "/staff/places/harbor-bridge",
            "Retire",
            ("version", "99"), // Another clerk was first.
            ("retire-reason", "Built over.")
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var page = await Visitor.ParseAsync(html);
        Assert.Equal("Built over.", page.QuerySelector("#retire-reason")!.GetAttribute("value"));
        Assert.Equal("", page.QuerySelector("#reason")!.GetAttribute("value") ?? "");
    }

    [Theory]
    [InlineData("Change", "name", "")]
    [InlineData("Change", "since", "soon")]
    [InlineData("Change", "name", "Harbor Bridge")]
    [InlineData("Retire", "retire-reason", "")]
    public async Task A_form_that_cannot_be_accepted_is_shown_again_with_the_field(string handler, string field, string value)
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        var form = (await clerk.DocumentAsync("/staff/places/harbor-bridge")).QuerySelectorAll("form[action$=Change] [name]");
        var fields = form.ToDictionary(one => one.GetAttribute("name")!, one => one.GetAttribute("value") ?? "");
        fields["reason"] = handler == "Change" ? "why" : "";
        if (fields.ContainsKey(field) && value != "Harbor Bridge")
            fields[field] = value;
        fields.Remove("__RequestVerificationToken");
        var (answer, html) = await clerk.PostToAsync(
            "/staff/places/harbor-bridge",
            handler,
            [.. fields.Select(one => (one.Key, one.Value))]
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.NotNull((await Visitor.ParseAsync(html)).QuerySelector($"#faults a[href='#{field}']"));
    }

    [Fact]
    public async Task Staff_without_the_role_of_a_clerk_read_places_and_change_none()
    {
        using var auditor = await staffed.SignedInAsync(Role.Auditor);
        Assert.DoesNotContain("Rename or correct", await auditor.HtmlAsync("/staff/places/harbor-bridge"));
        Assert.NotEqual(HttpStatusCode.OK, (await auditor.GetAsync("/staff/places/new")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await auditor.GetAsync("/staff/places/never")).StatusCode);
    }

    private static async Task<string?> AddAsync(Visitor clerk, string id)
    {
        using var answer = await clerk.PostAsync(
            "/staff/places/new",
            ("id", id),
            ("name", "Fifth and Main"),
            ("address", "500 Fifth Ave"),
            ("area", "the crossing"),
            ("reason", "New.")
        );
        return answer.Headers.Location?.ToString();
    }
}
