using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Staff;

/// <summary>Accounts and tokens by the command line, while the server runs.</summary>
[Collection(PublicRegistryGroup.Name)]
public sealed class StaffTokenTests(PublicRegistry open)
{
    private static int _people;

    private static string NewName() => $"secretive-{Interlocked.Increment(ref _people)}@city.example";

    private async Task<JsonElement> CommandAsync(params string[] arguments)
    {
        var (code, output, errors) = await Programs.CommandAsync(open.Host.Settings, arguments);
        Assert.True(code == 0, errors);
        return output.Trim().Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(output);
    }

    private async Task RefusesAsync(int code, string because, params string[] arguments)
    {
        var (exitCode, output, errors) = await Programs.CommandAsync(open.Host.Settings, arguments);
        Assert.True(code == exitCode, $"exit code {exitCode}: {output} {errors}");
        Assert.Contains(because, errors, StringComparison.Ordinal);
        Assert.Single(errors.Trim().Split('\n'));
        Assert.Empty(output.Trim());
    }

    private async Task<HttpStatusCode> AskAsync(string token)
    {
        using var client = new HttpClient
        {
            BaseAddress = open.Host.Http,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        using var answer = await client.GetAsync("/api/v1/changes");
        return answer.StatusCode;
    }

    [Fact]
    public async Task A_token_opens_the_api_until_it_is_revoked_and_two_tokens_are_two_actors()
    {
        var one = await CommandAsync(
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
        var other = await CommandAsync("token", "create", "--role", "approver", "--json");
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

        var (_, listed, _) = await Programs.CommandAsync(open.Host.Settings, "token", "list", "--json");
        Assert.Contains("nightly import", listed, StringComparison.Ordinal);
        Assert.DoesNotContain(token, listed, StringComparison.Ordinal);

        var id = one.GetProperty("id").GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture);
        await CommandAsync("token", "revoke", id);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(token));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(other.GetProperty("token").GetString()!));
        await RefusesAsync(1, $"Token {id} does not exist or was already revoked", "token", "revoke", id);
    }

    [Fact]
    public async Task A_token_for_a_person_acts_as_them_and_never_beyond_their_roles()
    {
        var name = NewName();
        var member = await CommandAsync("staff", "add", name, "--name", "Dana", "--role", "editor", "--json");
        var token = await CommandAsync("token", "create", "--for", name, "--role", "editor", "--json");
        Assert.Equal(member.GetProperty("id").GetString(), token.GetProperty("staff").GetString());
        await RefusesAsync(1, "never does more than its owner", "token", "create", "--for", name, "--role", "approver");
        var (_, _, _) = await Programs.CommandAsync(open.Host.Settings, "staff", "deactivate", name);
        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(token.GetProperty("token").GetString()!));
    }

    [Fact]
    public async Task A_person_who_was_added_signs_in_with_the_password_that_was_shown_once()
    {
        var name = NewName();
        var added = await CommandAsync("staff", "add", name, "--name", "Ana", "--department", "police", "--role", "editor", "--json");
        Assert.True(added.GetProperty("password").GetString()!.Length >= 12);
        Assert.InRange(
            added.GetProperty("passwordValidUntil").GetDateTimeOffset(),
            DateTimeOffset.UtcNow.AddDays(2.9),
            DateTimeOffset.UtcNow.AddDays(3.1)
        );
        using var visitor = new StaffVisitor(open.Host.Http);
        Assert.True(await visitor.SignInAsync(name, added.GetProperty("password").GetString()!));

        await CommandAsync("staff", "roles", name, "--role", "approver");
        Assert.False(await visitor.IsInAsync()); // Their rights changed.
        var renewed = await CommandAsync("staff", "password", name, "--json");
        Assert.False(await visitor.SignInAsync(name, added.GetProperty("password").GetString()!));
        Assert.True(await visitor.SignInAsync(name, renewed.GetProperty("password").GetString()!));
    }

    [Fact]
    public async Task A_chosen_password_is_read_from_stdin_and_has_at_least_12_characters()
    {
        var name = NewName();
        var (code, output, errors) = await Programs.RunAsync(
            "bash",
            [
                "-c",
                $"printf 'correct horse battery\\n' | dotnet '{Programs.RegistryExecutable}' "
                    + $"staff add {name} --name Bo --role editor --password-stdin --json",
            ],
            open.Host.Settings
        );
        Assert.True(code == 0, errors);
        Assert.DoesNotContain("horse", output, StringComparison.Ordinal);
        using var visitor = new StaffVisitor(open.Host.Http);
        Assert.True(await visitor.SignInAsync(name, "correct horse battery"));

        (code, _, errors) = await Programs.RunAsync(
            "bash",
            [
                "-c",
                $"printf 'eleven char\\n' | dotnet '{Programs.RegistryExecutable}' "
                    + $"staff add short-{name} --name Bo --role editor --password-stdin",
            ],
            open.Host.Settings
        );
        Assert.Equal(2, code);
        Assert.Contains("expected 12 to 256", errors, StringComparison.Ordinal);

        (code, _, errors) = await Programs.RunAsync(
            "bash",
            [
                "-c",
                $"printf 'passwordpassword\n' | dotnet '{Programs.RegistryExecutable}' "
                    + $"staff add weak-{name} --name Bo --role editor --password-stdin",
            ],
            open.Host.Settings
        );
        Assert.Equal(2, code);
        Assert.Contains("easy to guess", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_cannot_be_done_is_refused_in_one_sentence()
    {
        var name = NewName();
        await CommandAsync("staff", "add", name, "--name", "Chi", "--role", "editor", "--json");
        await RefusesAsync(1, "is registered already", "staff", "add", name.ToUpperInvariant(), "--name", "Chi", "--role", "editor");
        await RefusesAsync(2, "'king' is no role", "staff", "add", NewName(), "--name", "Chi", "--role", "king");
        await RefusesAsync(2, "No role is given", "token", "create");
        await RefusesAsync(2, "The name has 121 characters", "staff", "add", NewName(), "--name", new string('x', 121), "--role", "editor");
        await RefusesAsync(2, "--days is 0", "token", "create", "--role", "editor", "--days", "0");
        await RefusesAsync(1, "No account signs in", "staff", "deactivate", "unknown@city.example");
        await RefusesAsync(1, "No account signs in", "token", "create", "--role", "editor", "--for", "unknown@city.example");
    }

    [Fact]
    public async Task The_ledger_holds_rights_and_no_names()
    {
        var name = NewName();
        var added = await CommandAsync("staff", "add", name, "--name", "Secretive Person", "--role", "editor", "--json");
        await using var connection = new NpgsqlConnection(await open.Host.ConnectionStringAsync());
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

    [Theory]
    [InlineData("REGISTRY_OIDC__AUTHORITY", "http://login.city.example", "expected the https address")]
    [InlineData("REGISTRY_OIDC__AUTHORITY", "https://login.city.example", "REGISTRY_OIDC__CLIENT_ID is missing")]
    [InlineData("REGISTRY_OIDC__CLIENT_ID", "registry", "expected the https address")]
    [InlineData("REGISTRY_OIDC__ONLY", "true", "no identity provider is set")]
    [InlineData("REGISTRY_OIDC__ONLY", "yes", "expected true or false")]
    public async Task An_incomplete_identity_provider_configuration_is_refused(string setting, string value, string because)
    {
        var (code, _, errors) = await Programs.CommandAsync(
            new Dictionary<string, string>(open.Host.Settings) { [setting] = value },
            "serve"
        );
        Assert.Equal(2, code);
        Assert.Contains(because, errors, StringComparison.Ordinal);
    }
}
