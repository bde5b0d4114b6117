using System.Net;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.CitySettings;

/// <summary>The pages on which an editor proposes departments and settings of the city, which another person approves.</summary>
public sealed class DepartmentPageTests(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    private const string Transportation = "/staff/departments/transportation";

    [Fact]
    public async Task A_renamed_department_is_a_draft_that_shows_its_effect_on_the_notices()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        (string, string)[] renamed = [("name", "Streets Department"), ("phone", "206-555-0120")];
        var (answer, _) = await editor.PostToAsync(Transportation, "Change", renamed);
        var why = answer.Headers.Location!.ToString();
        Assert.Matches("^/staff/changes/[0-9]+/why$", why);
        var draft = await editor.HtmlAsync(why[..^"/why".Length]);
        Assert.Contains("<ins>Streets", draft);
        Assert.Contains("the name of the department", draft);
        Assert.DoesNotContain("Streets Department", await editor.HtmlAsync("/staff/departments"));
        var (nothing, text) = await editor.PostToAsync(
            Transportation,
            "Change",
            ("name", "Sample City Department of Transportation"),
            ("phone", "206-555-0120")
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, nothing.StatusCode);
        Assert.Contains("You changed nothing", text);
    }

    [Fact]
    public async Task A_department_that_something_names_is_not_retired_and_the_refusal_leads_to_each()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var (answer, html) = await editor.PostToAsync("/staff/departments/police", "Retire", []);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var faults = (await Visitor.ParseAsync(html)).QuerySelector("#faults")!;
        Assert.Contains("still has", faults.TextContent);
        Assert.NotNull(faults.QuerySelector("a[href='/staff/devices?department=police']"));
        Assert.NotNull(faults.QuerySelector("a[href='/staff/fleets/body-worn-east']"));
        Assert.Contains("Rules name it, in versions of now or of before.", faults.TextContent);
        Assert.NotNull(faults.QuerySelector("a[href^='/staff/instruments/']"));
    }

    [Fact]
    public async Task A_department_is_added_and_retired_by_two_people_and_keeps_its_history()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        using var answer = await editor.PostAsync(
            "/staff/departments/new",
            ("id", "parks"),
            ("name", "Parks Department"),
            ("phone", "206-555-0150")
        );
        await staffed.ApproveAsync(editor, answer.Headers.Location!.ToString());
        Assert.Equal("Parks Department", (string?)(await staffed.City.Json("/api/v1/departments/parks"))["name"]);
        Assert.Contains("Parks Department", await editor.HtmlAsync("/staff/departments"));
        var (retired, _) = await editor.PostToAsync("/staff/departments/parks", "Retire", []);
        await staffed.ApproveAsync(editor, retired.Headers.Location!.ToString());
        Assert.Contains("is retired since", (string?)(await staffed.City.Json("/api/v1/departments/parks", HttpStatusCode.Gone))["detail"]);
        Assert.Contains("retired", await editor.HtmlAsync("/staff/departments/parks"));
        Assert.Equal(
            ["1 Parks Department false", "2  true"],
            (await staffed.City.Json("/api/v1/departments/parks/history"))["items"]!
                .AsArray()
                .Select(version => $"{version!["version"]} {version["name"]} {version["retired"]}")
        );
        Assert.Equal(HttpStatusCode.NotFound, (await editor.GetAsync("/api/v1/departments/never")).StatusCode);
        await staffed.City.Json("/api/v1/departments/parks?asOf=2026-11-22", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("/staff/city", "", "name", "")]
    [InlineData("/staff/city", "", "records-url", "somewhere")]
    [InlineData("/staff/city", "", "records-days", "soon")]
    [InlineData("/staff/city", "", "languages", "en, fr")]
    [InlineData("/staff/city", "", "time-zone", "Nowhere")]
    [InlineData("/staff/departments/new", "", "id", "police")]
    [InlineData(Transportation, "Change", "phone", "")]
    public async Task A_wrong_field_is_named_and_nothing_is_drafted(string address, string handler, string field, string value)
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var form = handler.Length == 0 ? "main form" : $"main form[action$={handler}]";
        var fields = (await editor.DocumentAsync(address))
            .QuerySelectorAll($"{form} [name]")
            .ToDictionary(one => one.GetAttribute("name")!, one => one.GetAttribute("value") ?? "new");
        fields.Remove("__RequestVerificationToken");
        fields[field] = value;
        (string, string)[] sent = [.. fields.Select(one => (one.Key, one.Value))];
        string html;
        if (handler.Length > 0)
            html = (await editor.PostToAsync(address, handler, sent)).Item2;
        else
        {
            using var answer = await editor.PostAsync(address, sent);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }

        var page = await Visitor.ParseAsync(html);
        Assert.NotNull(page.QuerySelector($"#faults a[href='#{field}']"));
        Assert.NotNull(page.QuerySelector("#" + field));
    }

    [Fact]
    public async Task Staff_who_are_no_editors_read_the_settings_and_change_none()
    {
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        foreach (var address in (string[])["/staff/city", "/staff/departments", Transportation])
            Assert.DoesNotContain(">Continue<", await clerk.HtmlAsync(address));
        Assert.NotEqual(HttpStatusCode.OK, (await clerk.GetAsync("/staff/departments/new")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await clerk.GetAsync("/staff/departments/never")).StatusCode);
    }
}
