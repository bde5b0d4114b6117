using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Staff;

/// <summary>Accounts and tokens by the command line, while the server runs.</summary>
public sealed partial class StaffTokenTests(PublicRegistry open) : IClassFixture<PublicRegistry>
{
    private static int _people;

    private static string NewName() => $"secretive-{Interlocked.Increment(ref _people)}@city.example";

    private async Task<JsonElement> VerbAsync(params string[] arguments)
    {
        var (code, output, errors) = await Programs.VerbAsync(open.House.Settings, arguments);
        Assert.True(code == 0, errors);
        return output.Trim().Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(output);
    }

    private async Task RefusesAsync(int code, string because, params string[] arguments)
    {
        var (exitCode, output, errors) = await Programs.VerbAsync(open.House.Settings, arguments);
        Assert.True(code == exitCode, $"exit code {exitCode}: {output} {errors}");
        Assert.Contains(because, errors, StringComparison.Ordinal);
        Assert.Single(errors.Trim().Split('\n'));
        Assert.Empty(output.Trim());
    }

    private async Task<HttpStatusCode> AskAsync(string token)
    {
        using var client = new HttpClient
        {
            BaseAddress = open.House.Http,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        using var answer = await client.GetAsync("/api/v1/changes");
        return answer.StatusCode;
    }

    [Fact]
    public async Task A_token_opens_the_api_until_it_is_revoked_and_two_tokens_are_two_actors()
    {
        var one = await VerbAsync(
            "token",
            "create",
            "--role",
            "editor",
            "--role",
            "auditor",
            "--label",
            "nightly import",
            "--days",
            "7",
            "--json"
        );
        var other = await VerbAsync("token", "create", "--role", "approver", "--json");
        Assert.NotEqual(one.GetProperty("staff").GetString(), other.GetProperty("staff").GetString());
        Assert.Equal(["editor", "auditor"], one.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        Assert.InRange(
            one.GetProperty("expiresAt").GetDateTimeOffset(),
            DateTimeOffset.UtcNow.AddDays(6.9),
            DateTimeOffset.UtcNow.AddDays(7.1)
        );
        var token = one.GetProperty("token").GetString()!;
        Assert.StartsWith("srt_", token, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(token));

        var (_, listed, _) = await Programs.VerbAsync(open.House.Settings, "token", "list", "--json");
        Assert.Contains("nightly import", listed, StringComparison.Ordinal);
        Assert.DoesNotContain(token, listed, StringComparison.Ordinal);

        var id = one.GetProperty("id").GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture);
        await VerbAsync("token", "revoke", id);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(token));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(other.GetProperty("token").GetString()!));
        await RefusesAsync(1, "no token " + id, "token", "revoke", id);
    }

    [Fact]
    public async Task A_token_for_somebody_acts_as_them_and_never_beyond_their_roles()
    {
        var name = NewName();
        var member = await VerbAsync("staff", "add", name, "--name", "Somebody", "--role", "editor", "--json");
        var token = await VerbAsync("token", "create", "--for", name, "--role", "editor", "--json");
        Assert.Equal(member.GetProperty("id").GetString(), token.GetProperty("staff").GetString());
        await RefusesAsync(1, "never does more than its owner", "token", "create", "--for", name, "--role", "approver");
        var (_, _, _) = await Programs.VerbAsync(open.House.Settings, "staff", "deactivate", name);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(token.GetProperty("token").GetString()!));
    }

    [Fact]
    public async Task Somebody_added_signs_in_with_the_password_that_was_shown_once()
    {
        var name = NewName();
        var added = await VerbAsync("staff", "add", name, "--name", "Ana", "--department", "police", "--role", "editor", "--json");
        Assert.True(added.GetProperty("password").GetString()!.Length >= 12);
        using var visitor = new Visitor(open.House.Http);
        Assert.True(await visitor.SignInAsync(name, added.GetProperty("password").GetString()!));

        await VerbAsync("staff", "roles", name, "--role", "approver");
        Assert.False(await visitor.IsInAsync()); // Their rights changed.
        var renewed = await VerbAsync("staff", "password", name, "--json");
        Assert.False(await visitor.SignInAsync(name, added.GetProperty("password").GetString()!));
        Assert.True(await visitor.SignInAsync(name, renewed.GetProperty("password").GetString()!));
    }

    [Fact]
    public async Task A_chosen_password_comes_by_the_input_and_has_twelve_characters()
    {
        var name = NewName();
        var (code, output, errors) = await Programs.RunAsync(
            "bash",
            [
                "-c",
                $"printf 'correct horse battery\\n' | dotnet '{Programs.Registry}' staff add {name} --name Bo --role editor --password-stdin --json",
            ],
            open.House.Settings
        );
        Assert.True(code == 0, errors);
        Assert.DoesNotContain("horse", output, StringComparison.Ordinal);
        using var visitor = new Visitor(open.House.Http);
        Assert.True(await visitor.SignInAsync(name, "correct horse battery"));

        (code, _, errors) = await Programs.RunAsync(
            "bash",
            [
                "-c",
                $"printf 'eleven char\\n' | dotnet '{Programs.Registry}' staff add short-{name} --name Bo --role editor --password-stdin",
            ],
            open.House.Settings
        );
        Assert.Equal(2, code);
        Assert.Contains("expected 12 to 256", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_is_said_in_a_sentence()
    {
        var name = NewName();
        await VerbAsync("staff", "add", name, "--name", "Chi", "--role", "editor", "--json");
        await RefusesAsync(1, "is registered already", "staff", "add", name.ToUpperInvariant(), "--name", "Chi", "--role", "editor");
        await RefusesAsync(2, "'king' is no role", "staff", "add", NewName(), "--name", "Chi", "--role", "king");
        await RefusesAsync(2, "No role is given", "token", "create");
        await RefusesAsync(2, "--name has", "staff", "add", NewName(), "--name", new string('x', 121), "--role", "editor");
        await RefusesAsync(2, "--days is 0", "token", "create", "--role", "editor", "--days", "0");
        await RefusesAsync(1, "Nobody signs in", "staff", "deactivate", "nobody@city.example");
        await RefusesAsync(1, "Nobody signs in", "token", "create", "--role", "editor", "--for", "nobody@city.example");
    }

    [Fact]
    public async Task Rights_stand_in_the_ledger_and_no_name_does()
    {
        var name = NewName();
        var added = await VerbAsync("staff", "add", name, "--name", "Secretive Person", "--role", "editor", "--json");
        await using var connection = new NpgsqlConnection(await open.House.DatabaseAsync());
        await connection.OpenAsync();
        await using var ask = new NpgsqlCommand(
            "select string_agg(convert_from(bytes, 'UTF8'), E'\\n') from registry.ledger_entry where kind = 'staff-right-changed'",
            connection
        );
        var entries = (string)(await ask.ExecuteScalarAsync())!;
        Assert.Contains(added.GetProperty("id").GetString()!, entries, StringComparison.Ordinal);
        Assert.All(
            new[] { "ecretive", "@", added.GetProperty("password").GetString()! },
            word => Assert.DoesNotContain(word, entries, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_session_survives_a_restart_and_with_https_its_cookie_belongs_to_this_host_alone()
    {
        await using var house = new RegistryHost();
        house.More["REGISTRY_PUBLIC_URL"] = "https://registry.city.example";
        await house.OpenAsync("--sample-staff");
        var line = SignIn().Match(Assert.Single(house.SignIns, line => line.Contains("editor@", StringComparison.Ordinal)));
        Assert.Equal(4, house.SignIns.Count);
        using var visitor = new Visitor(house.Http, isBehindTls: true);
        Assert.True(await visitor.SignInAsync(line.Groups[1].Value, line.Groups[2].Value));
        Assert.All(
            visitor.Set,
            cookie =>
            {
                Assert.StartsWith("__Host-registry-staff", cookie, StringComparison.Ordinal);
                Assert.All(new[] { "path=/;", "; secure", "; httponly" }, part => Assert.Contains(part, cookie, StringComparison.Ordinal));
                Assert.DoesNotContain("domain=", cookie, StringComparison.Ordinal);
            }
        );

        await house.CloseAsync();
        await house.OpenAsync();
        Assert.Empty(house.SignIns);
        visitor.GoTo(house.Http);
        Assert.True(await visitor.IsInAsync());
    }

    [Fact]
    public async Task Sample_staff_get_new_passwords_at_every_start_and_a_real_city_has_none()
    {
        var policies = RegistryHost.Reachable(Directory.CreateTempSubdirectory("real-city-").FullName);
        await Programs.RunAsync("cp", ["-r", Path.Combine(Programs.Root, "policies") + "/.", policies]);
        var (city, inventory) = (Path.Combine(policies, "city.yaml"), Path.Combine(policies, "..", Path.GetFileName(policies) + ".yaml"));
        await File.WriteAllTextAsync(
            city,
            (await File.ReadAllTextAsync(city)).Replace("sample: true", "sample: false", StringComparison.Ordinal)
        );
        await File.WriteAllTextAsync(
            inventory,
            (await File.ReadAllTextAsync(Path.Combine(Programs.Root, "devices/sample-city.yaml"))).Replace(
                "sample: true",
                "sample: false",
                StringComparison.Ordinal
            )
        );
        await using (var house = new RegistryHost())
        {
            (house.More["REGISTRY_POLICIES"], house.More["REGISTRY_DEVICES"]) = (policies, inventory);
            var (code, output, errors) = await Programs.VerbAsync(house.Settings, "serve", "--sample-staff");
            Assert.Equal((2, ""), (code, output.Trim()));
            Assert.Contains("serves a real city", errors, StringComparison.Ordinal);
        }

        Directory.Delete(policies, recursive: true);
        File.Delete(inventory);
        await using var sample = new RegistryHost();
        await sample.OpenAsync("--sample-staff");
        var before = sample.SignIns.ToArray();
        await sample.CloseAsync();
        await sample.OpenAsync("--sample-staff");
        Assert.Empty(before.Intersect(sample.SignIns));
        Assert.Equal(4, sample.SignIns.Count);
    }

    [Theory]
    [InlineData("REGISTRY_OIDC__AUTHORITY", "http://login.city.example", "expected the https address")]
    [InlineData("REGISTRY_OIDC__AUTHORITY", "https://login.city.example", "REGISTRY_OIDC__CLIENT_ID is missing")]
    [InlineData("REGISTRY_OIDC__CLIENT_ID", "registry", "expected the https address")]
    public async Task A_provider_that_is_not_described_whole_is_refused(string setting, string value, string because)
    {
        var (code, _, errors) = await Programs.VerbAsync(
            new Dictionary<string, string>(open.House.Settings) { [setting] = value },
            "serve"
        );
        Assert.Equal(2, code);
        Assert.Contains(because, errors, StringComparison.Ordinal);
    }

    [GeneratedRegex("as (\\S+) with (\\S+)")]
    private static partial Regex SignIn();

    /// <summary>A browser reduced to cookies and forms; behind TLS when somebody else ends it.</summary>
    private sealed partial class Visitor(Uri http, bool isBehindTls = false) : IDisposable
    {
        private readonly HttpClient _client = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        private readonly Dictionary<string, string> _cookies = [];
        private Uri _http = http;

        /// <summary>Every cookie that was set, as it was set.</summary>
        public List<string> Set { get; } = [];

        public void GoTo(Uri http) => _http = http;

        public async Task<bool> SignInAsync(string name, string password)
        {
            using var page = await SendAsync(HttpMethod.Get, "/staff/sign-in");
            var token = FormToken().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value;
            using var answer = await SendAsync(
                HttpMethod.Post,
                "/staff/sign-in",
                new()
                {
                    ["sign-in"] = name,
                    ["password"] = password,
                    ["__RequestVerificationToken"] = token,
                }
            );
            return answer.StatusCode == HttpStatusCode.Redirect && await IsInAsync();
        }

        public async Task<bool> IsInAsync()
        {
            using var page = await SendAsync(HttpMethod.Get, "/staff/account");
            return page.StatusCode == HttpStatusCode.OK;
        }

        public void Dispose() => _client.Dispose();

        private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, Dictionary<string, string>? form = null)
        {
            using var request = new HttpRequestMessage(method, new Uri(_http, address));
            if (isBehindTls)
                request.Headers.Host = "registry.city.example";
            if (_cookies.Count > 0)
                request.Headers.Add("Cookie", string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
            request.Content = form is null ? null : new FormUrlEncodedContent(form);
            var answer = await _client.SendAsync(request);
            foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
            {
                Set.Add(cookie);
                var (name, value) = (
                    cookie[..cookie.IndexOf('=', StringComparison.Ordinal)],
                    cookie[(cookie.IndexOf('=', StringComparison.Ordinal) + 1)..cookie.IndexOf(';', StringComparison.Ordinal)]
                );
                _cookies[name] = value;
            }

            return answer;
        }

        [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
        private static partial Regex FormToken();
    }
}
