using System.Collections.Frozen;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Html;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Web.Policies.Text;

/// <summary>Links between pages of the registry; each keeps the point in time of its page.</summary>
/// <param name="known">The governance as known at that point; an instrument that was not known is not linked.</param>
/// <param name="query">The query string of that point; empty for now.</param>
/// <param name="here">Id of the instrument whose page this is, or null: a page does not link to itself.</param>
internal sealed class RegistryLinks(GovernanceSnapshot known, string query, string? here = null)
{
    private readonly FrozenDictionary<string, string> _citations = known.Table.Instruments.ToFrozenDictionary(
        instrument => instrument.Id,
        instrument => instrument.Citation,
        StringComparer.Ordinal
    );

    public string Instrument(string id) => $"/instruments/{id}{query}";

    public string Technology(string id) => $"/technologies/{id}{query}";

    /// <summary>The citation of an instrument; its id when it is not known.</summary>
    public string CitationOf(string id) => _citations.GetValueOrDefault(id, id);

    /// <summary>Links to instruments, with commas between them.</summary>
    public IHtmlContent Listed(IEnumerable<string> ids)
    {
        var html = new HtmlContentBuilder();
        foreach (var (i, id) in ids.Index())
            html.AppendHtml($"{(i > 0 ? ", " : "")}<a href=\"{HtmlEncoder.Default.Encode(Instrument(id))}\">")
                .Append(CitationOf(id))
                .AppendHtml("</a>");
        return html;
    }

    /// <summary>The name of a department.</summary>
    public string Department(string id) => known.City.Department(id)?.Name ?? id;

    /// <summary>A text in which every citation of a registered instrument is a link to it.</summary>
    public IHtmlContent Cited(string text)
    {
        var html = new HtmlContentBuilder();
        var read = 0;
        foreach (var citation in Citation.FindIn(text, known.Chapters))
        {
            var at = text.IndexOf(citation.Original, read, StringComparison.Ordinal);
            if (at < 0 || citation.Link(_citations.ContainsKey) is not { } link || link.Split('#')[0] == $"/instruments/{here}")
                continue;
            html.Append(text[read..at]);
            var fragment = link.IndexOf('#', StringComparison.Ordinal);
            var address = fragment < 0 ? link + query : link[..fragment] + query + link[fragment..];
            html.AppendHtml($"<a href=\"{HtmlEncoder.Default.Encode(address)}\">").Append(citation.Original).AppendHtml("</a>");
            read = at + citation.Original.Length;
        }

        return html.Append(text[read..]);
    }
}
