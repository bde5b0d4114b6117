using System.Globalization;
using Microsoft.AspNetCore.Html;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Languages;

/// <summary>
/// The language of a page: its texts as policy staff wrote them under <c>policies/notices</c>, with links and local times put in.
/// </summary>
/// <param name="wording">The texts of the language.</param>
/// <param name="city">The city, for its local time and its list of languages.</param>
public sealed class PageLanguage(Wording wording, City city)
{
    /// <summary>The language that pages without a translation are written in.</summary>
    private const string English = "en";

    public string Tag => wording.Language;

    public string Direction => wording.Direction;

    public bool IsReviewed => wording.Reviewed;

    public Wording Wording => wording;

    /// <summary>What addresses of pages in this language end with; empty for the first language of the city.</summary>
    public string Query => Tag == city.Languages[0] ? "" : $"?lang={Tag}";

    /// <summary>The languages that a reader can choose from, each with its own name.</summary>
    public IEnumerable<(string Tag, string Name)> Choices => city.Languages.Select(tag => (tag, NameOf(tag)));

    /// <summary>The texts of a language of the city.</summary>
    public static PageLanguage For(GovernanceSnapshot governance, string language)
    {
        ArgumentNullException.ThrowIfNull(governance);
        return new PageLanguage(
            governance.Wordings.FirstOrDefault(wording => wording.Language == language) ?? Wording.English,
            governance.City
        );
    }

    /// <summary>The English texts: the city's own, or the registry's where the city has none.</summary>
    public static PageLanguage InEnglish(GovernanceSnapshot governance) => For(governance, English);

    /// <summary>A language's own name, with a capital letter.</summary>
    public static string NameOf(string language)
    {
        var culture = CultureInfo.GetCultureInfo(language);
        return culture.TextInfo.ToUpper(culture.NativeName[0]) + culture.NativeName[1..];
    }

    /// <summary>A text with its places filled.</summary>
    public string this[string key, params ReadOnlySpan<(string Place, string Value)> values] => wording.Say(key, values);

    /// <summary>A text with its places filled and a capital first letter.</summary>
    public string Sentence(string key, params ReadOnlySpan<(string Place, string Value)> values) => wording.Sentence(key, values);

    /// <summary>A text with markup, such as links, in its places.</summary>
    public IHtmlContent Html(string key, params ReadOnlySpan<(string Place, IHtmlContent Value)> values)
    {
        var html = new HtmlContentBuilder();
        var text = wording.TextOf(key);
        var read = 0;
        foreach (var place in Wording.PlacesIn(text))
        {
            var at = text.IndexOf("{" + place + "}", read, StringComparison.Ordinal);
            html.Append(text[read..at]);
            foreach (var (name, value) in values)
                if (name == place)
                    html.AppendHtml(value);
            read = at + place.Length + 2;
        }

        return html.Append(text[read..]);
    }

    /// <summary>A link whose text is a text of the language.</summary>
    public IHtmlContent Link(string address, string key) => LinkTo(address, wording.TextOf(key));

    /// <summary>A link with a text of any origin.</summary>
    public static IHtmlContent LinkTo(string address, string text) =>
        new HtmlContentBuilder().AppendHtml("<a href=\"").Append(address).AppendHtml("\">").Append(text).AppendHtml("</a>");

    /// <summary>Plain text for a place of <see cref="Html"/>.</summary>
    public static IHtmlContent Text(string text) => new HtmlContentBuilder().Append(text);

    /// <summary>An instant in the city's local time; "never" for null.</summary>
    public string Time(DateTimeOffset? at) =>
        at is { } instant ? wording.Time(city.LocalTime(instant)) + CityTime.OffsetIfAmbiguous(city, instant) : wording.Say("time.never");

    /// <summary>The city's offset from UTC at an instant.</summary>
    public string Offset(DateTimeOffset at) => CityTime.Offset(city, at);

    /// <summary>An instant in the city's local time, to the second.</summary>
    public string ExactTime(DateTimeOffset at) => wording.ExactTime(city.LocalTime(at)) + CityTime.OffsetIfAmbiguous(city, at);
}
