using System.Net;
using System.Text.Json;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Journeys.Tests.Pages;

/// <summary>One box for everything, for the public and for staff, and the same by the API.</summary>
[Collection(StaffedRegistryGroup.Name)]
public sealed class SearchTests(StaffedRegistry city)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("east precinct lobby", "place", "east-precinct-lobby", "name")]
    [InlineData("east-precinct-lobby-1", "device", "east-precinct-lobby-1", "id")]
    [InlineData("kiosk-east", "screen", "kiosk-east-precinct-lobby", "id")]
    [InlineData("16.170", "instrument", "spd-manual-16.170", "citation")]
    [InlineData("body-worn-east", "fleet", "body-worn-east", "name")]
    [InlineData("automatic license plate", "technology", "alpr", "name")]
    public async Task Each_kind_is_found_with_the_field_and_the_fragment_that_matched(string text, string kind, string id, string field)
    {
        using var reader = new HttpClient { BaseAddress = city.Host.Http };
        var items = (await AskAsync(reader, text)).GetProperty("items").EnumerateArray();
        var hit = items.Single(item => item.GetProperty("kind").GetString() == kind && item.GetProperty("id").GetString() == id);
        Assert.Equal(field, hit.GetProperty("field").GetString());
        Assert.Contains(text.Split(' ', '.', '-')[0], hit.GetProperty("fragment").GetString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_public_finds_no_change_request_and_nobody_a_single_worn_device()
    {
        using var program = await city.ApiClientAsync("editor");
        var (_, _, drafted) = await StaffedRegistry.SendAsync(
            program,
            "changes",
            StaffedRegistry.RetentionChange("smc-14.18", "surveillance-equipment", 3, 1, 20, "A rhinoceros was seen.")
        );
        using var stranger = new HttpClient { BaseAddress = city.Host.Http };
        Assert.Empty((await AskAsync(stranger, "rhinoceros")).GetProperty("items").EnumerateArray());
        var hit = Assert.Single((await AskAsync(program, "rhino")).GetProperty("items").EnumerateArray());
        Assert.Equal(drafted.GetProperty("id").ToString(), hit.GetProperty("id").GetString());
        using var clerk = await city.ApiClientAsync("device-clerk");
        foreach (var client in new[] { stranger, program, clerk })
            Assert.DoesNotContain(
                (await AskAsync(client, "body-worn-east-01")).GetProperty("items").EnumerateArray(),
                item => item.GetProperty("kind").GetString() == "device"
            );
    }

    [Theory]
    [InlineData("%27%22%3B--", HttpStatusCode.BadRequest)]
    [InlineData("%25", HttpStatusCode.BadRequest)]
    [InlineData("a%00b", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("%D9%83%D8%A7%D9%85%D9%8A%D8%B1%D8%A7", HttpStatusCode.OK)]
    [InlineData("%E2%80%AEabc", HttpStatusCode.OK)]
    [InlineData("%FF%FE", HttpStatusCode.OK)]
    [InlineData("a%27%29%20or%201%3D1--", HttpStatusCode.OK)]
    public async Task An_odd_query_gets_a_sentence_or_an_empty_list(string q, HttpStatusCode status)
    {
        using var reader = new HttpClient { BaseAddress = city.Host.Http };
        using var answer = await reader.GetAsync("/api/v1/search?q=" + q, Cancellation);
        Assert.Equal(status, answer.StatusCode);
        using var page = await reader.GetAsync("/search?q=" + q, Cancellation);
        Assert.True(page.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_query_of_ten_kilobytes_gets_a_sentence()
    {
        using var reader = new HttpClient { BaseAddress = city.Host.Http };
        foreach (var address in new[] { "/api/v1/search?q=", "/search?q=" })
        {
            using var answer = await reader.GetAsync(address + new string('x', 7000), Cancellation);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains("200", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_reader_searches_without_scripts_in_the_language_of_the_page()
    {
        var page = await city.VisitorPageAsync();
        await page.GotoAsync("/search?lang=es");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Buscar");
        await page.FillAsync("#q", "east lobby");
        await page.ClickAsync("main button");
        var hit = page.Locator("[data-kind=place]").First;
        await Expect(hit).ToContainTextAsync("Nombre");
        Assert.Equal("East", await hit.Locator("mark").TextContentAsync());
        await hit.Locator("a").ClickAsync();
        await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/places/east-precinct-lobby"));
    }

    [Fact]
    public async Task Staff_find_a_change_request_by_its_reason_on_the_staff_page()
    {
        using var program = await city.ApiClientAsync("editor");
        await StaffedRegistry.SendAsync(
            program,
            "changes",
            StaffedRegistry.RetentionChange("smc-14.18", "surveillance-equipment", 3, 1, 20, "An okapi was seen.")
        );
        var page = await city.SignInAsync("approver");
        await page.GotoAsync("/staff/search");
        await page.FillAsync("#q", "okapi");
        await page.ClickAsync("main button");
        await Expect(page.Locator("[data-kind=change]")).ToContainTextAsync("reason: An okapi was seen.");
    }

    private static async Task<JsonElement> AskAsync(HttpClient client, string text) =>
        JsonSerializer.Deserialize<JsonElement>(
            await client.GetStringAsync("/api/v1/search?limit=50&q=" + Uri.EscapeDataString(text), Cancellation)
        );
}
