using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Notices.Texts;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Wordings;

/// <summary>The texts of one chapter in one language, and the form with which an editor proposes others.</summary>
public sealed class WordingChapterModel(IGrainFactory grains) : WordingPageModel(grains)
{
    public const string AddedKey = "add-key",
        AddedText = "add-text";

    public string Chapter { get; private set; } = "";

    /// <summary>The keys of the chapter: those that are required, those that have a text, and one for each technology.</summary>
    public ImmutableArray<string> Keys { get; private set; } = [];

    /// <summary>Whether other keys can be added: names of classes of data, and notes.</summary>
    public bool TakesMore => Chapter is "class" or "note";

    /// <summary>The placeholders that a text must have, as they stand in it; empty for none.</summary>
    public static string PlaceholdersOf(string key) => TextCheck.InBraces(WordingKeys.Required.GetValueOrDefault(key, []));

    /// <summary>Whether a text can be left empty, which removes it.</summary>
    public static bool IsOptional(string key) => !WordingKeys.Required.ContainsKey(key);

    /// <summary>The text in the city's first language; null on the page of that language, or when there is none.</summary>
    public string? Original(string key) =>
        Governance.Wordings[0] is var first && first.Language != Wording.Language && first.Texts.TryGetValue(key, out var text)
            ? text
            : null;

    /// <summary>The language of <see cref="Original"/>.</summary>
    public string OriginalLanguage => City.Languages[0];

    public async Task<IActionResult> OnGetAsync(string language, string chapter) =>
        await LoadAsync(language, chapter) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(string language, string chapter)
    {
        if (!MayAct)
            return Forbid();
        if (!await LoadAsync(language, chapter))
            return NotFound();
        return await DraftAsync(Read, [.. AgainstTexts()]);
    }

    private Wording Read(Wording opened)
    {
        var texts = opened.Texts;
        foreach (var key in Keys.Where(key => Request.Form.ContainsKey("text-" + key)))
        {
            var text = Sent("text-" + key, key);
            // What the wording lacks is shown in English: a form that was not touched changes nothing.
            if (!texts.ContainsKey(key) && text == PageTexts.English.GetValueOrDefault(key, ""))
                continue;
            if (text.Length > 0 || !IsOptional(key))
                texts = texts.SetItem(key, text);
            else
                texts = texts.Remove(key);
        }

        return TakesMore && Request.Form.Text(AddedKey) is { } added
            ? opened with
            {
                Texts = texts.SetItem($"{Chapter}.{added}", Sent(AddedText, "")),
            }
            : opened with
            {
                Texts = texts,
            };
    }

    private IEnumerable<FieldError> AgainstTexts()
    {
        if (!TakesMore || Request.Form.Text(AddedKey) is not { } added)
            yield break;
        if (!Domain.Identifier.IsValid(added))
            yield return new FieldError(AddedKey, "Enter a word of small letters, digits and hyphens.");
        else if (Wording.Texts.ContainsKey($"{Chapter}.{added}"))
            yield return new FieldError(AddedKey, $"“{added}” has a text already: change it above.");
        if (Request.Form.Text(AddedText) is null)
            yield return new FieldError(AddedText, "Enter the text.");
    }

    /// <summary>A submitted text in one line. Only what stands between other texts keeps its blanks.</summary>
    private string Sent(string field, string key)
    {
        var text = Request.Form[field].ToString().ReplaceLineEndings(" ");
        return TextCheck.IsSeparator(key) ? text : text.Trim();
    }

    private async Task<bool> LoadAsync(string language, string chapter)
    {
        if (!await FindAsync(language))
            return false;
        Chapter = chapter;
        var named = chapter is "technology" or "purpose" or "why" ? Governance.Table.Technologies.Select(one => $"{chapter}.{one.Id}") : [];
        Keys =
        [
            .. WordingKeys
                .Required.Keys.Concat(Wording.Texts.Keys)
                .Where(key => ChapterOf(key) == chapter)
                .Concat(named)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        Fields = Keys.ToImmutableDictionary(key => "text-" + key, key => Wording.SayOr(key, PageTexts.English.GetValueOrDefault(key, "")));
        return !Keys.IsEmpty;
    }
}
