using System.Net;
using System.Text.Json;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Api;

/// <summary>The contract's answers, over HTTP, from the sample city's files.</summary>
[Collection(PublicRegistryGroup.Name)]
public sealed class PublicApiTests(PublicRegistry open)
{
    private async Task<JsonElement> RowAsync(string day, string technology, string instrument, string filter = "")
    {
        var table = await open.Host.GetAsync($"/api/v1/governance?asOf={day}{filter}");
        Assert.Equal(day, table.GetProperty("asOf").GetString());
        return Assert.Single(
            table.GetProperty("rows").EnumerateArray(),
            row =>
                row.GetProperty("technology").GetProperty("id").GetString() == technology
                && row.GetProperty("instrument").GetProperty("id").GetString() == instrument
        );
    }

    private static string? Text(JsonElement row, params string[] path) =>
        path.Aggregate(row, (element, name) => element.GetProperty(name)).GetString();

    private static int[] Limits(JsonElement row) =>
        [
            .. row.GetProperty("retention")
                .EnumerateArray()
                .Where(one => Text(one, "bound") == "limit" && one.GetProperty("days").ValueKind == JsonValueKind.Number)
                .Select(one => one.GetProperty("days").GetInt32()),
        ];

    [Fact]
    public async Task The_law_cuts_plate_retention_on_its_day_and_the_manual_disagrees()
    {
        var before = await open.Host.GetAsync("/api/v1/governance?asOf=2026-03-29");
        Assert.DoesNotContain(
            before.GetProperty("rows").EnumerateArray(),
            row => Text(row, "status") == "in-force" && Limits(row).Contains(21)
        );
        var manualBefore = await RowAsync("2026-03-29", "alpr", "spd-manual-16.170");
        Assert.Equal([90], Limits(manualBefore));

        var law = await RowAsync("2026-03-31", "alpr", "laws-2026-ch-239");
        var manual = await RowAsync("2026-03-31", "alpr", "spd-manual-16.170");
        Assert.Equal(("in-force", "2026-03-30"), (Text(law, "status"), Text(law, "effective", "from")));
        Assert.Equal([21], Limits(law));
        Assert.Equal([90], Limits(manual));
        Assert.Contains("spd-manual-16.170", law.GetProperty("disagreesWith").EnumerateArray().Select(id => id.GetString()));
        Assert.Contains("laws-2026-ch-239", manual.GetProperty("disagreesWith").EnumerateArray().Select(id => id.GetString()));
    }

    [Fact]
    public async Task A_scheduled_text_is_found_by_its_status_too()
    {
        Assert.Equal(
            "2017-09-01",
            Text(await RowAsync("2017-08-31", "surveillance-equipment", "smc-14.18", "&status=scheduled"), "effective", "from")
        );
        Assert.Equal(
            "2017-09-01",
            Text(await RowAsync("2017-08-31", "surveillance-equipment", "smc-14.18"), "scheduled", "effective", "from")
        );
    }

    [Fact]
    public async Task The_pause_is_reported_and_never_law()
    {
        var table = await open.Host.GetAsync("/api/v1/governance?asOf=2026-03-31&status=paused");
        var pause = Assert.Single(table.GetProperty("rows").EnumerateArray());
        Assert.Equal(
            ("alpr", "2026-03-19", "secondary"),
            (Text(pause, "technology", "id"), Text(pause, "effective", "from"), Text(pause, "source", "confidence"))
        );
        var reader = await open.Host.GetAsync("/api/v1/devices?kind=alpr-fixed");
        Assert.All(
            reader.GetProperty("items").EnumerateArray(),
            device =>
                Assert.DoesNotContain(
                    device.GetProperty("governedBy").EnumerateArray(),
                    text => Text(text, "instrument")!.Contains("mayor", StringComparison.Ordinal)
                )
        );
    }

    [Theory]
    [InlineData("/api/v1/governance?asOf=2026-02-30", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/governance?asOf=yesterday", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/governance?status=lawful", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/places/nowhere", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/places/harbor-bridge/notice?at=noon", HttpStatusCode.BadRequest)]
    [InlineData("/api/v1/devices/unknown-device", HttpStatusCode.NotFound)]
    [InlineData("/api/v1/instruments/none", HttpStatusCode.NotFound)]
    [InlineData("/kiosks/none/notice", HttpStatusCode.NotFound)]
    public async Task An_invalid_request_is_answered_with_a_problem_document_of_a_stable_type(string path, HttpStatusCode status)
    {
        using var client = new HttpClient { BaseAddress = open.Host.Http };
        using var answer = await client.GetAsync(path);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());
        Assert.StartsWith("/problems/", Text(problem, "type"), StringComparison.Ordinal);
        Assert.NotEmpty(Text(problem, "detail")!);
    }

    [Fact]
    public async Task Mobile_devices_appear_nowhere_singly()
    {
        foreach (var path in new[] { "/api/v1/devices", "/api/v1/places" })
        {
            var text = (await open.Host.GetAsync(path)).GetRawText();
            // A place names the fleets whose people work from it; a device of them would have a number.
            Assert.DoesNotMatch("(body-worn|in-car|patrol)[a-z-]*-[0-9]", text);
        }

        using var client = new HttpClient { BaseAddress = open.Host.Http };
        using var answer = await client.GetAsync("/api/v1/devices/body-worn-east-01");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_notice_that_a_program_holds_already_is_answered_with_304()
    {
        using var client = new HttpClient { BaseAddress = open.Host.Http };
        using var first = await client.GetAsync("/kiosks/kiosk-harbor-bridge/notice");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/kiosks/kiosk-harbor-bridge/notice")
        {
            Headers = { IfNoneMatch = { first.Headers.ETag! } },
        };
        using var second = await client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal("unpaired", Text(await open.Host.GetAsync("/api/v1/kiosks/kiosk-harbor-bridge"), "state"));
    }

    [Fact]
    public async Task The_registry_says_that_it_is_alive_that_it_is_ready_and_its_version()
    {
        using var client = new HttpClient { BaseAddress = open.Host.Http };
        Assert.Equal("alive", await client.GetStringAsync("/health/live"));
        Assert.Equal("ready", await client.GetStringAsync("/health/ready"));
        Assert.NotEmpty(Text(await open.Host.GetAsync("/version"), "version")!);
    }
}
