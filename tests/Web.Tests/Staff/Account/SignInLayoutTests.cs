using Microsoft.Playwright;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Web.Tests.Staff.Account;

/// <summary>The pages of accounts in a real browser: with the keyboard, on a desktop and on a phone, without scripts.</summary>
public sealed class SignInLayoutTests(StaffedCity staffed, Chromium chromium) : IClassFixture<StaffedCity>
{
    [Theory]
    [InlineData("/staff/sign-in", 200)]
    [InlineData("/staff/not-allowed", 403)]
    [InlineData("/staff/not-let-in/unregistered", 403)]
    [InlineData("/staff/not-let-in/unproved", 403)]
    [InlineData("/staff/account", 200)]
    [InlineData("/staff/sign-out", 200)]
    [InlineData("/staff/account/password", 200)]
    [InlineData("/staff/account/second-factor", 200)]
    [InlineData("/staff/accounts", 200)]
    [InlineData("/staff/tokens", 200)]
    [InlineData("/staff/audit", 200)]
    [InlineData("/staff/audit/security", 200)]
    public async Task Account_pages_can_be_read_on_a_desktop_and_on_a_phone(string address, int status)
    {
        foreach (var (width, height) in new[] { (1280, 900), (390, 844) })
        {
            await using var context = await chromium.Glass(width, height, scripts: true);
            var page = await context.NewPageAsync();
            if (status == 200 && address != "/staff/sign-in")
                await SignInAsync(page);
            var response = await page.GotoAsync(staffed.City.Url + address);
            Assert.Equal(status, response!.Status);
            await Chromium.Picture(page, $"staff-{width}{address.Replace('/', '-')}");
            Assert.Empty(await page.EvaluateAsync<string[]>(LayoutChecks.Unreadable, 7.0));
            Assert.Empty(await page.EvaluateAsync<string[]>(LayoutChecks.CutOff, false));
        }
    }

    [Fact]
    public async Task Signing_in_and_out_needs_neither_a_script_nor_a_mouse()
    {
        await using var context = await chromium.Glass(1280, 900, scripts: false);
        var page = await context.NewPageAsync();
        var name = await SignInAsync(page);
        await page.GotoAsync(staffed.City.Url + "/staff/account");
        await Expect(page.Locator(".who")).ToContainTextAsync(name);
        await page.Locator(".who button").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(staffed.City.Url + "/staff/sign-in");
        await page.GotoAsync(staffed.City.Url + "/staff/account");
        await Expect(page.Locator("#password")).ToBeVisibleAsync();
    }

    /// <summary>Signs a new person in with the keyboard alone, and returns the name.</summary>
    private async Task<string> SignInAsync(IPage page)
    {
        var (member, _, password) = staffed.City.Staff.AddWithToken(
            "keyboard-" + Guid.NewGuid().ToString("N")[..8],
            Role.Editor,
            Role.Auditor,
            Role.Administrator
        );
        await page.GotoAsync(staffed.City.Url + "/staff/sign-in?return=/staff/account");
        await page.Locator("#sign-in").FocusAsync();
        await page.Keyboard.TypeAsync(member.SignIn);
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(staffed.City.Url + "/staff/account");
        return member.Name;
    }
}
