using Microsoft.AspNetCore.Html;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Web.Languages;

namespace SurveillanceRegistry.Web.Places;

/// <summary>One of the two faces of a place's notice, on its page: what is or may be captured now, or the worst case.</summary>
/// <param name="Page">The page that shows it.</param>
/// <param name="IsWorst">Whether it is the worst case.</param>
public sealed record NoticeFace(PlaceModel Page, bool IsWorst)
{
    public PageLanguage Language => Page.Language;

    public NoticeBody Body => IsWorst ? Page.Place.Content.Worst : Page.Place.Content.Now;

    /// <summary>The texts in the language of the page.</summary>
    public NoticeText Text => Body.Languages[Language.Tag];

    /// <summary>
    /// What a printed page adds: when it was correct, and the worst that may be true since. Paper does not change when a device begins to
    /// record.
    /// </summary>
    public string Printed
    {
        get
        {
            var captures = Page.Text.List(Page.Place.Content.Worst.Facts.Select(fact => fact.Capture).Distinct());
            return Language.Wording.Sentences([
                IsWorst ? "" : Language["place.printed", ("time", Page.IssuedAt)],
                captures.Length == 0 ? "" : Language["place.printed.more", ("captures", captures)],
            ]);
        }
    }

    /// <summary>A text of the notice with its English words marked, so that a screen reader speaks them as English.</summary>
    public IHtmlContent Marked(string text)
    {
        var notes = Body.Facts.SelectMany(fact => fact.Retention).Select(stated => stated.Retention.Note).OfType<string>();
        return Language.Wording.SpeaksEnglish()
            ? PageLanguage.Text(text)
            : Mark(text, [.. notes.Where(note => Language.Wording.NoteIn(note) is null).Select(Wording.Quoted).Distinct()]);
    }

    internal static IHtmlContent Mark(string text, IReadOnlyCollection<string> english)
    {
        var html = new HtmlContentBuilder();
        while (english.Where(note => text.Contains(note, StringComparison.Ordinal)).MinBy(Start) is { } first)
        {
            html.Append(text[..Start(first)]).AppendHtml("<span lang=\"en\">").Append(first).AppendHtml("</span>");
            text = text[(Start(first) + first.Length)..];
        }

        return html.Append(text);

        int Start(string note) => text.IndexOf(note, StringComparison.Ordinal);
    }

    /// <summary>The text of an item of the first layer.</summary>
    public string Item(string item) => Text.FirstLayer.First(one => one.Item == item).Text;
}
