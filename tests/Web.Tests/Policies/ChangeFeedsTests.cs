using System.ServiceModel.Syndication;
using System.Xml;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Grains;
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

    [Fact]
    public async Task A_feed_shows_a_reason_that_an_older_version_recorded_with_a_control()
    {
        await using var city = new SampleCity();
        await city.InitializeAsync();
        var register = city.Memory;
        var policies = city.Grains.Policies();
        var manual = city.Opening.Governance.Table.Instruments.First(text => text.Kind == InstrumentKind.Ordinance);
        var author = new Attribution("editor", "police", "st-author");
        var decider = new Attribution("approver", "police", "st-approver");
        var source = new Source("A script", "javascript:alert(1)", new DateOnly(2026, 11, 23), Confidence.Sourced);
        var draft = await register.DraftAsync(
            new Proposal(
                "Title read again\u000bsee\u0001 page 3\uD800",
                source,
                [new ProposedDocument(PolicyDocument.For(manual with { Authority = "the Council" }), 1)]
            ),
            author,
            city.Time.GetUtcNow(),
            Cancellation
        );
        var approved = draft with { State = ChangeState.Approved, Decider = decider, DecidedAt = city.Time.GetUtcNow() };
        await register.ActAsync(draft, approved, ChangeAct.Approved, author, null, city.Time.GetUtcNow(), Cancellation);
        // A later change has the city read what was recorded.
        var later = new Proposal(
            "The council's name.",
            source with
            {
                Url = null,
            },
            [new ProposedDocument(PolicyDocument.For(city.Opening.Governance.City with { Name = "Another City" }), 1)]
        );
        var second = (await policies.Draft(later, author)).Value!;
        second = (await policies.Act(second.Id, second.Version, ChangeAct.Submitted, author)).Value!;
        Assert.True((await policies.Act(second.Id, second.Version, ChangeAct.Approved, decider)).IsDone);

        using var atom = await city.Reader.GetAsync("/changes.atom", Cancellation);
        using var xml = XmlReader.Create(await atom.Content.ReadAsStreamAsync(Cancellation));
        Assert.Contains(
            SyndicationFeed.Load(xml).Items,
            item => ((TextSyndicationContent)item.Content).Text.Contains("Title read again\uFFFDsee", StringComparison.Ordinal)
        );
        await city.Json("/changes.json");
        var page = await city.Reader.GetStringAsync("/changes", Cancellation);
        Assert.Contains("A script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("javascript:", page, StringComparison.Ordinal);
    }
}
