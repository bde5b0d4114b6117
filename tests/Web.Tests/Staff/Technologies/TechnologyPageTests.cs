using System.Net;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Technologies;

/// <summary>The pages on which an editor proposes technologies and what signs call them, which another person approves.</summary>
public sealed class TechnologyPageTests(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    private const string Facility = "/staff/technologies/facility-camera";

    [Fact]
    public async Task A_new_name_on_signs_is_a_draft_that_shows_its_effect_in_each_language()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var fields = await FieldsAsync(editor, Facility, "Change");
        var (nothing, text) = await editor.PostToAsync(Facility, "Change", [.. fields.Select(one => (one.Key, one.Value))]);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, nothing.StatusCode);
        Assert.Contains("You changed nothing", text);

        fields["name-en"] = "Lobby cameras";
        fields["name-es"] = "Ojos del portal";
        var (answer, _) = await editor.PostToAsync(Facility, "Change", [.. fields.Select(one => (one.Key, one.Value))]);
        var why = answer.Headers.Location!.ToString();
        Assert.Matches("^/staff/changes/[0-9]+/why$", why);
        var draft = await editor.DocumentAsync(why[..^"/why".Length]);
        Assert.Contains(draft.QuerySelectorAll("[lang=en] ins"), word => word.TextContent.Contains("Lobby", StringComparison.Ordinal));
        Assert.Contains(draft.QuerySelectorAll("[lang=es] ins"), word => word.TextContent.Contains("portal", StringComparison.Ordinal));
        Assert.DoesNotContain("Lobby cameras", await editor.HtmlAsync(Facility));
    }

    [Fact]
    public async Task A_technology_that_something_names_is_not_retired_and_the_refusal_leads_there()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var (answer, html) = await editor.PostToAsync("/staff/technologies/body-worn-video", "Retire", []);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var faults = (await Visitor.ParseAsync(html)).QuerySelector("#faults")!;
        Assert.Contains("It still has the fleet", faults.TextContent);
        Assert.NotNull(faults.QuerySelector("a[href='/staff/fleets/body-worn-east']"));
        Assert.Contains("Rules about it hold, or will hold.", faults.TextContent);
        Assert.NotNull(faults.QuerySelector("a[href^='/staff/instruments/']"));
        var (fixedOnes, page) = await editor.PostToAsync(Facility, "Retire", []);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, fixedOnes.StatusCode);
        Assert.NotNull((await Visitor.ParseAsync(page)).QuerySelector("#faults a[href='/staff/devices?kind=facility-camera']"));
    }

    [Fact]
    public async Task A_technology_is_added_retired_and_brought_back_by_two_people_and_keeps_its_page()
    {
        const string Address = "/api/v1/technologies/drone";
        using var editor = await staffed.SignedInAsync(Role.Editor);
        using var answer = await editor.PostAsync(
            "/staff/technologies/new",
            ("id", "drone"),
            ("name", "Unmanned aircraft"),
            ("purpose", "search and rescue"),
            ("source-title", "Ordinance 7"),
            ("source-read-on", "2026-11-20"),
            ("confidence", "sourced"),
            ("name-es", "Drones")
        );
        await staffed.ApproveAsync(editor, answer.Headers.Location!.ToString());
        Assert.Equal("search and rescue", (string?)(await staffed.City.Json(Address))["purpose"]);
        var added = LedgerEntry.FormatTime(staffed.City.Time.GetUtcNow());

        staffed.City.Time.Advance(TimeSpan.FromDays(1));
        using var next = await staffed.SignedInAsync(Role.Editor);
        await RetireAsync(next);
        Assert.Contains("is retired since 2026-11-24", (string?)(await staffed.City.Json(Address, HttpStatusCode.Gone))["detail"]);
        Assert.DoesNotContain("\"drone\"", (await staffed.City.Json("/api/v1/technologies")).ToJsonString());
        Assert.Equal("Unmanned aircraft", (string?)(await staffed.City.Json(Address + "?asOf=2026-11-23"))["name"]);
        Assert.Equal("Unmanned aircraft", (string?)(await staffed.City.Json($"{Address}?knownAt={added}"))["name"]);
        await staffed.City.Json(Address + "?knownAt=2026-11-23T22:59:59Z", HttpStatusCode.NotFound);
        Assert.Contains("It was retired on November 24, 2026", await next.HtmlAsync("/technologies/drone"));
        Assert.DoesNotContain("data-retired", await next.HtmlAsync("/technologies/drone?asOf=2026-11-23"));
        Assert.Contains("retired", await next.HtmlAsync("/staff/technologies"));

        staffed.City.Time.Advance(TimeSpan.FromDays(1));
        using var later = await staffed.SignedInAsync(Role.Editor);
        await RetireAsync(later);
        Assert.Equal(3, (int?)(await staffed.City.Json(Address))["revision"]);
        await staffed.City.Json(Address + "?asOf=2026-11-24", HttpStatusCode.Gone);
        Assert.Equal(3, (await staffed.City.Json(Address + "/history"))["items"]!.AsArray().Count);

        async Task RetireAsync(Visitor by)
        {
            var (retired, _) = await by.PostToAsync("/staff/technologies/drone", "Retire", []);
            await staffed.ApproveAsync(by, retired.Headers.Location!.ToString());
        }
    }

    [Theory]
    [InlineData("/staff/technologies/new", "", "id", "alpr")]
    [InlineData("/staff/technologies/new", "", "id", "Not An ID")]
    [InlineData(Facility, "Change", "name", "")]
    [InlineData(Facility, "Change", "purpose", "a purpose without its source")]
    [InlineData(Facility, "Change", "name-es", "<b>Cámaras</b>")]
    public async Task A_wrong_field_is_named_and_nothing_is_drafted(string address, string handler, string field, string value)
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var fields = await FieldsAsync(editor, address, handler);
        fields["name"] = "A name";
        if (field == "purpose")
            (fields["source-title"], fields["source-read-on"]) = ("", "");
        fields[field] = value;
        (string, string)[] sent = [.. fields.Select(one => (one.Key, one.Value))];
        using var answer =
            handler.Length > 0 ? (await editor.PostToAsync(address, handler, sent)).Answer : await editor.PostAsync(address, sent);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var page = await Visitor.ParseAsync(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var named = field == "purpose" ? "source-title" : field;
        Assert.NotNull(page.QuerySelector($"#faults a[href='#{named}']"));
        Assert.NotNull(page.QuerySelector("#" + named));
    }

    [Fact]
    public async Task Staff_who_are_no_editors_read_the_technologies_and_change_none()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        foreach (var address in (string[])["/staff/technologies", Facility])
            Assert.DoesNotContain(">Continue<", await clerk.HtmlAsync(address));
        Assert.NotEqual(HttpStatusCode.OK, (await clerk.GetAsync("/staff/technologies/new")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await clerk.GetAsync("/staff/technologies/never")).StatusCode);
    }

    /// <summary>The fields of a form as a browser would send them.</summary>
    private static async Task<Dictionary<string, string>> FieldsAsync(Visitor visitor, string address, string handler)
    {
        var form = handler.Length == 0 ? "main form" : $"main form[action$={handler}]";
        var fields = (await visitor.DocumentAsync(address))
            .QuerySelectorAll($"{form} input[name]")
            .ToDictionary(one => one.GetAttribute("name")!, one => one.GetAttribute("value") ?? "");
        fields.Remove("__RequestVerificationToken");
        fields["confidence"] = "sourced";
        return fields;
    }
}
