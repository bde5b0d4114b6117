using System.Diagnostics;
using Microsoft.Playwright;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using static Microsoft.Playwright.Assertions;

namespace SurveillanceRegistry.Journeys.Tests.Staff;

/// <summary>Staff sign in by OpenID Connect: the registry's executable, a provider that nobody here wrote, Chromium between them.</summary>
public sealed class IdentityProviderTests(RegistryWithIdentityProvider city) : IClassFixture<RegistryWithIdentityProvider>
{
    [Fact]
    public async Task Lets_somebody_in_whose_mail_address_is_registered_and_knows_them_by_their_subject_from_then_on()
    {
        var id = await city.AddAsync("Ana.Ruiz@city.example");
        await using (var person = await city.PersonAsync())
        {
            var page = await city.SignInAsync(person, "ana-1,ana.ruiz@CITY.example");
            await Expect(page.Locator(".account")).ToHaveAttributeAsync("data-staff", id);
            await Expect(page.Locator(".account")).ToContainTextAsync("editor");
            var cookies = await person.CookiesAsync([city.House.Http + "staff"]);
            var session = Assert.Single(cookies, cookie => cookie.Name == "registry-staff");
            Assert.True(session is { HttpOnly: true, SameSite: SameSiteAttribute.Lax, Path: "/staff", Expires: -1 });
            Assert.Empty(await person.CookiesAsync([city.House.Http + "governance"]));
        }

        // Their mail address changed at the provider; who they are did not.
        await using var later = await city.PersonAsync();
        var again = await city.SignInAsync(later, "ana-1,ana.moreno@city.example");
        await Expect(again.Locator(".account")).ToHaveAttributeAsync("data-staff", id);
    }

    [Fact]
    public async Task Brings_nobody_in_who_is_not_registered() => await RefusedAsync("nobody-1,nobody@city.example", "unregistered");

    [Fact]
    public async Task Does_not_take_an_unconfirmed_mail_address_for_anybody()
    {
        await city.AddAsync("bo@city.example");
        await RefusedAsync("bo-1,bo@city.example,unverified", "unregistered");
    }

    [Fact]
    public async Task Does_not_let_another_subject_inherit_a_mail_address_that_is_bound_already()
    {
        await city.AddAsync("chi@city.example");
        await using (var person = await city.PersonAsync())
            await Expect((await city.SignInAsync(person, "chi-1,chi@city.example")).Locator(".account")).ToBeVisibleAsync();
        await RefusedAsync("chi-2,chi@city.example", "unregistered");
    }

    [Theory]
    [InlineData("forged")]
    [InlineData("unsigned")]
    public async Task Is_not_believed_when_somebody_changed_its_token_on_the_way(string how)
    {
        await city.AddAsync($"{how}@city.example");
        await RefusedAsync($"dee-{how},{how}@city.example,{how}", "unproved");
        await using var person = await city.PersonAsync();
        // Nothing was bound to the forged one.
        await Expect((await city.SignInAsync(person, $"dee-{how},{how}@city.example")).Locator(".account")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Is_not_believed_when_the_browser_did_not_begin_the_sign_in()
    {
        await using var person = await city.PersonAsync();
        var page = await person.NewPageAsync();
        var answer = await page.GotoAsync("/staff/signin-oidc?code=stolen&state=made-up");
        Assert.Equal(403, answer!.Status);
        await Expect(page.Locator("[data-refusal=unproved]")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Keeps_nobody_in_who_was_deactivated_and_lets_them_in_no_more()
    {
        await city.AddAsync("eve@city.example");
        await using (var person = await city.PersonAsync())
        {
            var page = await city.SignInAsync(person, "eve-1,eve@city.example");
            await Expect(page.Locator(".account")).ToBeVisibleAsync();
            await city.VerbAsync("staff", "deactivate", "eve@city.example");
            await page.ReloadAsync();
            await Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/staff/sign-in"));
        }

        await RefusedAsync("eve-1,eve@city.example", "unregistered");
    }

    [Fact]
    public async Task Sends_nobody_elsewhere_afterwards()
    {
        await city.AddAsync("fay@city.example");
        await using var person = await city.PersonAsync();
        var page = await city.SignInAsync(person, "fay-1,fay@city.example", "https://elsewhere.example/staff");
        Assert.Equal(city.House.Http.GetLeftPart(UriPartial.Authority) + "/staff", page.Url.TrimEnd('/'));
    }

    [Fact]
    public async Task Is_named_as_the_one_that_does_not_answer_when_it_does_not()
    {
        await using var house = new RegistryHost();
        (house.More["REGISTRY_OIDC__AUTHORITY"], house.More["REGISTRY_OIDC__CLIENT_ID"], house.More["REGISTRY_OIDC__CLIENT_SECRET"]) = (
            "http://127.0.0.1:1",
            "registry",
            "of this test only"
        );
        await house.OpenAsync();
        using var client = new HttpClient { BaseAddress = house.Http };
        using var answer = await client.GetAsync("/staff/sign-in?handler=provider");
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("does not answer now", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("of this test only", house.Log, StringComparison.Ordinal);
    }

    private async Task RefusedAsync(string name, string because)
    {
        await using var person = await city.PersonAsync();
        var page = await person.NewPageAsync();
        var refusal = page.WaitForResponseAsync(answer => answer.Url.Contains("/staff/not-let-in/", StringComparison.Ordinal));
        await city.SignInAsync(page, name);
        Assert.Equal(403, (await refusal).Status);
        await Expect(page.Locator($"[data-refusal={because}]")).ToBeVisibleAsync();
        Assert.DoesNotContain(await person.CookiesAsync(), cookie => cookie.Name.EndsWith("registry-staff", StringComparison.Ordinal));
    }
}

/// <summary>A house whose staff sign in by the city's identity provider.</summary>
public sealed class RegistryWithIdentityProvider : IAsyncLifetime
{
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;
    private Process _provider = null!;

    internal RegistryHost House { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _provider = Programs.Start("node", [Path.Combine(Programs.Root, "tests/Journeys.Tests/npm/provider.mjs")], null);
        _provider.BeginErrorReadLine();
        var issuer = await _provider.StandardOutput.ReadLineAsync();
        var secret = Path.Combine(House.Data, "client-secret");
        await File.WriteAllTextAsync(secret, "a-secret-of-these-tests-only-0123456789\n");
        (House.More["REGISTRY_OIDC__AUTHORITY"], House.More["REGISTRY_OIDC__CLIENT_ID"], House.More["REGISTRY_OIDC__CLIENT_SECRET_FILE"]) =
            (issuer!, "registry", secret);
        await House.OpenAsync();
        await _provider.StandardInput.WriteLineAsync(new Uri(House.Http, "/staff/signin-oidc").ToString());
        Assert.Equal("ready", await _provider.StandardOutput.ReadLineAsync());
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Environment.GetEnvironmentVariable("REGISTRY_CHROMIUM") ?? "/usr/bin/chromium",
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ],
            }
        );
    }

    /// <summary>A person's browser, with nothing left from anybody before.</summary>
    internal Task<IBrowserContext> PersonAsync() =>
        _browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = House.Http.ToString() });

    /// <summary>Registers somebody who has no password here.</summary>
    /// <returns>Their opaque id.</returns>
    internal async Task<string> AddAsync(string signIn)
    {
        var answer = await VerbAsync("staff", "add", signIn, "--name", "Somebody", "--role", "editor", "--no-password", "--json");
        return System.Text.Json.JsonDocument.Parse(answer).RootElement.GetProperty("id").GetString()!;
    }

    internal async Task<string> VerbAsync(params string[] arguments)
    {
        var (code, output, errors) = await Programs.VerbAsync(House.Settings, arguments);
        Assert.True(code == 0, errors);
        return output;
    }

    internal async Task<IPage> SignInAsync(IBrowserContext person, string name, string to = "/staff/account")
    {
        var page = await person.NewPageAsync();
        await SignInAsync(page, name, to);
        return page;
    }

    /// <summary>From the sign-in page to the provider, and back with whatever it says.</summary>
    internal async Task SignInAsync(IPage page, string name, string to = "/staff/account")
    {
        await page.GotoAsync("/staff/sign-in?return=" + Uri.EscapeDataString(to));
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in with your city account" }).ClickAsync();
        await page.Locator("[name=name]").FillAsync(name);
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await page.WaitForURLAsync(url => url.StartsWith(House.Http.ToString(), StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        _provider.StandardInput.Close(); // It ends with its input.
        await _provider.WaitForExitAsync();
        _provider.Dispose();
        await House.DisposeAsync();
    }
}
