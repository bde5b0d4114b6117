using System.Globalization;
using System.Text.RegularExpressions;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Journeys.Tests.Policies;

/// <summary>
/// The three journeys of the law, from the sign-in by links alone: a text gets a new version from a day on, a recorded figure is corrected,
/// and two amendments wait at once. Each ends on the public page that tells the entries of the ledger in words.
/// </summary>
[Collection(StaffedRegistryGroup.Name)]
public sealed partial class LegalJourneyTests(StaffedRegistry city)
{
    [Theory]
    [InlineData(Hands.PointerWithoutScripts, "rcw-10.122", "RCW 10.122")]
    [InlineData(Hands.Keyboard, "eo-2017-03", "Executive Order 2017-03")]
    public async Task A_new_version_has_new_terms_and_leaves_the_past_as_it_was(Hands hands, string instrument, string citation)
    {
        var editor = await ChangeOfAsync(hands, instrument, citation);
        await editor.FollowAsync("a.button >> text=Record a new version");
        await editor.WriteAsync("#from", "March 4, 2031");
        await editor.ChooseAsync("#retention-0-bound", "at least (a minimum)");
        await editor.WriteAsync("#retention-0-number", "8");
        await editor.ChooseAsync("#retention-0-unit", "weeks");
        await editor.WriteAsync("#source-title", $"{citation}, as amended");
        await GiveReasonAsync(editor, "The text was amended.");
        var changes = editor["section[aria-labelledby=what]"];
        await Expect(changes).ToContainTextAsync("from March 4, 2031: at least 56 days");
        await Expect(changes).Not.ToContainTextAsync("changed the");
        await SubmitAsync(editor);

        var approver = await RequestAsync(hands, editor.Path);
        await Expect(approver["section[aria-labelledby=what]"]).ToContainTextAsync("from March 4, 2031: at least 56 days");
        await Expect(approver["main"]).ToContainTextAsync("in effect since March 4, 2031. "); // The marks add no space.
        await Expect(approver["p.correction"]).ToHaveCountAsync(0);
        await ApproveAsync(approver);

        await ReadsAsync(hands, citation, "from March 4, 2031: at least 56 days", "Reason: The text was amended.");
        using var reader = await city.ApiClientAsync("editor");
        var versions = (await StaffedRegistry.GetJsonAsync(reader, $"instruments/{instrument}")).GetProperty("versions");
        Assert.Equal(2, versions.GetArrayLength());
        Assert.NotEqual(versions[0].GetProperty("id").GetString(), versions[1].GetProperty("id").GetString());
        Assert.Equal("2031-03-04", versions[0].GetProperty("effective").GetProperty("to").GetString());
        Assert.DoesNotContain("56", versions[0].GetProperty("rules").ToString(), StringComparison.Ordinal);
        var (code, output, errors) = await Programs.CommandAsync(city.Host.Settings, "ledger", "verify");
        Assert.True(code == 0, output + errors);
    }

    [Theory]
    [InlineData(Hands.PointerWithoutScripts, "cb-120499", "CB 120499")]
    [InlineData(Hands.Keyboard, "cb-120501", "CB 120501")]
    public async Task A_correction_says_to_everyone_that_the_recorded_past_changes(Hands hands, string instrument, string citation)
    {
        var editor = await ChangeOfAsync(hands, instrument, citation);
        await editor.FollowAsync("a.button >> text=Correct version 1");
        await editor.ChooseAsync("#retention-0-bound", "at most (a limit)");
        await editor.WriteAsync("#retention-0-number", "41");
        await GiveReasonAsync(editor, "A figure was missed.", $"The text of {citation}");
        await Expect(editor["p.correction"]).ToContainTextAsync("This corrects version 1 for all of its time");
        await SubmitAsync(editor);

        var approver = await RequestAsync(hands, editor.Path);
        await Expect(approver["p.correction"]).ToContainTextAsync("what the registry says of the past changes too");
        await Expect(approver["section[aria-labelledby=what]"]).ToContainTextAsync("a retention limit of 41 days");
        await ApproveAsync(approver);

        await ReadsAsync(
            hands,
            citation,
            "This corrects version 1 for all of its time",
            "a retention limit of 41 days",
            "Proposed by a person with the role editor",
            "approved by a person with the role approver"
        );
        using var reader = await city.ApiClientAsync("editor");
        var versions = (await StaffedRegistry.GetJsonAsync(reader, $"instruments/{instrument}")).GetProperty("versions");
        Assert.Equal(1, versions.GetArrayLength());
    }

    [Theory]
    [InlineData(Hands.PointerWithoutScripts, "rcw-10.93.160", "RCW 10.93.160")]
    [InlineData(Hands.Keyboard, "ord-127044", "Ordinance 127044")]
    public async Task Two_amendments_at_once_are_both_kept_and_told_in_words(Hands hands, string instrument, string citation)
    {
        var first = await AmendedAsync(hands, instrument, citation, "January 1, 2033", "First amendment");
        var second = await AmendedAsync(hands, instrument, citation, "June 1, 2033", "Second amendment");
        await SubmitAsync(first);
        await SubmitAsync(second);
        await ApproveAsync(await RequestAsync(hands, first.Path));

        var approver = await RequestAsync(hands, second.Path);
        await Expect(approver["button[value=reject]"]).ToHaveCountAsync(1);
        await Expect(approver["button[value=approve]"]).ToHaveCountAsync(0);
        await second.GoHomeAsync();
        await second.FollowAsync($"a[href='{approver.Path}']");
        var moved = second["section[aria-labelledby=moved]"];
        await Expect(moved).ToContainTextAsync("After the update, this request would");
        await Expect(moved).ToContainTextAsync("Second amendment");
        Assert.DoesNotContain("{", await moved.TextContentAsync(), StringComparison.Ordinal);
        await second.FollowAsync("button >> text=Update this request");
        await SubmitAsync(second);
        await ApproveAsync(await RequestAsync(hands, approver.Path));

        await ReadsAsync(hands, citation, "from June 1, 2033: the same terms as before", "Second amendment");
        using var reader = await city.ApiClientAsync("editor");
        var versions = (await StaffedRegistry.GetJsonAsync(reader, $"instruments/{instrument}")).GetProperty("versions");
        Assert.Equal(
            ["First amendment", "Second amendment"],
            versions.EnumerateArray().Skip(1).Select(version => version.GetProperty("title").GetString())
        );
        Assert.Equal("2033-06-01", versions[1].GetProperty("effective").GetProperty("to").GetString());
    }

    private async Task<ClerkWalk> AmendedAsync(Hands hands, string instrument, string citation, string from, string title)
    {
        var editor = await FoundAsync(hands, citation);
        await editor.FollowAsync($"tr[data-instrument='{instrument}'] >> a[href='/staff/instruments/{instrument}']");
        await editor.FollowAsync("a.button >> text=Record a new version");
        await editor.WriteAsync("#from", from);
        await editor.WriteAsync("#title", title);
        await editor.WriteAsync("#source-title", "The text");
        await GiveReasonAsync(editor, "The text was amended.");
        await Expect(editor["section[aria-labelledby=what]"]).ToContainTextAsync($"from {from}: the same terms as before");
        return editor;
    }

    /// <summary>An editor before the page that asks what happened to a rule.</summary>
    private async Task<ClerkWalk> ChangeOfAsync(Hands hands, string instrument, string citation)
    {
        var editor = await FoundAsync(hands, citation);
        await editor.FollowAsync($"tr[data-instrument='{instrument}'] >> a[href^='/staff/change/']");
        await Expect(editor["main"]).ToContainTextAsync("What happened?");
        return editor;
    }

    /// <summary>An editor who searched the table for a text.</summary>
    private async Task<ClerkWalk> FoundAsync(Hands hands, string citation)
    {
        var editor = await SignInAsync("editor", hands);
        await editor.FollowAsync("nav >> a[href='/staff/table']");
        await editor.WriteAsync("input[name=q]", citation);
        await editor.FollowAsync("form.filters button");
        return editor;
    }

    /// <summary>Goes on from the terms to the reason, and from there to the draft.</summary>
    /// <param name="source">Where the new text was read; null when that was said with the terms.</param>
    private static async Task GiveReasonAsync(ClerkWalk editor, string reason, string? source = null)
    {
        await editor.FollowAsync("main form button");
        await editor.WriteAsync("#reason", reason);
        if (source is not null)
            await editor.WriteAsync("#source-title", source);
        await editor.FollowAsync("main form button");
    }

    private static async Task SubmitAsync(ClerkWalk editor)
    {
        await editor.FollowAsync("button[value=submit]");
        await Expect(editor["h1"]).ToContainTextAsync("submitted");
    }

    /// <summary>An approver before a request, found on the dashboard.</summary>
    private async Task<ClerkWalk> RequestAsync(Hands hands, string request)
    {
        var approver = await SignInAsync("approver", hands);
        await approver.FollowAsync($"a[href='{request}']");
        return approver;
    }

    private static async Task ApproveAsync(ClerkWalk approver)
    {
        await approver.FollowAsync("button[value=approve]");
        await Expect(approver["h1 .tag"]).ToHaveTextAsync(ApprovedTag());
    }

    /// <summary>Reads, as a visitor, what the ledger's newest entry about a text says in words.</summary>
    private async Task ReadsAsync(Hands hands, string citation, params string[] words)
    {
        var page = await city.VisitorPageAsync(hands == Hands.Keyboard);
        await page.GotoAsync("/");
        await Expect(page.Locator("footer a[href='/staff']")).ToHaveTextAsync("Sign in as staff");
        var visitor = new ClerkWalk(page, hands);
        await visitor.FollowAsync("nav >> a[href='/changes']");
        var entry = visitor["ol.history > li"].Filter(new() { HasText = citation }).First;
        foreach (var word in words)
            await Expect(entry).ToContainTextAsync(word);
        var number = int.Parse((await entry.GetAttributeAsync("data-entry"))!, CultureInfo.InvariantCulture);
        await Expect(entry.Locator($"a[href='/api/v1/log/entries/{number}']")).ToHaveCountAsync(1);
    }

    private async Task<ClerkWalk> SignInAsync(string who, Hands hands) => new(await city.SignInAsync(who, hands == Hands.Keyboard), hands);

    [GeneratedRegex("scheduled|in force|adopted|approved")]
    private static partial Regex ApprovedTag();
}
