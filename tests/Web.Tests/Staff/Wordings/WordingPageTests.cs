using System.Net;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Staff.Wordings;

/// <summary>The pages on which an editor proposes the sentences of signs and pages, which another person approves.</summary>
public sealed class WordingPageTests(StaffedCity staffed) : IClassFixture<StaffedCity>
{
    private const string Rules = "/staff/wording/es/rule",
        Scope = "/staff/wording/es/scope",
        Spanish = "/staff/wording/es",
        Notice = "Aquí consta un aviso de lo que la Ciudad registró.";

    [Fact]
    public async Task A_changed_sentence_is_a_draft_with_its_effect_and_answers_on_both_axes()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var sent = await FieldsAsync(editor, Scope);
        using var nothing = await editor.PostAsync(Scope, sent);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, nothing.StatusCode);

        using var answer = await editor.PostAsync(Scope, With(sent, "text-scope.line", Notice));
        var why = answer.Headers.Location!.ToString();
        var draft = await editor.DocumentAsync(why[..^"/why".Length]);
        Assert.Contains(draft.QuerySelectorAll("[lang=es] ins"), word => word.TextContent.Contains("consta", StringComparison.Ordinal));
        Assert.Contains("the notice text “scope.line” in Spanish", draft.Body!.TextContent);
        Assert.DoesNotContain("consta un aviso", await editor.HtmlAsync(Scope));

        await staffed.ApproveAsync(editor, why);
        Assert.Contains("consta un aviso", await editor.HtmlAsync(Scope));
        Assert.Equal(Notice, (string?)(await staffed.City.Json("/api/v1/wordings/es"))["texts"]!["scope.line"]);
        staffed.City.Time.Advance(TimeSpan.FromDays(2));
        using var later = await staffed.SignedInAsync(Role.Editor);
        using var next = await later.PostAsync(Scope, With(await FieldsAsync(later, Scope), "text-scope.line", "Otra frase."));
        await staffed.ApproveAsync(later, next.Headers.Location!.ToString());
        var then = await later.DocumentAsync(Spanish + "?q=scope.line&asOf=2026-11-24");
        Assert.Equal("2", then.QuerySelector("dl[data-revision]")!.GetAttribute("data-revision"));
        Assert.Contains("consta un aviso", then.QuerySelector("dl[data-revision]")!.TextContent);
        var known = await later.DocumentAsync(Spanish + "?q=scope.line&knownAt=2026-11-25T00:00");
        Assert.Contains("consta un aviso", known.QuerySelector("dl[data-revision]")!.TextContent);
        Assert.Equal(3, (await later.DocumentAsync(Spanish)).QuerySelectorAll("tr[data-version]").Length);
        Assert.Equal(Notice, (string?)(await staffed.City.Json("/api/v1/wordings/es?asOf=2026-11-24"))["texts"]!["scope.line"]);
        Assert.Equal(
            Notice,
            (string?)(await staffed.City.Json("/api/v1/wordings/es?knownAt=2026-11-25T00:00:00Z"))["texts"]!["scope.line"]
        );
        Assert.Equal(3, (await staffed.City.Json("/api/v1/wordings/es/history"))["items"]!.AsArray().Count);
        await staffed.City.Json("/api/v1/wordings/fr", HttpStatusCode.NotFound);
        await staffed.City.Json("/api/v1/wordings?knownAt=2026-11-23T22:00:00Z");
    }

    [Fact]
    public async Task The_effect_of_a_change_has_the_largest_words_of_a_notice()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        const string View = "/staff/wording/en/view";
        using var answer = await editor.PostAsync(View, With(await FieldsAsync(editor, View), "text-view.label.who", "Accountable"));
        var draft = await editor.DocumentAsync(answer.Headers.Location!.ToString()[..^"/why".Length]);
        Assert.Contains(
            draft.QuerySelectorAll("[lang=en] ins"),
            word => word.TextContent.Contains("Accountable", StringComparison.Ordinal)
        );
    }

    [Theory]
    [InlineData("text-rule.none", "Ninguna regla.")]
    [InlineData("text-rule.none", "{technology} {why}")]
    [InlineData("text-rule.none", "")]
    [InlineData("text-rule.line", "<b>{citation}</b> {title} {date}")]
    public async Task A_wrong_text_is_named_and_nothing_is_drafted(string field, string text)
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        using var answer = await editor.PostAsync(Rules, With(await FieldsAsync(editor, Rules), field, text));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var page = await Visitor.ParseAsync(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.NotNull(page.QuerySelector($"#faults a[href='#{field}']"));
        Assert.Equal("true", page.GetElementById(field)!.GetAttribute("aria-invalid"));
        Assert.Equal(text, page.GetElementById(field)!.TextContent);
    }

    [Fact]
    public async Task A_word_for_a_class_of_data_is_added_and_a_review_recorded_as_drafts()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        const string Classes = "/staff/wording/en/class";
        var sent = await FieldsAsync(editor, Classes);
        using var wrong = await editor.PostAsync(Classes, With(sent, "add-key", "Not a word"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        using var added = await editor.PostAsync(Classes, With(With(sent, "add-key", "lobby-video"), "add-text", "video of lobbies"));
        var draft = await editor.HtmlAsync(added.Headers.Location!.ToString()[..^"/why".Length]);
        Assert.Contains("class.lobby-video", draft);
        var (reviewed, _) = await editor.PostToAsync(Spanish, "Review", ("reviewed", "yes"));
        Assert.Contains(
            "a qualified person has reviewed the texts",
            await editor.HtmlAsync(reviewed.Headers.Location!.ToString()[..^"/why".Length])
        );
    }

    [Fact]
    public async Task Separators_keep_their_blanks_and_staff_who_are_no_editors_change_none()
    {
        using var editor = await staffed.SignedInAsync(Role.Editor);
        var sent = await FieldsAsync(editor, "/staff/wording/en/list");
        Assert.Contains(("text-list.separator", ", "), sent);
        using var nothing = await editor.PostAsync("/staff/wording/en/list", sent);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, nothing.StatusCode);
        using var clerk = await staffed.SignedInAsync(Role.DeviceClerk);
        Assert.Contains("Spanish", await clerk.HtmlAsync("/staff/wording"));
        foreach (var address in (string[])[Rules, Spanish])
            Assert.DoesNotContain(">Continue<", await clerk.HtmlAsync(address));
        foreach (var address in (string[])["/staff/wording/fr", "/staff/wording/es/never"])
            Assert.Equal(HttpStatusCode.NotFound, (await clerk.GetAsync(address)).StatusCode);
    }

    /// <summary>The fields of the form as a browser would send them.</summary>
    private static async Task<(string, string)[]> FieldsAsync(Visitor visitor, string address) =>
        [
            .. (await visitor.DocumentAsync(address))
                .QuerySelectorAll("main form[method=post] :is(input, textarea)[name]")
                .Where(one => one.GetAttribute("name") != "__RequestVerificationToken")
                .Select(one => (one.GetAttribute("name")!, one.GetAttribute("value") ?? one.TextContent)),
        ];

    private static (string, string)[] With((string Name, string Value)[] fields, string name, string value) =>
        [.. fields.Where(field => field.Name != name), (name, value)];
}
