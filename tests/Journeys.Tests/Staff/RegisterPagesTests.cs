using System.Text.Json;
using Microsoft.Playwright;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Staff;

/// <summary>The pages of the registers of places, screens and fleets, for everybody who uses them.</summary>
[Collection(StaffedRegistryGroup.Name)]
public sealed class RegisterPagesTests(StaffedRegistry city)
{
    private static readonly string[] Pages =
    [
        "/staff/places",
        "/staff/places?q=precinct",
        "/staff/places/new",
        "/staff/places/east-precinct-lobby",
        "/staff/fleets",
        "/staff/fleets/new",
        "/staff/fleets/in-car-east",
        "/staff/departments",
        "/staff/departments/police",
        "/staff/technologies",
        "/staff/technologies/alpr",
        "/staff/wording",
        "/staff/wording/es?q=rule",
        "/staff/wording/es/rule",
        "/staff/city",
        "/staff/names",
        "/staff/records",
        "/staff/screens/new?place=east-precinct-lobby",
        "/staff/screens/kiosk-east-precinct-lobby",
    ];

    private static readonly string[] OfTheEditor =
    [
        "/staff/city",
        "/staff/departments/new",
        "/staff/departments/police",
        "/staff/technologies/new",
        "/staff/technologies/alpr",
        "/staff/wording/es",
        "/staff/wording/es/view",
        "/staff/wording/en/class",
    ];

    [Fact]
    public async Task Axe_finds_no_violation_on_a_page_of_a_register_and_each_fits_a_telephone()
    {
        var found = new List<string>();
        var clerk = await city.SignInAsync("clerk", withScript: true);
        foreach (var address in Pages.Append(await SendListAsync()))
        {
            await clerk.GotoAsync(address);
            await LookAsync(clerk, address, found);
        }

        var editor = await city.SignInAsync("editor", withScript: true);
        foreach (var address in OfTheEditor)
        {
            await editor.GotoAsync(address);
            await LookAsync(editor, address, found);
        }

        Assert.Equal("", string.Join('\n', found));
    }

    [Fact]
    public async Task Axe_finds_no_violation_where_the_effect_of_an_act_on_a_register_is_shown()
    {
        var found = new List<string>();
        var clerk = await city.SignInAsync("clerk", withScript: true);
        await clerk.GotoAsync("/staff/places/east-precinct-lobby");
        await clerk.FillAsync("#name", "East Precinct, new lobby");
        await ShowAsync("text=Show the effect on the notice");
        await clerk.GotoAsync("/staff/screens/kiosk-east-precinct-lobby");
        await clerk.SelectOptionAsync("#place", "harbor-bridge");
        await ShowAsync("text=Show the effect on the screen");
        await clerk.GotoAsync("/staff/fleets/in-car-east");
        await clerk.CheckAsync("input[value=harbor-bridge]");
        await ShowAsync("text=Show the effect on the notices");
        Assert.Equal("", string.Join('\n', found));

        async Task ShowAsync(string button)
        {
            await clerk.FillAsync("#reason", "Only to be looked at.");
            await clerk.ClickAsync(button);
            await LookAsync(clerk, button, found);
        }
    }

    private static async Task LookAsync(IPage page, string what, List<string> found)
    {
        await page.EvaluateAsync(
            await File.ReadAllTextAsync(
                Path.Combine(Programs.Root, "tests/Journeys.Tests/npm/node_modules/axe-core/axe.min.js"),
                TestContext.Current.CancellationToken
            )
        );
        var answer = await page.EvaluateAsync<JsonElement>(
            """
            async () => (await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
                .violations.map(one => one.id + ': ' + one.nodes.map(node => node.target.join(' ')).slice(0, 3).join(' | '))
            """
        );
        found.AddRange(answer.EnumerateArray().Select(violation => $"{what}: {violation}"));
        await page.SetViewportSizeAsync(390, 844);
        if (!await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"))
            found.Add($"{what} is wider than a telephone.");
        await page.SetViewportSizeAsync(1280, 900);
    }

    /// <summary>Sends a list with a wrong cell. Returns its page.</summary>
    private async Task<string> SendListAsync()
    {
        using var program = await city.ApiClientAsync("device-clerk");
        const string List = """
            {"name":"axe.csv","text":"No,Corner,Lat,Lon\n1,A,47.6001,-122.3301\n2,B,47.60011,-122.33011\n3,C,north,-122.33\n","mapping":
            {"list":"axe-cameras","columns":{"name":"Corner","latitude":"Lat","longitude":"Lon","assetNumber":"No"},
            "defaults":{"kind":"traffic-camera","sensors":"video","place":"harbor-bridge","department":"police","lifecycle":"active"}}}
            """;
        var (status, _, answer) = await StaffedRegistry.SendAsync(program, "imports", List);
        Assert.True(status == 201, answer.ToString());
        return $"/staff/imports/{answer.GetProperty("id")}";
    }
}
