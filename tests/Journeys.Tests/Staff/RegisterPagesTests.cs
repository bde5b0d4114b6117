using System.Text.Json;
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
        "/staff/screens/new?place=east-precinct-lobby",
        "/staff/screens/kiosk-east-precinct-lobby",
    ];

    [Fact]
    public async Task Axe_finds_no_violation_on_a_page_of_a_register_and_each_fits_a_telephone()
    {
        var axe = await File.ReadAllTextAsync(
            Path.Combine(Programs.Root, "tests/Journeys.Tests/npm/node_modules/axe-core/axe.min.js"),
            TestContext.Current.CancellationToken
        );
        var clerk = await city.SignInAsync("clerk", withScript: true);
        var found = new List<string>();
        foreach (var address in Pages)
        {
            await clerk.GotoAsync(address);
            await LookAsync(address);
        }

        // The effect of a change, which is shown before it is made.
        await clerk.GotoAsync("/staff/places/east-precinct-lobby");
        await clerk.FillAsync("#name", "East Precinct, new lobby");
        await clerk.FillAsync("#reason", "Only to be looked at.");
        await clerk.ClickAsync("text=Show the effect on the notice");
        await LookAsync("the effect of a new name");
        await clerk.GotoAsync("/staff/screens/kiosk-east-precinct-lobby");
        await clerk.SelectOptionAsync("#place", "harbor-bridge");
        await clerk.FillAsync("#reason", "Only to be looked at.");
        await clerk.ClickAsync("text=Show the effect on the screen");
        await LookAsync("the effect of a move");
        await clerk.GotoAsync("/staff/fleets/in-car-east");
        await clerk.CheckAsync("input[value=harbor-bridge]");
        await clerk.FillAsync("#reason", "Only to be looked at.");
        await clerk.ClickAsync("text=Show the effect on the notices");
        await LookAsync("the effect of a new base");
        Assert.Equal("", string.Join('\n', found));

        async Task LookAsync(string what)
        {
            await clerk.EvaluateAsync(axe);
            var answer = await clerk.EvaluateAsync<JsonElement>(
                """
                async () => (await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
                    .violations.map(one => one.id + ': ' + one.nodes.map(node => node.target.join(' ')).slice(0, 3).join(' | '))
                """
            );
            found.AddRange(answer.EnumerateArray().Select(violation => $"{what}: {violation}"));
            await clerk.SetViewportSizeAsync(390, 844);
            if (!await clerk.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"))
                found.Add($"{what} is wider than a telephone.");
            await clerk.SetViewportSizeAsync(1280, 900);
        }
    }
}
