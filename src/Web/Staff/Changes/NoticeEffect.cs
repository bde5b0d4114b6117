using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Grains.Places;

namespace SurveillanceRegistry.Web.Staff.Changes;

/// <summary>What a change would change on the notice of a place, title and sentences, in every language.</summary>
/// <param name="Kiosks">The ids of the kiosks that show the notice.</param>
public sealed record NoticeEffect(Place Place, ImmutableArray<string> Kiosks, ImmutableArray<LanguageEffect> Languages)
{
    internal static NoticeEffect From(NoticePreview preview) =>
        new(
            preview.Place,
            [.. preview.Kiosks.Where(kiosk => !kiosk.Removed).Select(kiosk => kiosk.Id)],
            [
                .. preview
                    .Then.Now.Languages.Keys.Union(preview.Now.Now.Languages.Keys)
                    .Order(StringComparer.Ordinal)
                    .Select(language => EffectIn(language, preview)),
            ]
        );

    private static LanguageEffect EffectIn(string language, NoticePreview preview)
    {
        var before = Sentences(preview.Now, language);
        var after = Sentences(preview.Then, language);
        var direction = preview.Then.Now.Languages.TryGetValue(language, out var text) ? text.Direction : "ltr";
        return new LanguageEffect(language, direction, SentenceChange.Between([.. before.Except(after)], [.. after.Except(before)]));
    }

    private static ImmutableArray<string> Sentences(NoticeContent content, string language) =>
        [
            .. ((NoticeBody[])[content.Now, content.Worst])
                .Where(body => body.Languages.ContainsKey(language))
                .Select(body => body.Languages[language])
                .SelectMany(text =>
                    text.Facts.SelectMany(fact => (string[])[fact.Line, fact.ExceedsLine, fact.RuleLine, fact.RetentionLine])
                        .Concat(FirstView(text.FirstView))
                        .Concat(text.FirstLayer.Concat(text.SecondLayer).Select(item => item.Text))
                )
                .Where(sentence => sentence.Length > 0)
                .Prepend(content.Name)
                .Distinct(),
        ];

    /// <summary>What stands in the largest letters: the headline, the rows and the items.</summary>
    private static IEnumerable<string> FirstView(FirstView view) =>
        [
            view.Headline,
            .. view.Rows.SelectMany(row => row.States).SelectMany(state => (string[])[state.Text, state.Detail, state.Exceeds]),
            .. view.Items.SelectMany(item => (string[])[item.Label, item.Text]),
        ];
}

/// <summary>The sentences of a notice that a change request changes in one language.</summary>
/// <param name="Language">The language as BCP 47 names it.</param>
/// <param name="Direction"><c>ltr</c> or <c>rtl</c>.</param>
public sealed record LanguageEffect(string Language, string Direction, ImmutableArray<SentenceChange> Changes);

/// <summary>Places whose notices change alike.</summary>
public sealed record EffectGroup(ImmutableArray<NoticeEffect> Places)
{
    public ImmutableArray<LanguageEffect> Languages => Places[0].Languages;

    /// <summary>Puts places together whose sentences change alike, in the order of the first of each.</summary>
    public static ImmutableArray<EffectGroup> From(IEnumerable<NoticeEffect> effects) =>
        [.. effects.GroupBy(effect => string.Join('\n', effect.Languages.SelectMany(Lines))).Select(group => new EffectGroup([.. group]))];

    private static IEnumerable<string> Lines(LanguageEffect effect) =>
        effect.Changes.Select(change => $"{effect.Language}\t{change.BeforeText}\t{change.AfterText}");
}
