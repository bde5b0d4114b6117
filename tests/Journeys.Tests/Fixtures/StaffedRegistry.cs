using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Microsoft.Playwright;
using Npgsql;

namespace SurveillanceRegistry.Journeys.Tests.Fixtures;

/// <summary>A registry with its sample staff, and a browser for each of them.</summary>
public sealed partial class StaffedRegistry : IAsyncLifetime
{
    private static readonly PasswordHasher<string> CheapHash = new(Options.Create(new PasswordHasherOptions { IterationCount = 1 }));

    private readonly Dictionary<string, (string SignIn, string Password)> _people = [];
    private readonly ConcurrentDictionary<string, Task<string>> _tokens = [];
    private Browser _browser = null!;

    internal RegistryHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Host = await Snapshot.CreateHostAsync();
        // No test enters an address here, so nothing is sent to this server that is not there.
        (Host.ExtraSettings["REGISTRY_SMTP__HOST"], Host.ExtraSettings["REGISTRY_SMTP__FROM"]) = ("127.0.0.1", "registry@city.example");
        await FixtureClock.MeasureAsync("registry", () => Host.StartAsync("--sample-staff"));
        foreach (var line in Host.SignInLines.Select(line => SignInLine().Match(line)))
            await AddPersonAsync(line.Groups["who"].Value, line.Groups["name"].Value, line.Groups["password"].Value);
        _browser = await Browser.LaunchAsync();
    }

    /// <summary>Signs a person in, on a page of their own browser profile.</summary>
    /// <param name="who"><c>editor</c>, <c>approver</c>, <c>clerk</c> or <c>administrator</c>.</param>
    /// <param name="withScript">Whether their browser runs scripts; the pages must not need it.</param>
    internal async Task<IPage> SignInAsync(string who, bool withScript = false)
    {
        var context = await _browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = Host.Http.ToString(),
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

    /// <summary>Signs a person in without a browser, and approves change requests. Returns the status of each answer.</summary>
    internal Task<HttpStatusCode[]> ApproveAsync(string who, params long[] changes) => DecideAsync(who, "approve", changes);

    /// <summary>Signs a person in without a browser, and decides change requests. Returns the status of each answer.</summary>
    /// <param name="act"><c>approve</c> or <c>reject</c>.</param>
    internal async Task<HttpStatusCode[]> DecideAsync(string who, string act, params long[] changes)
    {
        using var visitor = new StaffVisitor(Host.Http);
        Assert.True(await visitor.SignInAsync(_people[who].SignIn, _people[who].Password));
        return await Task.WhenAll(
            changes.Select(id =>
                visitor.SubmitAsync(
                    $"/staff/changes/{id}",
                    new()
                    {
                        ["version"] = "2",
                        ["act"] = act,
                        ["note"] = "Read.",
                    }
                )
            )
        );
    }

    /// <summary>Registers a person who then signs in like the sample staff.</summary>
    internal async Task AddStaffAsync(string who, params string[] roles)
    {
        var signIn = who + "@sample-city.example";
        var (code, output, errors) = await Programs.CommandAsync(
            Host.Settings,
            ["staff", "add", signIn, "--name", who, .. roles.SelectMany(role => (string[])["--role", role]), "--json"]
        );
        Assert.True(code == 0, errors);
        await AddPersonAsync(who, signIn, JsonSerializer.Deserialize<JsonElement>(output).GetProperty("password").GetString()!);
    }

    /// <summary>
    /// Lets a person sign in with their password. It need not be changed, as that of sample staff; OwnAccountTests walks through a first
    /// password and a second factor. Its hash has the product's form and one round: the product hashes in the time that nothing else wants,
    /// and a machine that runs tests has none. StaffSessionTests and StaffTokenTests sign in with the product's own hashes.
    /// </summary>
    private async Task AddPersonAsync(string who, string signIn, string password)
    {
        await using var database = new NpgsqlConnection(await Host.ConnectionStringAsync());
        await database.OpenAsync();
        await using var command = new NpgsqlCommand(
            "update registry.staff set password_kind = 'sample', password_until = null, password_hash = $2 where sign_in = $1",
            database
        )
        {
            Parameters =
            {
                new() { Value = signIn },
                new() { Value = CheapHash.HashPassword("", password) },
            },
        };
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
        _people[who] = (signIn, password);
    }

    /// <summary>A page of a visitor who is not signed in.</summary>
    internal async Task<IPage> VisitorPageAsync(bool withScript = false) =>
        await (
            await _browser.NewContextAsync(
                new BrowserNewContextOptions
                {
                    BaseURL = Host.Http.ToString(),
                    JavaScriptEnabled = withScript,
                    BypassCSP = withScript,
                }
            )
        ).NewPageAsync();

    /// <summary>A client of the API with roles. Clients with the same roles are one actor.</summary>
    internal async Task<HttpClient> ApiClientAsync(params string[] roles) =>
        roles is [var role] && Host.Tokens.ContainsKey(role)
            ? await Host.ApiClientAsync(role)
            : Host.ApiClient(await _tokens.GetOrAdd(string.Join(' ', roles), _ => Host.CreateTokenAsync(roles)));

    /// <summary>Reads JSON from the API.</summary>
    internal static async Task<JsonElement> GetJsonAsync(HttpClient program, string path) =>
        JsonSerializer.Deserialize<JsonElement>(await program.GetStringAsync(path));

    /// <summary>Sends JSON. Returns the status, the ETag and the body.</summary>
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

    /// <summary>The body of a change: a retention limit in one instrument for one technology.</summary>
    internal static string RetentionChange(
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
        await Host.DisposeAsync();
    }

    [GeneratedRegex(@"as (?<name>(?<who>\w+)@\S+) with (?<password>\S+)")]
    private static partial Regex SignInLine();
}

/// <summary>The journeys that share <see cref="StaffedRegistry"/>. They run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class StaffedRegistryGroup : ICollectionFixture<StaffedRegistry>
{
    internal const string Name = "The staffed registry";
}
