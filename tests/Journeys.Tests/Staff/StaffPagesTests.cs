using System.Text.Json;
using Microsoft.Playwright;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Journeys.Tests.Staff;

/// <summary>Accessibility of the staff pages: by keyboard alone, without scripts, and as the checker axe sees them.</summary>
[Collection(StaffedRegistryGroup.Name)]
public sealed class StaffPagesTests(StaffedRegistry city)
{
    [Fact]
    public async Task Axe_finds_no_violation_on_any_staff_page()
    {
        var axe = await File.ReadAllTextAsync(
            Path.Combine(Programs.Root, "tests/Journeys.Tests/npm/node_modules/axe-core/axe.min.js"),
            TestContext.Current.CancellationToken
        );
        var page = await city.SignInAsync("editor", withScript: true);
        var (change, decided) = await TwoChangesAsync();
        var approver = await city.SignInAsync("approver", withScript: true);
        var clerk = await city.SignInAsync("clerk", withScript: true);
        await RegisterAxeGatewayAsync();
        var administrator = await city.SignInAsync("administrator", withScript: true);
        var found = new List<string>();
        foreach (
            var (who, address) in StaffAddresses
                .Pages.Append($"/staff/changes/{change}")
                .Append($"/staff/changes/{change}/why")
                .Append($"/staff/changes/{decided}")
                .Select(address => (page, address))
                .Concat(StaffAddresses.OfTheClerk.Select(address => (clerk, address)))
                .Concat(StaffAddresses.OfTheAdministrator.Select(address => (administrator, address)))
                .Append((approver, "/staff"))
                .Append((approver, $"/staff/changes/{decided}"))
        )
        {
            await who.GotoAsync(address);
            await who.EvaluateAsync(axe);
            var answer = await who.EvaluateAsync<JsonElement>(
                """
                async () => (await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
                    .violations.map(one => one.id + ': ' + one.nodes.map(node => node.target.join(' ')).slice(0, 3).join(' | '))
                """
            );
            found.AddRange(answer.EnumerateArray().Select(violation => $"{address}: {violation}"));
        }

        var outside = await city.VisitorPageAsync(withScript: true);
        await outside.GotoAsync("/staff/sign-in");
        await outside.EvaluateAsync(axe);
        found.AddRange(
            (await outside.EvaluateAsync<JsonElement>("async () => (await axe.run()).violations.map(one => one.id)"))
                .EnumerateArray()
                .Select(violation => $"/staff/sign-in: {violation}")
        );
        Assert.Equal("", string.Join('\n', found));
    }

    private async Task RegisterAxeGatewayAsync()
    {
        using var program = await city.ApiClientAsync("device-clerk");
        await StaffedRegistry.SendAsync(program, "gateways", """{"id":"axe-gateway","department":"police","reason":"To be looked at."}""");
    }

    [Fact]
    public async Task Staff_pages_work_without_scripts_and_fit_a_telephone()
    {
        var page = await city.SignInAsync("editor");
        await page.SetViewportSizeAsync(390, 844);
        var clerkWithoutScript = await city.SignInAsync("clerk");
        var administratorWithoutScript = await city.SignInAsync("administrator");
        foreach (
            var (who, address) in StaffAddresses
                .Pages.Except(["/staff/not-allowed"])
                .Select(address => (page, address))
                .Concat(StaffAddresses.OfTheClerk[..^1].Select(address => (clerkWithoutScript, address)))
                .Concat(StaffAddresses.OfTheAdministrator.Select(address => (administratorWithoutScript, address)))
        )
        {
            var answer = await who.GotoAsync(address);
            Assert.Equal(200, answer!.Status);
            await Expect(who.Locator("h1")).ToBeVisibleAsync();
        }

        var wide = await city.SignInAsync("editor", withScript: true);
        await wide.SetViewportSizeAsync(390, 844);
        var clerk = await city.SignInAsync("clerk", withScript: true);
        await clerk.SetViewportSizeAsync(390, 844);
        var administrator = await city.SignInAsync("administrator", withScript: true);
        await administrator.SetViewportSizeAsync(390, 844);
        foreach (
            var (who, address) in StaffAddresses
                .Pages.Select(address => (wide, address))
                .Concat(StaffAddresses.OfTheClerk[..^1].Select(address => (clerk, address)))
                .Concat(StaffAddresses.OfTheAdministrator.Select(address => (administrator, address)))
        )
        {
            await who.GotoAsync(address);
            Assert.True(
                await who.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"),
                $"{address} is wider than a telephone."
            );
        }
    }

    [Fact]
    public async Task Staff_carry_an_amendment_from_draft_to_approval_by_keyboard_alone()
    {
        var editor = await city.SignInAsync("editor", withScript: true);
        await editor.GotoAsync("/staff/table?q=10.109");
        await PressAsync(editor, "a[href='/staff/change/rcw-10.109/1/body-worn-video']", "Enter");
        await PressAsync(editor, "a[href='/staff/edit/rcw-10.109/1/body-worn-video']", "Enter");
        await FocusAsync(editor, "#review-by");
        await editor.Keyboard.TypeAsync("12312027");
        await PressAsync(editor, "main form button", "Enter");
        await FocusAsync(editor, "#reason");
        await editor.Keyboard.TypeAsync("It must be looked at again.");
        await FocusAsync(editor, "#source-title");
        await editor.Keyboard.TypeAsync("RCW 10.109, as read");
        await PressAsync(editor, "main form button", "Enter");
        await Expect(editor.Locator("main")).ToContainTextAsync("December 31, 2027");
        await PressAsync(editor, "button[value=submit]", "Space");
        await Expect(editor.Locator("h1")).ToContainTextAsync("submitted");

        var approver = await city.SignInAsync("approver", withScript: true);
        await PressAsync(approver, $"a[href='{new Uri(editor.Url).AbsolutePath}']", "Enter");
        await FocusAsync(approver, "#note");
        await approver.Keyboard.TypeAsync("Looked at.");
        await PressAsync(approver, "button[value=approve]", "Enter");
        await Expect(approver.Locator("h1")).ToContainTextAsync("in force");
        await PressAsync(approver, ".who button", "Enter");
        await Expect(approver).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/staff/sign-in"));
    }

    [Fact]
    public async Task An_editor_saves_a_view_under_a_name_and_shares_it()
    {
        var editor = await city.SignInAsync("editor");
        await editor.GotoAsync("/staff/table?only=disagreeing&columns=kept");
        await Expect(editor.Locator("tbody tr")).ToHaveCountAsync(2);
        await editor.FillAsync("#view-name", "What disagrees");
        await editor.CheckAsync("input[name=shared]");
        await editor.ClickAsync("section form button >> text=Save view");
        var approver = await city.SignInAsync("approver");
        await approver.GotoAsync("/staff/table");
        await approver.ClickAsync("text=What disagrees");
        await Expect(approver.Locator("tbody tr")).ToHaveCountAsync(2);
        await Expect(approver.Locator("thead")).Not.ToContainTextAsync("Status");
    }

    [Fact]
    public async Task A_spreadsheet_is_imported_whole_or_not_at_all()
    {
        var editor = await city.SignInAsync("editor");
        using var reader = new HttpClient { BaseAddress = city.Host.Http };
        var table = await reader.GetStringAsync("/api/v1/governance.csv", TestContext.Current.CancellationToken);
        await UploadAsync(table);
        await Expect(editor.Locator("[role=status]")).ToContainTextAsync("nothing to propose");

        await UploadAsync(table.Replace("limit 21 days", "limit 21 fortnights", StringComparison.Ordinal));
        await Expect(editor.Locator("[role=alert]")).ToContainTextAsync("fortnights");
        await Expect(editor.Locator("[role=alert]")).ToContainTextAsync("line");

        await UploadAsync(table.Replace("limit 21 days", "limit 20 days", StringComparison.Ordinal));
        await editor.FillAsync("#reason", "From the spreadsheet.");
        await editor.FillAsync("#source-title", "Laws of 2026 ch. 239");
        await editor.ClickAsync("main form button");
        await Expect(editor.Locator(".steps").First.Locator("li")).ToHaveCountAsync(1);
        await Expect(editor.Locator(".steps").First).ToContainTextAsync("from 21 days to 20 days");

        async Task UploadAsync(string text)
        {
            await editor.GotoAsync("/staff/import");
            await editor.SetInputFilesAsync(
                "#file",
                new FilePayload
                {
                    Name = "table.csv",
                    MimeType = "text/csv",
                    Buffer = System.Text.Encoding.UTF8.GetBytes(text),
                }
            );
            await editor.ClickAsync("main form button");
        }
    }

    [Fact]
    public async Task A_conflicting_change_shows_three_sides_and_is_merged()
    {
        var editor = await city.SignInAsync("editor");
        await editor.GotoAsync("/staff/edit/laws-2026-ch-239/1/alpr");
        await editor.FillAsync("#note", "A remark of this request.");
        await editor.ClickAsync("main form button");
        await editor.FillAsync("#reason", "A remark.");
        await editor.FillAsync("#source-title", "The law");
        await editor.ClickAsync("main form button");
        var address = editor.Url;

        using var other = await city.ApiClientAsync("editor");
        var held = (await StaffedRegistry.GetJsonAsync(other, "documents/instrument/laws-2026-ch-239")).GetProperty("revision").GetInt32();
        var (_, etag, drafted) = await StaffedRegistry.SendAsync(
            other,
            "changes",
            $$$"""
            {"reason":"Sharing",
             "source":{"title":"The law","url":null,"readOn":"2026-11-23","confidence":"sourced"},
             "rows":[{"instrument":"laws-2026-ch-239","technology":"alpr","version":1,"base":{{{held}}},
                      "values":{"sharing":"with no agency","note":"Theirs."}}]}
            """
        );
        var id = drafted.GetProperty("id").GetInt64();
        (_, etag, _) = await StaffedRegistry.SendAsync(other, $"changes/{id}/submit", null, etag);
        Assert.Equal([System.Net.HttpStatusCode.Redirect], await city.ApproveAsync("approver", id));

        await editor.GotoAsync(address);
        await Expect(editor.Locator("main")).ToContainTextAsync("Newer changes were recorded");
        await Expect(editor.Locator("fieldset")).ToContainTextAsync("Theirs.");
        Assert.DoesNotContain("{", await editor.Locator("fieldset").TextContentAsync(), StringComparison.Ordinal);
        await editor.CheckAsync("input[value=mine]");
        await editor.ClickAsync("text=Update this request");
        await Expect(editor.Locator("main")).Not.ToContainTextAsync("Newer changes were recorded");
        var steps = editor.Locator(".steps").First;
        await Expect(steps).ToContainTextAsync("A remark of this request.");
        await Expect(steps).Not.ToContainTextAsync("with no agency");
    }

    /// <summary>Makes two changes: a draft of the editor, and one that an API client submitted.</summary>
    private async Task<(string Draft, long Submitted)> TwoChangesAsync()
    {
        var editor = await city.SignInAsync("editor");
        await editor.GotoAsync("/staff/edit/spd-manual-10.060/1/holding-cell-camera");
        await editor.FillAsync("#note", "A remark.");
        await editor.ClickAsync("main form button");
        var draft = new Uri(editor.Url).AbsolutePath.Split('/')[3];
        using var program = await city.ApiClientAsync("editor");
        var (_, etag, drafted) = await StaffedRegistry.SendAsync(
            program,
            "changes",
            StaffedRegistry.RetentionChange("smc-14.18", "surveillance-equipment", 3, 1, 20)
        );
        var id = drafted.GetProperty("id").GetInt64();
        await StaffedRegistry.SendAsync(program, $"changes/{id}/submit", null, etag);
        return (draft, id);
    }

    /// <summary>Presses Tab until an element has the focus: a person without a mouse can use only what Tab reaches.</summary>
    private static async Task FocusAsync(IPage page, string selector)
    {
        const int MostTabs = 400;
        for (var tab = 0; tab < MostTabs; tab++)
        {
            if (await page.EvaluateAsync<bool>("selector => document.activeElement?.matches(selector) ?? false", selector))
                return;
            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"{selector} on {page.Url} cannot be reached by the keyboard.");
    }

    private static async Task PressAsync(IPage page, string selector, string key)
    {
        await FocusAsync(page, selector);
        // The next page is another document: the mark is gone with this one.
        await page.EvaluateAsync("() => { window.isLeft = false }");
        await page.Keyboard.PressAsync(key);
        await page.WaitForFunctionAsync("() => window.isLeft === undefined && document.readyState === 'complete'");
    }
}
