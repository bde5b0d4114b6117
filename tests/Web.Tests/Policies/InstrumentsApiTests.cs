using System.Net;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Policies;

/// <summary>The registers of record on both axes of time, for programs.</summary>
[Collection(CorrectedCityGroup.Name)]
public sealed class InstrumentsApiTests(CorrectedCity corrected) : CorrectedCityTestBase(corrected)
{
    [Fact]
    public async Task A_correction_changes_the_same_day_only_as_known_after_it()
    {
        Assert.Equal(21, Days(await City.Json($"/api/v1/governance?asOf={Day}")));
        Assert.Equal(90, Days(await City.Json($"/api/v1/governance?asOf={Day}&knownAt={Corrected.Before}")));
        Assert.Equal(21, Days(await City.Json($"/api/v1/governance?asOf={Day}&knownAt={Corrected.At}")));
        Assert.Equal(
            90,
            Limit((await City.Json($"/api/v1/instruments/{Manual}?knownAt={Corrected.Before}"))["versions"]![0]!["rules"]![0]!)
        );
        Assert.Equal(21, Limit((await City.Json($"/api/v1/instruments/{Manual}?knownAt={Corrected.At}"))["versions"]![0]!["rules"]![0]!));
        Assert.Equal(
            [1, 2],
            new[] { Corrected.Before, Corrected.At }.Select(at =>
                (int)City.Json($"/api/v1/instruments/{Manual}?knownAt={at}").Result["revision"]!
            )
        );
        Assert.Contains(
            "at most 90 days",
            await Text($"/governance?asOf={Day}&knownAt={Corrected.Before}", $"tr[data-technology=alpr][data-instrument='{Manual}']")
        );
        Assert.Contains("at most 21 days", await Text($"/governance?asOf={Day}", $"tr[data-technology=alpr][data-instrument='{Manual}']"));
        Assert.Contains("at most 90 days", await Text($"/instruments/{Manual}?knownAt={Corrected.Before}", ".timeline"));
        Assert.DoesNotContain(
            "at most 21 days",
            await Text($"/technologies/alpr?knownAt={Corrected.Before}", $"[data-instrument='{Manual}'] .says")
        );

        static int Days(JsonNode table) => Limit(Row(table, "alpr", Manual));
        static int Limit(JsonNode rule) => (int)rule["retention"]![0]!["days"]!;
    }

    [Fact]
    public async Task An_answer_has_its_day_and_instant_and_a_future_instant_means_now()
    {
        var table = await City.Json("/api/v1/governance?asOf=2030-01-01&knownAt=2099-01-01T00:00:00Z");
        Assert.Equal(["asOf", "knownAt", "knownSince", "rows", "next"], table.AsObject().Select(member => member.Key));
        Assert.Equal(
            ("2030-01-01", LedgerEntry.FormatTime(City.Time.GetUtcNow()), "2020-01-01T00:00:00.000000Z"),
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
    public async Task The_registry_knows_nothing_before_it_was_opened_and_says_since_when()
    {
        const string LongAgo = "knownAt=2019-12-31T00:00:00Z";
        var table = await City.Json("/api/v1/governance?" + LongAgo);
        Assert.Empty(table["rows"]!.AsArray());
        Assert.Equal("2020-01-01T00:00:00.000000Z", (string?)table["knownSince"]);
        Assert.Empty((await City.Json("/api/v1/instruments?" + LongAgo))["items"]!.AsArray());
        foreach (var address in new[] { $"instruments/{Manual}", $"instruments/{Manual}/history", "technologies/alpr" })
            Assert.Contains(
                "2020-01-01T00:00:00.000000Z",
                (string?)(await City.Json($"/api/v1/{address}?{LongAgo}", HttpStatusCode.NotFound))["detail"]
            );
        Assert.Contains("The registry was opened on December 31, 2019, 4:00 PM", await Text("/governance?" + LongAgo, "main"));
        using var page = await City.Reader.GetAsync($"/instruments/{Manual}?{LongAgo}", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.Contains("It has no data about earlier times", await page.Content.ReadAsStringAsync(Cancellation));
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
    public async Task An_invalid_parameter_is_refused_with_what_was_expected(string address, string expected)
    {
        var problem = await City.Json("/api/v1/" + address, HttpStatusCode.BadRequest);
        Assert.Equal("/problems/bad-parameter", (string?)problem["type"]);
        Assert.Contains(expected, (string?)problem["detail"]);
    }

    [Theory]
    [InlineData("governance?asOf=2017-08-31", "rows", 7)]
    [InlineData("governance?asOf=2017-08-31&status=scheduled,adopted,in-force", "rows", 1)]
    [InlineData("instruments?asOf=2026-03-31", "items", 9)]
    [InlineData("technologies?asOf=2026-03-31", "items", 2)]
    public async Task The_pages_of_a_list_have_every_row_once_and_in_order(string address, string member, int limit)
    {
        var whole = (await City.Json($"/api/v1/{address}"))[member]!.AsArray().Select(row => row!.ToJsonString()).ToArray();
        var paged = new List<string>();
        string? next = $"/api/v1/{address}&limit={limit}";
        while (next is not null)
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
    public async Task A_filter_by_statuses_finds_the_upcoming_version_beside_the_current()
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
    public async Task A_client_that_has_the_answer_already_gets_304(string address)
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
    public async Task Another_day_or_another_knowledge_has_another_ETag()
    {
        var tags = new List<string>();
        foreach (
            var address in new[]
            {
                $"asOf={Day}",
                "asOf=2026-03-29",
                $"asOf={Day}&knownAt={Corrected.Before}",
                $"asOf={Day}&knownAt={Corrected.At}",
            }
        )
        {
            using var answer = await City.Reader.GetAsync("/api/v1/governance?" + address, Cancellation);
            tags.Add(answer.Headers.ETag!.Tag);
        }

        Assert.Equal(tags.Distinct(), tags);
    }

    [Fact]
    public async Task The_history_of_an_instrument_has_roles_data_and_sentences()
    {
        var items = (await City.Json($"/api/v1/instruments/{Manual}/history"))["items"]!.AsArray();
        Assert.Equal([1, 2], items.Select(item => (int)item!["revision"]!));
        Assert.Equal("""[{"act":"opened","role":"registry","department":null,"actor":"registry"}]""", items[0]!["by"]!.ToJsonString());
        var second = items[1]!;
        Assert.Equal(
            (Corrected.At, "The Driver Privacy Act is shorter than the chapter."),
            ((string)second["recordedAt"]!, (string)second["reason"]!)
        );
        Assert.Equal(
            """[{"act":"drafted","role":"editor","department":"police","actor":"program"},"""
                + """{"act":"approved","role":"approver","department":"police","actor":"person"}]""",
            second["by"]!.ToJsonString()
        );
        var difference = Assert.Single(second["differences"]!.AsArray())!;
        Assert.Equal("versions/1/rules/alpr/retention", string.Join('/', difference["path"]!.AsArray().Select(part => (string)part!)));
        Assert.Equal((90, 21), ((int)difference["before"]![0]!["days"]!, (int)difference["after"]![0]!["days"]!));
        Assert.EndsWith(
            "changed the retention limit from 90 days to 21 days (patrol reads), under Laws of 2026, ch. 239",
            (string)difference["sentence"]!
        );
        Assert.Single((await City.Json($"/api/v1/instruments/{Manual}/history?knownAt={Corrected.Before}"))["items"]!.AsArray());
    }

    private static JsonNode Row(JsonNode table, string technology, string instrument) =>
        table["rows"]!
            .AsArray()
            .Single(row => (string?)row!["technology"]!["id"] == technology && (string?)row["instrument"]!["id"] == instrument)!;
}
