using System.Collections.Immutable;
using System.Globalization;
using System.ServiceModel.Syndication;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Xml;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Policies;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Changes;

/// <summary>
/// Changes for feed readers: Atom (RFC 4287, paged as in RFC 5005) and JSON Feed 1.1. The id of an item contains its ledger entry. A feed
/// does not depend on the time of the request, so that a reader that has seen it gets a 304.
/// </summary>
internal static class ChangeFeeds
{
    private const string AtomType = "application/atom+xml",
        JsonType = "application/feed+json",
        Home = "/changes",
        Atom = "/changes.atom",
        Json = "/changes.json";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                Atom,
                (HttpContext http, IGrainFactory grains, PublicAddress address) => Answer(http, grains, address, AtomType, WriteAtom)
            )
            .OpenToOtherSites();
        routes
            .MapGet(
                Json,
                (HttpContext http, IGrainFactory grains, PublicAddress address) => Answer(http, grains, address, JsonType, WriteJson)
            )
            .OpenToOtherSites();
    }

    private static async Task<IResult> Answer(
        HttpContext http,
        IGrainFactory grains,
        PublicAddress address,
        string type,
        Func<Feed, byte[]> write
    )
    {
        var before = long.MaxValue;
        if (
            http.Request.Query["before"].ToString() is { Length: > 0 } text
            && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out before)
        )
            return Problem.BadParameter($"before is '{text}': expected the number of a ledger entry.");
        var history = await grains.GetGrain<IPoliciesGrain>(IPoliciesGrain.City).History();
        var acts = await PublicActText.BeforeAsync(before, PublicActText.MaxActs + 1, grains);
        var feed = new Feed(
            address.Url,
            history.Current.City,
            history.Beginning,
            before,
            [.. acts.Take(PublicActText.MaxActs)],
            acts.Length > PublicActText.MaxActs ? acts[PublicActText.MaxActs - 1].Act.Entry : null
        );
        var bytes = write(feed);
        http.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(
            bytes,
            type + "; charset=utf-8",
            entityTag: new EntityTagHeaderValue(EntityTags.FromBytes(bytes)),
            lastModified: feed.Updated
        );
    }

    private static byte[] WriteAtom(Feed feed)
    {
        var atom = new SyndicationFeed(feed.Title, Feed.Description, null, feed.IdOf("changes"), feed.Updated) { Language = "en" };
        atom.Authors.Add(new SyndicationPerson { Name = feed.City.Name });
        atom.Links.Add(Link(feed.Url + Home, "alternate", "text/html"));
        atom.Links.Add(Link(feed.Page(Atom), "self", AtomType));
        if (feed.Next(Atom) is { } next)
            atom.Links.Add(Link(next, "next", AtomType));
        atom.Items = feed
            .Acts.Select(act =>
            {
                var item = new SyndicationItem
                {
                    Id = feed.IdOf(act),
                    Title = new TextSyndicationContent(XmlText(act.Title)),
                    LastUpdatedTime = act.Act.At,
                    PublishDate = act.Act.At,
                    Content = new TextSyndicationContent(XmlText(string.Join("\n", act.Lines))),
                };
                item.Links.Add(Link(feed.PageOf(act), "alternate", "text/html"));
                item.Categories.Add(new SyndicationCategory(Feed.KindOf(act)));
                return item;
            })
            .ToArray();
        using var bytes = new MemoryStream();
        using (
            var xml = XmlWriter.Create(
                bytes,
                new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = true }
            )
        )
            new Atom10FeedFormatter(atom).WriteTo(xml);
        return bytes.ToArray();
    }

    /// <summary>
    /// A text without what XML 1.0 cannot hold. Older versions recorded reasons with control characters; one of them must not end the
    /// feed for ever.
    /// </summary>
    private static string XmlText(string text)
    {
        if (text.All(XmlConvert.IsXmlChar))
            return text;
        var shown = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // Half a character becomes the replacement character.
            shown.Append(rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value) ? Rune.ReplacementChar.ToString() : rune.ToString());
        return shown.ToString();
    }

    private static SyndicationLink Link(string address, string relation, string type) => new(new Uri(address), relation, null, type, 0);

    private static byte[] WriteJson(Feed feed) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new JsonFeed(
                "https://jsonfeed.org/version/1.1",
                feed.Title,
                feed.Url + Home,
                feed.Page(Json),
                Feed.Description,
                feed.Next(Json),
                "en",
                [new JsonAuthor(feed.City.Name)],
                [
                    .. feed.Acts.Select(act => new JsonItem(
                        feed.IdOf(act),
                        feed.PageOf(act),
                        act.Title,
                        string.Join("\n", act.Lines),
                        LedgerEntry.FormatTime(act.Act.At),
                        [Feed.KindOf(act)],
                        new JsonFacts(
                            act.Act.Entry,
                            act.Act.Change?.Number,
                            act.Act.Switch?.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                            act.Act.Switch?.Switch,
                            [
                                .. act.Documents.Select(document => new JsonDocumentFacts(
                                    document.Words.Revision.Document.Kind,
                                    document.Words.Revision.Document.Id,
                                    document.Words.Revision.Number,
                                    document.Words.Revision.Entry
                                )),
                            ]
                        )
                    )),
                ]
            ),
            Domain.Json.Options
        );

    /// <summary>The content of both formats.</summary>
    private sealed record Feed(
        string Url,
        City City,
        DateTimeOffset Beginning,
        long Before,
        ImmutableArray<PublicActText> Acts,
        long? Older
    )
    {
        public const string Description =
            "Changes recorded in the registry of surveillance rules, and rules that took effect. Each item is an entry of the ledger.";

        public string Title =>
            $"{City.Name}: changes to the surveillance rules{(City.IsSample ? " (sample data, not a notice of any city)" : "")}";

        public DateTimeOffset Updated => Acts.IsEmpty ? Beginning : Acts[0].Act.At;

        /// <summary>
        /// A tag URI (RFC 4151) with this registry's host and the day on which it was opened: these name the ledger permanently.
        /// </summary>
        public string IdOf(string what) =>
            string.Create(CultureInfo.InvariantCulture, $"tag:{new Uri(Url).Host},{Beginning.UtcDateTime:yyyy-MM-dd}:{what}");

        public string IdOf(PublicActText act) => IdOf(string.Create(CultureInfo.InvariantCulture, $"ledger/{act.Act.Entry}"));

        public string Page(string form) =>
            Before == long.MaxValue ? Url + form : string.Create(CultureInfo.InvariantCulture, $"{Url}{form}?before={Before}");

        public string? Next(string form) =>
            Older is { } older ? string.Create(CultureInfo.InvariantCulture, $"{Url}{form}?before={older}") : null;

        /// <summary>The page that begins with the act: its address does not change when newer acts follow.</summary>
        public string PageOf(PublicActText act) =>
            string.Create(CultureInfo.InvariantCulture, $"{Url}{Home}?before={act.Act.Entry + 1}#e{act.Act.Entry}");

        public static string KindOf(PublicActText act) => act.IsSwitch ? "took-effect" : "recorded";
    }

    private sealed record JsonFeed(
        string Version,
        string Title,
        [property: JsonPropertyName("home_page_url")] string HomePage,
        [property: JsonPropertyName("feed_url")] string Address,
        string Description,
        [property: JsonPropertyName("next_url"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next,
        string Language,
        ImmutableArray<JsonAuthor> Authors,
        ImmutableArray<JsonItem> Items
    );

    private sealed record JsonAuthor(string Name);

    private sealed record JsonItem(
        string Id,
        string Url,
        string Title,
        [property: JsonPropertyName("content_text")] string Content,
        [property: JsonPropertyName("date_published")] string PublishedAt,
        ImmutableArray<string> Tags,
        [property: JsonPropertyName("_registry")] JsonFacts Registry
    );

    /// <summary>The same facts for programs. JSON Feed 1.1: names of extensions begin with an underscore.</summary>
    private sealed record JsonFacts(
        long Entry,
        long? Change,
        string? Day,
        EffectiveTransition? Switch,
        ImmutableArray<JsonDocumentFacts> Documents
    );

    private sealed record JsonDocumentFacts(DocumentKind Document, string Id, int Revision, long Entry);
}
