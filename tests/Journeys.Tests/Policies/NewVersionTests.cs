using Microsoft.Playwright;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Journeys.Tests.Policies;

/// <summary>
/// A retention period is amended from a day on, by links alone: without scripts, and by keyboard with scripts. What held before stays as it
/// was recorded.
/// </summary>
[Collection(StaffedRegistryGroup.Name)]
public sealed class NewVersionTests(StaffedRegistry city)
{
    [Fact]
    public async Task A_clerk_amends_a_retention_period_by_links_alone_without_scripts()
    {
        var editor = await city.SignInAsync("editor");
        await editor.ClickAsync("a[href='/staff/table']");
        await editor.FillAsync("input[name=q]", "10.122");
        await editor.ClickAsync("text=Apply");
        await editor.ClickAsync("tr[data-instrument='rcw-10.122'] >> text=Change");
        await Expect(editor.Locator("main")).ToContainTextAsync("What happened?");
        await editor.ClickAsync("a.button >> text=Record a new version");
        await editor.FillAsync("#from", "March 4, 2031");
        await editor.SelectOptionAsync("#retention-0-bound", "minimum");
        await editor.FillAsync("#retention-0-number", "8");
        await editor.SelectOptionAsync("#retention-0-unit", "weeks");
        await editor.SelectOptionAsync("#retention-0-class", "custodial interrogations");
        await editor.FillAsync("#source-title", "RCW 10.122, as amended");
        await editor.ClickAsync("main form button");
        await editor.FillAsync("#reason", "The chapter was amended.");
        await editor.ClickAsync("main form button");
        var changes = editor.Locator("section[aria-labelledby=what]");
        await Expect(changes).ToContainTextAsync("from March 4, 2031: at least 56 days");
        await Expect(changes).Not.ToContainTextAsync("changed the");
        await editor.ClickAsync("button[value=submit]");
        var request = new Uri(editor.Url).AbsolutePath;

        var approver = await city.SignInAsync("approver");
        await approver.ClickAsync($"a[href='{request}']");
        await Expect(approver.Locator("section[aria-labelledby=what]")).ToContainTextAsync("from March 4, 2031: at least 56 days");
        await Expect(approver.Locator("main")).ToContainTextAsync("in effect since March 4, 2031. "); // The marks add no space.
        await approver.ClickAsync("button[value=approve]");
        await Expect(approver.Locator("h1")).ToContainTextAsync("scheduled");

        var visitor = await city.VisitorPageAsync();
        await visitor.GotoAsync("/");
        await Expect(visitor.Locator("footer a[href='/staff']")).ToHaveTextAsync("Sign in as staff");
        await visitor.ClickAsync("nav >> text=Changes");
        await Expect(visitor.Locator("h3").Filter(new() { HasText = "RCW 10.122" }).First)
            .ToContainTextAsync("from March 4, 2031: at least 56 days");
        using var reader = await city.ApiClientAsync("editor");
        var versions = (await StaffedRegistry.GetJsonAsync(reader, "instruments/rcw-10.122")).GetProperty("versions");
        Assert.Equal(2, versions.GetArrayLength());
        Assert.NotEqual(versions[0].GetProperty("id").GetString(), versions[1].GetProperty("id").GetString());
        Assert.Equal("2031-03-04", versions[0].GetProperty("effective").GetProperty("to").GetString());
        Assert.DoesNotContain("56", versions[0].GetProperty("rules").ToString(), StringComparison.Ordinal);
        var (code, output, errors) = await Programs.CommandAsync(city.Host.Settings, "ledger", "verify");
        Assert.True(code == 0, output + errors);
    }

    [Fact]
    public async Task A_clerk_amends_a_retention_period_by_keyboard_alone()
    {
        var editor = await city.SignInAsync("editor", withScript: true);
        await editor.GotoAsync("/staff/instruments/smc-14.12");
        await PressAsync(editor, "a[href='/staff/amend/smc-14.12']");
        await FocusAsync(editor, "#from");
        await editor.Keyboard.TypeAsync("January 2032");
        await FocusAsync(editor, "#retention-0-bound");
        await editor.Keyboard.TypeAsync("at most");
        await FocusAsync(editor, "#retention-0-number");
        await editor.Keyboard.TypeAsync("180");
        await FocusAsync(editor, "#source-title");
        await editor.Keyboard.TypeAsync("SMC 14.12, as amended");
        await PressAsync(editor, "main form button");
        await FocusAsync(editor, "#reason");
        await editor.Keyboard.TypeAsync("The chapter was amended.");
        await PressAsync(editor, "main form button");
        await Expect(editor.Locator("section[aria-labelledby=what]"))
            .ToContainTextAsync("from January 2032: at most 180 days, where nothing was stated");
        await PressAsync(editor, "button[value=submit]");
        await Expect(editor.Locator("h1")).ToContainTextAsync("submitted");
    }

    [Fact]
    public async Task Two_amendments_at_once_are_both_kept_and_told_in_words()
    {
        var first = await AmendedAsync("rcw-10.93.160", "January 1, 2033", "First amendment");
        var second = await AmendedAsync("rcw-10.93.160", "June 1, 2033", "Second amendment");
        await SubmittedAsync(first);
        await SubmittedAsync(second);
        var approver = await city.SignInAsync("approver");
        await approver.GotoAsync(new Uri(first.Url).AbsolutePath);
        await approver.ClickAsync("button[value=approve]");
        await Expect(approver.Locator("h1")).ToContainTextAsync("scheduled");

        await second.ReloadAsync();
        await approver.GotoAsync(new Uri(second.Url).AbsolutePath);
        await Expect(approver.Locator("button[value=reject]")).ToHaveCountAsync(1);
        await Expect(approver.Locator("button[value=approve]")).ToHaveCountAsync(0);
        var moved = second.Locator("section[aria-labelledby=moved]");
        await Expect(moved).ToContainTextAsync("After the update, this request would");
        await Expect(moved).ToContainTextAsync("Second amendment");
        Assert.DoesNotContain("{", await moved.TextContentAsync(), StringComparison.Ordinal);
        await second.ClickAsync("text=Update this request");
        await SubmittedAsync(second);
        await approver.GotoAsync(new Uri(second.Url).AbsolutePath);
        await approver.ClickAsync("button[value=approve]");
        await Expect(approver.Locator("h1")).ToContainTextAsync("scheduled");

        using var reader = await city.ApiClientAsync("editor");
        var versions = (await StaffedRegistry.GetJsonAsync(reader, "instruments/rcw-10.93.160")).GetProperty("versions");
        Assert.Equal(
            ["First amendment", "Second amendment"],
            versions.EnumerateArray().Skip(1).Select(version => version.GetProperty("title").GetString())
        );
        Assert.Equal("2033-06-01", versions[1].GetProperty("effective").GetProperty("to").GetString());
    }

    private async Task<IPage> AmendedAsync(string instrument, string from, string title)
    {
        var editor = await city.SignInAsync("editor");
        await editor.GotoAsync($"/staff/instruments/{instrument}");
        await editor.ClickAsync("text=Record a new version");
        await editor.FillAsync("#from", from);
        await editor.FillAsync("#title", title);
        await editor.FillAsync("#source-title", "The chapter");
        await editor.ClickAsync("main form button");
        await editor.FillAsync("#reason", "The chapter was amended.");
        await editor.ClickAsync("main form button");
        await Expect(editor.Locator("section[aria-labelledby=what]")).ToContainTextAsync($"from {from}: the same terms as before");
        return editor;
    }

    private static async Task SubmittedAsync(IPage page)
    {
        await page.ClickAsync("button[value=submit]");
        await Expect(page.Locator("h1")).ToContainTextAsync("submitted");
    }

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

    private static async Task PressAsync(IPage page, string selector)
    {
        await FocusAsync(page, selector);
        // The next page is another document: the mark is gone with this one.
        await page.EvaluateAsync("() => { window.isLeft = false }");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForFunctionAsync("() => window.isLeft === undefined && document.readyState === 'complete'");
    }
}
