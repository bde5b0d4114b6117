using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace SurveillanceRegistry.Journeys.Tests.Fixtures;

/// <summary>A house with its sample staff, and a browser for each of them.</summary>
public sealed partial class StaffedRegistry : IAsyncLifetime
{
    private readonly Dictionary<string, (string SignIn, string Password)> _people = [];
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    internal RegistryHost House { get; } = new();

    public async ValueTask InitializeAsync()
    {
        await House.OpenAsync("--sample-staff");
        foreach (var line in House.SignIns.Select(line => SignIn().Match(line)))
            _people[line.Groups["who"].Value] = (line.Groups["name"].Value, line.Groups["password"].Value);
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

    /// <summary>Somebody signed in on a page of their own browser.</summary>
    /// <param name="who"><c>editor</c>, <c>approver</c>, <c>clerk</c> or <c>administrator</c>.</param>
    /// <param name="withScript">Whether their browser runs scripts; the pages must not need it.</param>
    internal async Task<IPage> SignedInAsync(string who, bool withScript = false)
    {
        var context = await _browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = House.Http.ToString(),
                JavaScriptEnabled = withScript,
                ViewportSize = new ViewportSize { Width = 1280, Height = 900 },
                BypassCSP = withScript,
            }
        );
        var page = await context.NewPageAsync();
        await page.GotoAsync("/staff");
        await page.FillAsync("#sign-in", _people[who].SignIn);
        await page.FillAsync("#password", _people[who].Password);
        await page.ClickAsync("main button");
        return page;
    }

    /// <summary>A passer-by's page.</summary>
    internal async Task<IPage> PasserByAsync(bool withScript = false) =>
        await (
            await _browser.NewContextAsync(
                new BrowserNewContextOptions
                {
                    BaseURL = House.Http.ToString(),
                    JavaScriptEnabled = withScript,
                    BypassCSP = withScript,
                }
            )
        ).NewPageAsync();

    /// <summary>A program with roles.</summary>
    internal async Task<HttpClient> ProgramAsync(params string[] roles)
    {
        var (code, output, errors) = await Programs.VerbAsync(
            House.Settings,
            ["token", "create", .. roles.SelectMany(role => (string[])["--role", role]), "--json"]
        );
        Assert.True(code == 0, errors);
        var token = JsonSerializer.Deserialize<JsonElement>(output).GetProperty("token").GetString();
        return new HttpClient
        {
            BaseAddress = new Uri(House.Http, "/api/v1/"),
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
    }

    /// <summary>What the API answers.</summary>
    internal static async Task<JsonElement> Ask(HttpClient program, string path) =>
        JsonSerializer.Deserialize<JsonElement>(await program.GetStringAsync(path));

    /// <summary>Sends JSON, and gives the status, the ETag and the answer.</summary>
    internal static async Task<(int Status, string? ETag, JsonElement Answer)> SendAsync(
        HttpClient program,
        string path,
        string? json,
        string? ifMatch = null,
        string? key = null,
        HttpMethod? method = null
    )
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (ifMatch is not null)
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var answer = await program.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (
            (int)answer.StatusCode,
            answer.Headers.ETag?.ToString(),
            text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text)
        );
    }

    /// <summary>A change of how long one text lets recordings of one technology stay.</summary>
    internal static string Retention(
        string instrument,
        string technology,
        int version,
        int revision,
        int days,
        string reason = "The text was amended."
    ) =>
        JsonSerializer.Serialize(
            new
            {
                reason,
                source = new
                {
                    title = "The text, as published",
                    url = (string?)null,
                    readOn = "2026-11-23",
                    confidence = "sourced",
                },
                rows = new[]
                {
                    new
                    {
                        instrument,
                        technology,
                        version,
                        @base = revision,
                        values = new
                        {
                            retention = new[]
                            {
                                new
                                {
                                    bound = "limit",
                                    days,
                                    @event = (string?)null,
                                    dataClass = "footage",
                                    note = (string?)null,
                                },
                            },
                        },
                    },
                },
            }
        );

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await House.DisposeAsync();
    }

    [GeneratedRegex(@"as (?<name>(?<who>\w+)@\S+) with (?<password>\S+)")]
    private static partial Regex SignIn();
}
