using Microsoft.Playwright;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Web.Tests.Staff.Account;

/// <summary>The way in and out, in a real browser: with the keyboard, on a desk and on a telephone, without scripts.</summary>
public sealed class SignInLayoutTests(StaffedCity house, Chromium chromium) : IClassFixture<StaffedCity>
{
    [Theory]
    [InlineData("/staff/sign-in", 200)]
    [InlineData("/staff/not-allowed", 403)]
    [InlineData("/staff/not-let-in/unregistered", 403)]
    [InlineData("/staff/not-let-in/unproved", 403)]
    [InlineData("/staff/account", 200)]
    [InlineData("/staff/sign-out", 200)]
    public async Task Can_be_read_on_a_desk_and_on_a_telephone(string address, int status)
    {
        foreach (var (width, height) in new[] { (1280, 900), (390, 844) })
        {
            await using var glass = await chromium.Glass(width, height, scripts: true);
            var page = await glass.NewPageAsync();
            if (address is "/staff/account" or "/staff/sign-out")
                await InAsync(page);
            var answer = await page.GotoAsync(house.City.Url + address);
            Assert.Equal(status, answer!.Status);
            await Chromium.Picture(page, $"staff-{width}{address.Replace('/', '-')}");
            Assert.Empty(await page.EvaluateAsync<string[]>(LayoutChecks.Unreadable, 7.0));
            Assert.Empty(await page.EvaluateAsync<string[]>(LayoutChecks.CutOff, false));
        }
    }

    [Fact]
    public async Task Needs_no_script_and_no_mouse()
    {
        await using var glass = await chromium.Glass(1280, 900, scripts: false);
        var page = await glass.NewPageAsync();
        var name = await InAsync(page);
        await page.GotoAsync(house.City.Url + "/staff/account");
        await Expect(page.Locator(".who")).ToContainTextAsync(name);
        await page.Locator(".who button").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(house.City.Url + "/staff/sign-in");
        await page.GotoAsync(house.City.Url + "/staff/account");
        await Expect(page.Locator("#password")).ToBeVisibleAsync();
    }

    /// <summary>Types a name and a password.</summary>
    private async Task<string> InAsync(IPage page)
    {
        var (member, _, password) = house.City.Staff.Adds("keyboard-" + Guid.NewGuid().ToString("N")[..8], Role.Editor, Role.Auditor);
        await page.GotoAsync(house.City.Url + "/staff/sign-in?return=/staff/account");
        await page.Locator("#sign-in").FocusAsync();
        await page.Keyboard.TypeAsync(member.SignIn);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(house.City.Url + "/staff/account");
        return member.Name;
    }
}
