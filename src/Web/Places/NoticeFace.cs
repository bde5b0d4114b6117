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

    /// <summary>The text of an item of the first layer.</summary>
    public string Item(string item) => Text.FirstLayer.First(one => one.Item == item).Text;
}
