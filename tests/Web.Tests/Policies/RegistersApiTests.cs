using System.Net;
using System.ServiceModel.Syndication;
using System.Text.Json.Nodes;
using System.Xml;
using AngleSharp;
using AngleSharp.Dom;
using Microsoft.Playwright;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Grains.Policies;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Policies;

/// <summary>
/// The registers of record on both axes of time. In this city, the afternoon of November 23, 2026, somebody corrected how long patrol reads
/// may stay, and gave a chapter a new text that takes effect the next day; then the day began.
/// </summary>
public sealed class RegistersApiTests(CorrectedCity corrected, Chromium chromium) : IClassFixture<CorrectedCity>
{
    private const string Manual = "spd-manual-16.170",
        Day = "2026-03-31";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private SampleCity City => corrected.City;

    [Fact]
    public async Task A_correction_changes_the_answer_for_the_same_day_only_for_who_asks_what_was_known_after_it()
    {
        Assert.Equal(21, Days(await City.Json($"/api/v1/governance?asOf={Day}")));
        Assert.Equal(90, Days(await City.Json($"/api/v1/governance?asOf={Day}&knownAt={corrected.Before}")));
        Assert.Equal(21, Days(await City.Json($"/api/v1/governance?asOf={Day}&knownAt={corrected.At}")));
        Assert.Equal(
            90,
            Limit((await City.Json($"/api/v1/instruments/{Manual}?knownAt={corrected.Before}"))["versions"]![0]!["rules"]![0]!)
        );
        Assert.Equal(21, Limit((await City.Json($"/api/v1/instruments/{Manual}?knownAt={corrected.At}"))["versions"]![0]!["rules"]![0]!));
        Assert.Equal(
            [1, 2],
            new[] { corrected.Before, corrected.At }.Select(at =>
                (int)City.Json($"/api/v1/instruments/{Manual}?knownAt={at}").Result["revision"]!
            )
        );
        Assert.Contains(
            "at most 90 days",
            await Text($"/governance?asOf={Day}&knownAt={corrected.Before}", $"tr[data-technology=alpr][data-instrument='{Manual}']")
        );
        Assert.Contains("at most 21 days", await Text($"/governance?asOf={Day}", $"tr[data-technology=alpr][data-instrument='{Manual}']"));
        Assert.Contains("at most 90 days", await Text($"/instruments/{Manual}?knownAt={corrected.Before}", ".timeline"));
        Assert.DoesNotContain(
            "at most 21 days",
            await Text($"/technologies/alpr?knownAt={corrected.Before}", $"[data-instrument='{Manual}'] .says")
        );

        static int Days(JsonNode table) => Limit(Row(table, "alpr", Manual));
        static int Limit(JsonNode rule) => (int)rule["retention"]![0]!["days"]!;
    }

    [Fact]
    public async Task Says_at_which_day_and_instant_it_looks_and_what_was_asked_of_the_future_is_answered_now()
    {
        var table = await City.Json("/api/v1/governance?asOf=2030-01-01&knownAt=2099-01-01T00:00:00Z");
        Assert.Equal(["asOf", "knownAt", "knownSince", "rows", "next"], table.AsObject().Select(member => member.Key));
        Assert.Equal(
            ("2030-01-01", LedgerEntry.Time(City.Time.GetUtcNow()), "2020-01-01T00:00:00.000000Z"),
            ((string?)table["asOf"], (string?)table["knownAt"], (string?)table["knownSince"])
        );
        Assert.Equal(
            "2026-11-23T22:00:00.500000Z",
            (string?)(await City.Json("/api/v1/governance?knownAt=2026-11-23T14:00:00.5-08:00"))["knownAt"]
        );
        Assert.Equal(
            "2026-11-23T22:00:00.000000Z",
            (string?)(await City.Json("/api/v1/governance?knownAt=2026-11-24T00:00:00+02:00"))["knownAt"]
        );
    }

    [Fact]
    public async Task Knows_nothing_before_it_was_opened_and_says_since_when_it_does()
    {
        const string Long_ago = "knownAt=2019-12-31T00:00:00Z";
        var table = await City.Json("/api/v1/governance?" + Long_ago);
        Assert.Empty(table["rows"]!.AsArray());
        Assert.Equal("2020-01-01T00:00:00.000000Z", (string?)table["knownSince"]);
        Assert.Empty((await City.Json("/api/v1/instruments?" + Long_ago))["items"]!.AsArray());
        foreach (var address in new[] { $"instruments/{Manual}", $"instruments/{Manual}/history", "technologies/alpr" })
            Assert.Contains(
                "2020-01-01T00:00:00.000000Z",
                (string?)(await City.Json($"/api/v1/{address}?{Long_ago}", HttpStatusCode.NotFound))["detail"]
            );
        Assert.Contains("The registry was opened on December 31, 2019, 4:00 PM", await Text("/governance?" + Long_ago, "main"));
        using var page = await City.Reader.GetAsync($"/instruments/{Manual}?{Long_ago}", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.Contains("It knows nothing that was recorded before", await page.Content.ReadAsStringAsync(Cancellation));
    }

    [Theory]
    [InlineData("governance?knownAt=2026-03-31", "knownAt")]
    [InlineData("governance?knownAt=2026-03-31T12:00:00", "RFC 3339")]
    [InlineData("governance?knownAt=2026-02-30T12:00:00Z", "knownAt")]
    [InlineData("instruments?asOf=31.3.2026", "asOf")]
    [InlineData("technologies/alpr?knownAt=now", "knownAt")]
    [InlineData("instruments/smc-14.18/history?after=x", "after")]
    [InlineData("governance?status=in-force,sleeping", "sleeping")]
    [InlineData("governance?limit=0", "limit")]
    [InlineData("governance?limit=1001", "1000")]
    [InlineData("governance?after=nowhere", "after")]
    [InlineData("instruments?after=nowhere", "after")]
    public async Task Refuses_what_it_cannot_read_and_says_what_it_expected(string address, string said)
    {
        var problem = await City.Json("/api/v1/" + address, HttpStatusCode.BadRequest);
        Assert.Equal("/problems/bad-parameter", (string?)problem["type"]);
        Assert.Contains(said, (string?)problem["detail"]);
    }

    [Theory]
    [InlineData("governance?asOf=2017-08-31", "rows", 7)]
    [InlineData("governance?asOf=2017-08-31&status=scheduled,adopted,in-force", "rows", 1)]
    [InlineData("instruments?asOf=2026-03-31", "items", 9)]
    [InlineData("technologies?asOf=2026-03-31", "items", 2)]
    public async Task Pages_hold_every_row_once_and_in_order(string address, string member, int limit)
    {
        var whole = (await City.Json($"/api/v1/{address}"))[member]!.AsArray().Select(row => row!.ToJsonString()).ToArray();
        var paged = new List<string>();
        for (string? next = $"/api/v1/{address}&limit={limit}"; next is not null; )
        {
            using var answer = await City.Reader.GetAsync(next, Cancellation);
            var page = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
            Assert.InRange(page[member]!.AsArray().Count, 1, limit);
            paged.AddRange(page[member]!.AsArray().Select(row => row!.ToJsonString()));
            var link = answer.Headers.TryGetValues("Link", out var links) ? links.Single() : null;
            Assert.Equal(page["next"] is null, link is null);
            next = link?.Split('>')[0][1..];
        }

        Assert.NotEmpty(whole);
        Assert.Equal(whole, paged);
    }

    [Fact]
    public async Task Filters_by_several_statuses_and_finds_a_text_that_is_to_follow_beside_the_one_that_holds()
    {
        var rows = (await City.Json("/api/v1/governance?asOf=2026-11-23&status=in-force,scheduled&limit=1000"))["rows"]!.AsArray();
        Assert.All(rows, row => Assert.Contains((string)row!["status"]!, (string[])["in-force", "scheduled"]));
        Assert.Equal(
            [("in-force", 1), ("scheduled", 2)],
            rows.Where(row => (string?)row!["instrument"]!["id"] == CorrectedCity.Amended)
                .Select(row => ((string)row!["status"]!, (int)row["version"]!))
        );
    }

    [Theory]
    [InlineData("governance?asOf=2026-03-31")]
    [InlineData("governance?asOf=2026-03-31&knownAt=2026-01-01T00:00:00Z")]
    [InlineData("instruments")]
    [InlineData("instruments/smc-14.18")]
    [InlineData("instruments/smc-14.18/history")]
    [InlineData("technologies")]
    [InlineData("technologies/alpr")]
    [InlineData("technologies/alpr/history")]
    [InlineData("../../changes.json")]
    [InlineData("../../changes.atom")]
    public async Task Answers_whoever_holds_it_already_with_304(string address)
    {
        using var first = await City.Reader.GetAsync("/api/v1/" + address, Cancellation);
        var tag = first.Headers.ETag!;
        using var again = await City.Reader.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, "/api/v1/" + address) { Headers = { IfNoneMatch = { tag } } },
            Cancellation
        );
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(tag, again.Headers.ETag);
    }

    [Fact]
    public async Task Gives_the_tag_of_another_day_and_of_another_knowledge_another_value()
    {
        var tags = new List<string>();
        foreach (
            var address in new[]
            {
                $"asOf={Day}",
                "asOf=2026-03-29",
                $"asOf={Day}&knownAt={corrected.Before}",
                $"asOf={Day}&knownAt={corrected.At}",
            }
        )
        {
            using var answer = await City.Reader.GetAsync("/api/v1/governance?" + address, Cancellation);
            tags.Add(answer.Headers.ETag!.Tag);
        }

        Assert.Equal(tags.Distinct(), tags);
    }

    [Fact]
    public async Task Tells_the_history_of_a_text_with_who_by_role_and_what_as_data_and_as_a_sentence()
    {
        var items = (await City.Json($"/api/v1/instruments/{Manual}/history"))["items"]!.AsArray();
        Assert.Equal([1, 2], items.Select(item => (int)item!["revision"]!));
        Assert.Equal("""[{"act":"opened","role":"registry","department":null}]""", items[0]!["by"]!.ToJsonString());
        var second = items[1]!;
        Assert.Equal(
            (corrected.At, "The Driver Privacy Act is shorter than the chapter."),
            ((string)second["recordedAt"]!, (string)second["reason"]!)
        );
        Assert.Equal(
            """[{"act":"drafted","role":"editor","department":"police"},{"act":"approved","role":"approver","department":"police"}]""",
            second["by"]!.ToJsonString()
        );
        var difference = Assert.Single(second["differences"]!.AsArray())!;
        Assert.Equal("versions/1/rules/alpr/retention", string.Join('/', difference["path"]!.AsArray().Select(part => (string)part!)));
        Assert.Equal((90, 21), ((int)difference["before"]![0]!["days"]!, (int)difference["after"]![0]!["days"]!));
        Assert.EndsWith(
            "changed the retention limit from 90 days to 21 days (patrol reads), under Laws of 2026, ch. 239",
            (string)difference["sentence"]!
        );
        Assert.Single((await City.Json($"/api/v1/instruments/{Manual}/history?knownAt={corrected.Before}"))["items"]!.AsArray());
    }

    [Fact]
    public async Task Shows_on_its_page_what_a_text_is_how_it_stands_every_version_and_what_was_recorded()
    {
        var page = await Read("/instruments/smc-14.18");
        Assert.Equal("SMC 14.18", page.QuerySelector("h1")!.TextContent);
        Assert.Equal(["1", "2", "3"], page.QuerySelectorAll(".timeline > li").Select(text => text.GetAttribute("data-version")));
        Assert.Contains("until September 1, 2017", page.QuerySelector(".timeline > li .when")!.TextContent);
        Assert.Contains("Passed", page.QuerySelector(".timeline > li dl")!.TextContent);
        Assert.Equal("in-force", page.QuerySelector(".timeline > li[data-version='3']")!.GetAttribute("data-standing"));
        Assert.Equal("none", page.QuerySelector(".timeline > li[data-version='2']")!.GetAttribute("data-standing"));
        Assert.Contains("read in its source", page.QuerySelector(".timeline .source")!.TextContent);
        Assert.Contains("/technologies/surveillance-equipment", Hrefs(page));
        Assert.StartsWith("/api/v1/log/entries/", page.QuerySelector(".history a")!.GetAttribute("href"));
        var sentences = (await Read($"/instruments/{Manual}")).QuerySelector(".history > li[data-revision='2']")!;
        Assert.Contains("Changed the retention limit from 90 days to 21 days (patrol reads)", sentences.TextContent);
        Assert.Contains("Laws of 2026, ch. 239", sentences.TextContent);
        Assert.Contains(
            "proposed by a person with the role editor in the department police, approved by a person with the role approver in the department police",
            sentences.TextContent
        );
    }

    [Fact]
    public async Task Shows_for_a_technology_every_text_over_time_and_marks_what_was_only_told()
    {
        var page = await Read($"/technologies/alpr?asOf=2026-03-31&knownAt={corrected.Before}");
        Assert.Contains("law-enforcement use only", page.QuerySelector(".lead")!.TextContent);
        Assert.Contains("Reported", page.QuerySelector(".timeline [data-instrument='mayoral-action-2026-03-19'] .tags")!.TextContent);
        Assert.Contains(
            "laws-2026-ch-239",
            page.QuerySelector($"tr[data-instrument='{Manual}'] + tr.remark .disagrees a")!.GetAttribute("href")
        );
        Assert.Contains($"/instruments/{Manual}?asOf=2026-03-31&knownAt={corrected.Before}", Hrefs(page));
        Assert.DoesNotContain(
            "Disagrees",
            (await Read("/technologies/alpr?asOf=2026-03-31")).QuerySelector($"tr[data-instrument='{Manual}'] + tr.remark")!.TextContent
        );
        Assert.Equal(
            "paused",
            page.QuerySelector(".timeline [data-instrument='mayoral-action-2026-03-19']")!.GetAttribute("data-standing")
        );
    }

    [Fact]
    public async Task Links_supersession_both_ways_and_citations_to_what_they_cite()
    {
        var superseded = City
            .Opening.Governance.Table.Instruments.SelectMany(
                instrument => instrument.Versions,
                (instrument, version) => (instrument.Id, version.SupersededBy)
            )
            .First(one => one.SupersededBy is not null);
        Assert.Contains(
            $"/instruments/{superseded.SupersededBy}",
            Hrefs((await Read($"/instruments/{superseded.Id}")).QuerySelector(".timeline .acts")!)
        );
        Assert.Contains(
            $"/instruments/{superseded.Id}",
            Hrefs((await Read($"/instruments/{superseded.SupersededBy}")).QuerySelector(".lead")!)
        );
        Assert.Contains(
            superseded.Id,
            (await City.Json($"/api/v1/instruments/{superseded.SupersededBy}"))["supersedes"]!.AsArray().Select(id => (string)id!)
        );
        Assert.Contains("/instruments/smc-14.12", Hrefs((await Read("/technologies/law-enforcement-information")).QuerySelector(".lead")!));
    }

    [Theory]
    [InlineData("/instruments/spd-manual-99.999", "never had one")]
    [InlineData("/technologies/periscope", "never had one")]
    [InlineData("/no/such/page", "There is no such page")]
    [InlineData("/places/nowhere", "There is no such page")]
    [InlineData("/missing/404", "There is no such page")]
    public async Task Says_in_plain_words_that_there_is_nothing(string address, string said)
    {
        using var answer = await City.Reader.GetAsync(address, Cancellation);
        Assert.Equal((HttpStatusCode.NotFound, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Contains(said, await answer.Content.ReadAsStringAsync(Cancellation));
        Assert.StartsWith("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task Lists_what_was_recorded_and_what_took_effect_the_newest_first()
    {
        var page = await Read("/changes");
        var acts = page.QuerySelectorAll(".history > li").ToArray();
        Assert.Equal(["took-effect", "recorded", "recorded", "recorded"], acts.Select(act => act.GetAttribute("data-kind")));
        Assert.Equal(
            acts.Select(act => long.Parse(act.GetAttribute("data-entry")!, null)).OrderDescending(),
            acts.Select(act => long.Parse(act.GetAttribute("data-entry")!, null))
        );
        Assert.Contains("A new text of SPD Manual 16.091 (version 2) took effect for", acts[0].TextContent);
        Assert.Contains("changed the retention limit from 90 days to 21 days (patrol reads)", acts[2].QuerySelector("h3")!.TextContent);
        Assert.Contains("The registry was opened with", acts[3].TextContent);
        Assert.Contains("Nothing earlier was recorded", (await Read("/changes?before=0")).Body!.TextContent);
        Assert.Single((await Read($"/changes?before={acts[2].GetAttribute("data-entry")}")).QuerySelectorAll(".history > li"));
    }

    [Fact]
    public async Task Feeds_what_changed_by_Atom_with_ids_that_stay()
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
    public async Task Feeds_the_same_as_JSON()
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

    [Theory]
    [InlineData("/changes")]
    [InlineData("/instruments/spd-manual-16.170")]
    [InlineData("/technologies/alpr")]
    [InlineData("/governance?knownAt=2026-11-23T22:00:00Z")]
    [InlineData("/instruments/nothing")]
    [InlineData("/nowhere")]
    public async Task Can_be_read_on_a_desk_on_a_telephone_and_on_paper(string address)
    {
        foreach (
            var (name, width, height, media) in new[]
            {
                ("1280", 1280, 900, Media.Screen),
                ("390", 390, 844, Media.Screen),
                ("print", 794, 1123, Media.Print),
            }
        )
        {
            await using var glass = await chromium.Glass(width, height);
            var page = await glass.NewPageAsync();
            await page.EmulateMediaAsync(new() { Media = media });
            var elsewhere = new List<string>();
            page.Request += (_, request) =>
            {
                if (!request.Url.StartsWith(City.Url, StringComparison.Ordinal))
                    elsewhere.Add(request.Url);
            };
            await page.GotoAsync(City.Url + address);
            await Chromium.Picture(page, $"register-{name}{address.Split('?')[0].Replace('/', '-')}");
            Assert.Empty(await page.EvaluateAsync<string[]>(LayoutChecks.Unreadable, 7.0));
            Assert.Empty(await page.EvaluateAsync<string[]>(LayoutChecks.CutOff, false));
            Assert.Empty(elsewhere);
            Assert.Empty(await glass.CookiesAsync());
        }
    }

    [Fact]
    public async Task Never_names_a_person()
    {
        foreach (
            var address in new[]
            {
                "/changes",
                "/changes.atom",
                "/changes.json",
                $"/instruments/{Manual}",
                "/technologies/alpr",
                $"/api/v1/instruments/{Manual}/history",
                "/api/v1/instruments",
                $"/api/v1/governance?asOf={Day}",
            }
        )
        {
            var text = await City.Reader.GetStringAsync(address, Cancellation);
            Assert.DoesNotContain(CorrectedCity.Author, text);
            Assert.DoesNotContain(CorrectedCity.Approver, text);
        }
    }

    private async Task<string> Text(string address, string selector) => (await Read(address)).QuerySelector(selector)!.TextContent;

    private async Task<IDocument> Read(string address)
    {
        using var answer = await City.Reader.GetAsync(address, Cancellation);
        var html = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True(answer.IsSuccessStatusCode, $"{address} answered {(int)answer.StatusCode}: {html}");
        return await BrowsingContext.New().OpenAsync(request => request.Content(html), Cancellation);
    }

    private static string[] Hrefs(IParentNode within) => [.. within.QuerySelectorAll("a[href]").Select(link => link.GetAttribute("href")!)];

    private static JsonNode Row(JsonNode table, string technology, string instrument) =>
        table["rows"]!
            .AsArray()
            .Single(row => (string?)row!["technology"]!["id"] == technology && (string?)row["instrument"]!["id"] == instrument)!;
}

/// <summary>A city of its own in which two people corrected the register, and a day began.</summary>
public sealed class CorrectedCity : IAsyncLifetime
{
    internal const string Author = "st-author-4711",
        Approver = "st-approver-0815",
        Amended = "spd-manual-16.091";

    internal SampleCity City { get; } = new();

    /// <summary>A moment before the correction.</summary>
    internal string Before { get; private set; } = "";

    /// <summary>The instant at which the correction was recorded.</summary>
    internal string At { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        await City.InitializeAsync();
        var policies = City.Grains.GetGrain<IPoliciesGrain>(IPoliciesGrain.City);
        await policies.RecordTransitions();
        Before = LedgerEntry.Time(City.Time.GetUtcNow());
        City.Time.Advance(TimeSpan.FromSeconds(10));
        At = LedgerEntry.Time(City.Time.GetUtcNow());
        await Change(
            "spd-manual-16.170",
            "Laws of 2026, ch. 239",
            "The Driver Privacy Act is shorter than the chapter.",
            manual =>
                manual with
                {
                    Versions = manual.Versions.Replace(
                        manual.Versions[^1],
                        manual.Versions[^1] with
                        {
                            Rules =
                            [
                                .. manual
                                    .Versions[^1]
                                    .Rules.Select(rule =>
                                        rule with
                                        {
                                            Retention = [.. rule.Retention.Select(one => one.Days == 90 ? one with { Days = 21 } : one)],
                                        }
                                    ),
                            ],
                        }
                    ),
                }
        );
        City.Time.Advance(TimeSpan.FromSeconds(10));
        await Change(
            Amended,
            "SPD Manual 16.091, draft of November 2026",
            "The chapter gets a new text.",
            manual =>
                manual with
                {
                    Versions =
                    [
                        manual.Versions[^1] with
                        {
                            Number = 1,
                            SupersededBy = null,
                            Effective = new EffectivePeriod(LawDate.Parse("2020"), To: LawDate.Parse("2026-11-24")),
                        },
                        manual.Versions[^1] with
                        {
                            Number = 2,
                            SupersededBy = null,
                            Title = "Body-Worn Video, revised",
                            Passed = LawDate.Parse("2026-11-01"),
                            Effective = new EffectivePeriod(LawDate.Parse("2026-11-24")),
                        },
                    ],
                }
        );
        // Midnight in the city is eight in the morning, UTC.
        City.Time.Advance(TimeSpan.FromHours(9.5));
        await policies.RecordTransitions();

        async Task Change(string id, string source, string reason, Func<Instrument, Instrument> change)
        {
            var now = (await policies.Governance()).Table.Instruments.First(instrument => instrument.Id == id);
            var proposal = new Proposal(
                reason,
                new Source(source, null, new DateOnly(2026, 11, 23), Confidence.Sourced),
                [new ProposedDocument(PolicyDocument.For(change(now)), 1)]
            );
            var author = new Attribution("editor", "police", Author);
            var request = Done(await policies.Draft(proposal, author));
            request = Done(await policies.Act(request.Id, request.Version, ChangeAct.Submitted, author));
            Done(await policies.Act(request.Id, request.Version, ChangeAct.Approved, new Attribution("approver", "police", Approver)));
        }

        static ChangeRequest Done(Domain.Outcome<ChangeRequest> outcome) =>
            outcome.Value
            ?? throw new InvalidOperationException(
                string.Join("; ", outcome.Refusals.Select(refusal => $"{refusal.Where}: {refusal.Sentence}"))
            );
    }

    public ValueTask DisposeAsync() => City.DisposeAsync();
}
