using System.Diagnostics;
using Microsoft.Playwright;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Journeys.Tests.Staff;

/// <summary>Staff sign in by OpenID Connect: the registry's executable, a third-party provider, and Chromium between them.</summary>
public sealed class IdentityProviderTests(RegistryWithIdentityProvider city) : IClassFixture<RegistryWithIdentityProvider>
{
    [Fact]
    public async Task A_registered_mail_address_signs_in_once_and_the_subject_from_then_on()
    {
        var id = await city.AddStaffAsync("Ana.Ruiz@city.example");
        await using (var person = await city.NewBrowserContextAsync())
        {
            var page = await city.SignInAsync(person, "ana-1,ana.ruiz@CITY.example");
            await Expect(page.Locator(".account")).ToHaveAttributeAsync("data-staff", id);
            await Expect(page.Locator(".account")).ToContainTextAsync("editor");
            var cookies = await person.CookiesAsync([city.Host.Http + "staff"]);
            var session = Assert.Single(cookies, cookie => cookie.Name == "registry-staff");
            Assert.True(session is { HttpOnly: true, SameSite: SameSiteAttribute.Lax, Path: "/staff", Expires: -1 });
            Assert.Empty(await person.CookiesAsync([city.Host.Http + "governance"]));
        }

        // Their mail address changed at the provider; who they are did not.
        await using var later = await city.NewBrowserContextAsync();
        var again = await city.SignInAsync(later, "ana-1,ana.moreno@city.example");
        await Expect(again.Locator(".account")).ToHaveAttributeAsync("data-staff", id);
    }

    [Fact]
    public async Task A_sign_in_by_the_provider_ends_the_session_that_the_browser_had()
    {
        var id = await city.AddStaffAsync("gia@city.example");
        await using var person = await city.NewBrowserContextAsync();
        var page = await city.SignInAsync(person, "gia-1,gia@city.example");
        var before = Assert.Single(await person.CookiesAsync([city.Host.Http + "staff"]), cookie => cookie.Name == "registry-staff");
        // The provider still knows the person, and sends the browser straight back.
        await page.GotoAsync("/staff/sign-in?return=/staff/account");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with your city account" }).ClickAsync();
        await page.WaitForURLAsync("**/staff/account");
        await Expect(page.Locator(".account")).ToHaveAttributeAsync("data-staff", id);
        Assert.Equal(1, await page.Locator("[data-session]").CountAsync());

        await using var thief = await city.NewBrowserContextAsync();
        await thief.AddCookiesAsync([
            new Cookie
            {
                Name = before.Name,
                Value = before.Value,
                Domain = before.Domain,
                Path = before.Path,
            },
        ]);
        var stolen = await thief.NewPageAsync();
        await stolen.GotoAsync("/staff/account");
        await Expect(stolen).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/staff/sign-in"));
    }

    [Fact]
    public async Task A_person_who_is_not_registered_cannot_sign_in() =>
        await RefusedAsync("unknown-1,unknown@city.example", "unregistered");

    [Fact]
    public async Task An_unverified_mail_address_signs_nobody_in()
    {
        await city.AddStaffAsync("bo@city.example");
        await RefusedAsync("bo-1,bo@city.example,unverified", "unregistered");
    }

    [Fact]
    public async Task Another_subject_does_not_inherit_a_bound_mail_address()
    {
        await city.AddStaffAsync("chi@city.example");
        await using (var person = await city.NewBrowserContextAsync())
            await Expect((await city.SignInAsync(person, "chi-1,chi@city.example")).Locator(".account")).ToBeVisibleAsync();
        await RefusedAsync("chi-2,chi@city.example", "unregistered");
    }

    [Theory]
    [InlineData("forged")]
    [InlineData("unsigned")]
    public async Task A_token_that_was_changed_on_the_way_is_refused(string how)
    {
        await city.AddStaffAsync($"{how}@city.example");
        await RefusedAsync($"dee-{how},{how}@city.example,{how}", "unproved");
        await using var person = await city.NewBrowserContextAsync();
        // Nothing was bound to the forged one.
        await Expect((await city.SignInAsync(person, $"dee-{how},{how}@city.example")).Locator(".account")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_sign_in_that_the_browser_did_not_begin_is_refused()
    {
        await using var person = await city.NewBrowserContextAsync();
        var page = await person.NewPageAsync();
        var answer = await page.GotoAsync("/staff/signin-oidc?code=stolen&state=made-up");
        Assert.Equal(403, answer!.Status);
        await Expect(page.Locator("[data-refusal=unproved]")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_deactivated_person_is_signed_out_and_cannot_sign_in_again()
    {
        await city.AddStaffAsync("eve@city.example");
        await using (var person = await city.NewBrowserContextAsync())
        {
            var page = await city.SignInAsync(person, "eve-1,eve@city.example");
            await Expect(page.Locator(".account")).ToBeVisibleAsync();
            await city.CommandAsync("staff", "deactivate", "eve@city.example");
            await page.ReloadAsync();
            await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/staff/sign-in"));
        }

        await RefusedAsync("eve-1,eve@city.example", "unregistered");
    }

    [Fact]
    public async Task A_sign_in_never_redirects_to_another_site()
    {
        await city.AddStaffAsync("fay@city.example");
        await using var person = await city.NewBrowserContextAsync();
        var page = await city.SignInAsync(person, "fay-1,fay@city.example", "https://elsewhere.example/staff");
        Assert.Equal(city.Host.Http.GetLeftPart(UriPartial.Authority) + "/staff", page.Url.TrimEnd('/'));
    }

    [Fact]
    public async Task A_provider_that_does_not_answer_is_named_as_the_cause()
    {
        await using var registry = await Snapshot.CreateHostAsync();
        (
            registry.ExtraSettings["REGISTRY_OIDC__AUTHORITY"],
            registry.ExtraSettings["REGISTRY_OIDC__CLIENT_ID"],
            registry.ExtraSettings["REGISTRY_OIDC__CLIENT_SECRET"]
        ) = ("http://127.0.0.1:1", "registry", "of this test only");
        await registry.StartAsync();
        await using var browser = await Browser.LaunchAsync();
        await using var person = await browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = registry.Http.ToString() });
        var page = await person.NewPageAsync();
        await page.GotoAsync("/staff/sign-in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with your city account" }).ClickAsync();
        await Expect(page.Locator("#fault")).ToContainTextAsync("does not answer now");
        Assert.DoesNotContain("of this test only", registry.Log, StringComparison.Ordinal);
    }

    private async Task RefusedAsync(string name, string because)
    {
        await using var person = await city.NewBrowserContextAsync();
        var page = await person.NewPageAsync();
        var refusal = page.WaitForResponseAsync(answer => answer.Url.Contains("/staff/not-let-in/", StringComparison.Ordinal));
        await city.SignInAsync(page, name);
        Assert.Equal(403, (await refusal).Status);
        await Expect(page.Locator($"[data-refusal={because}]")).ToBeVisibleAsync();
        Assert.DoesNotContain(await person.CookiesAsync(), cookie => cookie.Name.EndsWith("registry-staff", StringComparison.Ordinal));
    }
}

/// <summary>A registry whose staff sign in by the city's identity provider.</summary>
public sealed class RegistryWithIdentityProvider : IAsyncLifetime
{
    private Browser _browser = null!;
    private Process _provider = null!;

    internal RegistryHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = Programs.Start("node", [Path.Combine(Programs.Root, "tests/Journeys.Tests/npm/provider.mjs")], null);
        _provider.BeginErrorReadLine();
        Host = await Snapshot.CreateHostAsync();
        var issuer = await _provider.StandardOutput.ReadLineAsync();
        var secret = Path.Combine(Host.Data, "client-secret");
        await File.WriteAllTextAsync(secret, "a-secret-of-these-tests-only-0123456789\n");
        (
            Host.ExtraSettings["REGISTRY_OIDC__AUTHORITY"],
            Host.ExtraSettings["REGISTRY_OIDC__CLIENT_ID"],
            Host.ExtraSettings["REGISTRY_OIDC__CLIENT_SECRET_FILE"]
        ) = (issuer!, "registry", secret);
        await FixtureClock.MeasureAsync("registry", () => Host.StartAsync());
        await _provider.StandardInput.WriteLineAsync(new Uri(Host.Http, "/staff/signin-oidc").ToString());
        Assert.Equal("ready", await _provider.StandardOutput.ReadLineAsync());
        _browser = await Browser.LaunchAsync();
    }

    /// <summary>A person's browser profile, with nothing left from an earlier person.</summary>
    internal Task<IBrowserContext> NewBrowserContextAsync() =>
        _browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = Host.Http.ToString() });

    /// <summary>Registers a person who has no password in the registry.</summary>
    /// <returns>Their opaque id.</returns>
    internal async Task<string> AddStaffAsync(string signIn)
    {
        var answer = await CommandAsync("staff", "add", signIn, "--name", "Dana", "--role", "editor", "--no-password", "--json");
        return System.Text.Json.JsonDocument.Parse(answer).RootElement.GetProperty("id").GetString()!;
    }

    internal async Task<string> CommandAsync(params string[] arguments)
    {
        var (code, output, errors) = await Programs.CommandAsync(Host.Settings, arguments);
        Assert.True(code == 0, errors);
        return output;
    }

    internal async Task<IPage> SignInAsync(IBrowserContext person, string name, string to = "/staff/account")
    {
        var page = await person.NewPageAsync();
        await SignInAsync(page, name, to);
        return page;
    }

    /// <summary>Goes from the sign-in page to the provider and back.</summary>
    internal async Task SignInAsync(IPage page, string name, string to = "/staff/account")
    {
        await page.GotoAsync("/staff/sign-in?return=" + Uri.EscapeDataString(to));
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in with your city account" }).ClickAsync();
        await page.Locator("[name=name]").FillAsync(name);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        // Committed, not loaded: a load event between two redirects can be missed, and every caller waits for what it looks at.
        await page.WaitForURLAsync(
            url => url.StartsWith(Host.Http.ToString(), StringComparison.Ordinal),
            new() { WaitUntil = WaitUntilState.Commit }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _provider.StandardInput.Close(); // It ends with its input.
        await _provider.WaitForExitAsync();
        _provider.Dispose();
        await Host.DisposeAsync();
    }
}
