using System.ServiceModel.Syndication;
using System.Xml;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Policies;

/// <summary>The list of recorded and effective changes, as a page and as feeds.</summary>
[Collection(CorrectedCityGroup.Name)]
public sealed class ChangeFeedsTests(CorrectedCity corrected) : CorrectedCityTestBase(corrected)
{
    [Fact]
    public async Task The_changes_page_lists_recorded_and_effective_changes_newest_first()
    {
        var page = await Read("/changes");
        var acts = page.QuerySelectorAll(".history > li").ToArray();
        Assert.Equal(["took-effect", "recorded", "recorded", "recorded"], acts.Select(act => act.GetAttribute("data-kind")));
        Assert.Equal(
            acts.Select(act => long.Parse(act.GetAttribute("data-entry")!, null)).OrderDescending(),
            acts.Select(act => long.Parse(act.GetAttribute("data-entry")!, null))
        );
        Assert.Contains("A new version of SPD Manual 16.091 (version 2) took effect for", acts[0].TextContent);
        Assert.Contains("changed the retention limit from 90 days to 21 days (patrol reads)", acts[2].QuerySelector("h3")!.TextContent);
        Assert.Contains("The registry was opened with", acts[3].TextContent);
        Assert.Contains("There are no earlier changes", (await Read("/changes?before=0")).Body!.TextContent);
        Assert.Single((await Read($"/changes?before={acts[2].GetAttribute("data-entry")}")).QuerySelectorAll(".history > li"));
    }

    [Fact]
    public async Task The_Atom_feed_has_changes_with_permanent_ids()
    {
        var first = await Atom();
        Assert.Equal(4, first.Items.Count());
        Assert.All(first.Items, item => Assert.Matches(@"^tag:127\.0\.0\.1,2020-01-01:ledger/\d+$", item.Id));
        Assert.Equal(first.Items.Select(item => item.Id), (await Atom()).Items.Select(item => item.Id));
        Assert.Equal(first.Items.Max(item => item.LastUpdatedTime), first.LastUpdatedTime);
        var correction = first.Items.Single(item => item.Title.Text.Contains("patrol reads", StringComparison.Ordinal));
        Assert.Contains(
            "changed the retention limit from 90 days to 21 days (patrol reads), under Laws of 2026, ch. 239.",
            ((TextSyndicationContent)correction.Content).Text
        );
        var link = correction.Links.Single(link => link.RelationshipType == "alternate").Uri;
        Assert.Contains("patrol reads", (await Read(link.PathAndQuery)).QuerySelector(link.Fragment)!.TextContent);
        Assert.Equal(
            ["/changes.atom", "/changes.json"],
            (await Read("/")).QuerySelectorAll("link[rel=alternate]").Select(alternate => alternate.GetAttribute("href"))
        );

        async Task<SyndicationFeed> Atom()
        {
            using var answer = await City.Reader.GetAsync("/changes.atom", Cancellation);
            Assert.Equal("application/atom+xml", answer.Content.Headers.ContentType!.MediaType);
            Assert.NotNull(answer.Content.Headers.LastModified);
            using var xml = XmlReader.Create(await answer.Content.ReadAsStreamAsync(Cancellation));
            return SyndicationFeed.Load(xml);
        }
    }

    [Fact]
    public async Task The_JSON_feed_has_the_same_items_as_the_Atom_feed()
    {
        var feed = await City.Json("/changes.json");
        Assert.Equal("https://jsonfeed.org/version/1.1", (string?)feed["version"]);
        Assert.Equal(City.Url + "/changes.json", (string?)feed["feed_url"]);
        Assert.Equal(4, feed["items"]!.AsArray().Count);
        Assert.All(
            feed["items"]!.AsArray(),
            item =>
                Assert.True(
                    item!["id"] is not null
                        && item["url"] is not null
                        && item["content_text"] is not null
                        && item["date_published"] is not null
                )
        );
        Assert.Equal(
            ("took-effect", "2026-11-24", "in-force"),
            (
                (string?)feed["items"]![0]!["tags"]![0],
                (string?)feed["items"]![0]!["_registry"]!["day"],
                (string?)feed["items"]![0]!["_registry"]!["switch"]!["now"]
            )
        );
    }
}
