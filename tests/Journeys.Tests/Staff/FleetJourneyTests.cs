using Microsoft.Playwright;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Journeys.Tests.Staff;

/// <summary>A clerk adds a place and a fleet that works from it, and closes the place again.</summary>
[Collection(StaffedRegistryGroup.Name)]
public sealed class FleetJourneyTests(StaffedRegistry city)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_place_of_a_base_is_retired_by_pages_alone(bool withScript)
    {
        var (place, fleet, name) = withScript ? ("north-garage", "north-cars", "North cars") : ("south-garage", "south-cars", "South cars");
        var clerk = await city.SignInAsync("clerk", withScript);
        await clerk.GotoAsync("/staff/places/new");
        await clerk.FillAsync("#id", place);
        await clerk.FillAsync("#name", "Garage");
        await clerk.FillAsync("#address", "1 Garage Way");
        await clerk.FillAsync("#area", "the yard");
        await SendAsync(clerk, "New garage.");
        await clerk.ClickAsync("nav >> text=Places");
        await clerk.ClickAsync("main >> text=Fleets");
        await clerk.ClickAsync("text=Add a fleet");
        await clerk.FillAsync("#id", fleet);
        await clerk.FillAsync("#name", name);
        await clerk.SelectOptionAsync("#department", "police");
        await clerk.CheckAsync($"input[value={place}]");
        await SendAsync(clerk, "New cars.");
        await Expect(clerk.Locator("[role=status]")).ToContainTextAsync("The fleet is added.");
        await AddCarAsync(clerk, fleet + "-1");

        await RetireAsync(clerk, place);
        await Expect(clerk.Locator("#faults")).ToContainTextAsync("which must work from another place first");
        await clerk.ClickAsync($"#faults >> text=The fleet {name}");
        await clerk.UncheckAsync($"input[value={place}]");
        await clerk.CheckAsync("input[value=harbor-bridge]");
        await clerk.FillAsync("#reason", "The garage closes.");
        await clerk.ClickAsync("text=Show the effect on the notices");
        var effect = clerk.Locator("[aria-labelledby=effect]");
        await Expect(effect).ToContainTextAsync("Garage");
        await Expect(effect).ToContainTextAsync("Harbor Bridge");
        await Expect(effect.Locator("ins").First).ToBeVisibleAsync();
        await clerk.ClickAsync("text=Change the fleet");
        await Expect(clerk.Locator("[role=status]")).ToContainTextAsync("The fleet is changed.");

        await RetireAsync(clerk, place);
        await Expect(clerk.Locator("[role=status]")).ToContainTextAsync("The place is retired.");
        await clerk.GotoAsync($"/fleets/{fleet}/history");
        await Expect(clerk.Locator("tr[data-version='2']")).ToContainTextAsync("Harbor Bridge");
        var (code, output, errors) = await Programs.CommandAsync(city.Host.Settings, "ledger", "verify");
        Assert.True(code == 0, output + errors);
    }

    private static async Task AddCarAsync(IPage clerk, string car)
    {
        await clerk.ClickAsync("text=Register a device of it");
        await clerk.FillAsync("#id", car);
        await clerk.SelectOptionAsync("#kind", "in-car");
        await clerk.CheckAsync("input[value=video]");
        await SendAsync(clerk, "New car.");
        await Expect(clerk.Locator("[role=status]")).ToContainTextAsync("Registered.");
    }

    private static async Task RetireAsync(IPage clerk, string place)
    {
        await clerk.GotoAsync("/staff/places/" + place);
        await clerk.FillAsync("#retire-reason", "It closes.");
        await clerk.ClickAsync("text=Retire the place");
    }

    private static async Task SendAsync(IPage clerk, string reason)
    {
        await clerk.FillAsync("#reason", reason);
        await clerk.ClickAsync("main form button");
    }
}
