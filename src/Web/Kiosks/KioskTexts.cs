using System.Text.Json;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Web.Languages;

namespace SurveillanceRegistry.Web.Kiosks;

/// <summary>
/// The screen's own texts in every language of the city, for its script. Everything about what is recorded comes signed, in the notice.
/// English is always among them: the marks of sample data and of an unreviewed translation are shown in English too.
/// </summary>
internal static class KioskTexts
{
    private static readonly string[] Shared =
    [
        "scope.sample",
        "translation.unreviewed",
        "site.languages",
        "item.why",
        "item.who",
        "item.access",
        "item.rights",
        "item.rule",
        "item.retention",
        "item.area",
        "item.scope",
    ];

    private static readonly string[] Keys =
    [
        .. Shared,
        .. PageTexts.English.Keys.Where(key => key.StartsWith("screen.", StringComparison.Ordinal)),
    ];

    /// <summary>
    /// JSON with the texts by language, and each language's own name as <c>name</c>. It has no <c>&lt;</c>, so that it can be inside a
    /// script element.
    /// </summary>
    public static string ToJson(GovernanceSnapshot governance)
    {
        var languages = governance
            .City.Languages.Select(tag => PageLanguage.For(governance, tag))
            .Append(PageLanguage.InEnglish(governance));
        return JsonSerializer.Serialize(
            languages
                .DistinctBy(language => language.Tag)
                .ToDictionary(
                    language => language.Tag,
                    language =>
                        Keys.Select(key => KeyValuePair.Create(key, TextOf(language, key)))
                            .Append(new("name", PageLanguage.NameOf(language.Tag)))
                            .ToDictionary(StringComparer.Ordinal)
                )
        );
    }

    /// <summary>A text; empty for a sentence of notices that the built-in English texts lack.</summary>
    private static string TextOf(PageLanguage language, string key) =>
        language.Wording.SayOr(key, PageTexts.English.GetValueOrDefault(key, ""));
}
