using System.Text.RegularExpressions;
using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Delivery;

/// <summary>A registry with its sample staff behind a proxy that terminates TLS, and with a mail server.</summary>
public sealed partial class MailedRegistry : IAsyncLifetime
{
    private readonly Dictionary<string, (string SignIn, string Password)> _people = [];

    internal RegistryHost Host { get; private set; } = null!;

    internal Receiver MailServer { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        MailServer = await Receiver.StartMailServerAsync();
        Host = await Snapshot.CreateHostAsync();
        foreach (
            var (name, value) in new[]
            {
                ("SMTP__HOST", "127.0.0.1"),
                ("SMTP__PORT", $"{MailServer.Port}"),
                ("SMTP__FROM", "registry@city.example"),
                ("WEBHOOKS__NETWORKS", "127.0.0.0/8"),
                ("PUBLIC_URL", "https://registry.city.example"),
            }
        )
            Host.ExtraSettings["REGISTRY_" + name] = value;
        await FixtureClock.MeasureAsync("registry", () => Host.StartAsync("--sample-staff"));
        foreach (var line in Host.SignInLines.Select(line => SignInLine().Match(line)))
            _people[line.Groups["who"].Value] = (line.Groups["name"].Value, line.Groups["password"].Value);
    }

    /// <summary>Signs a person in. They stay signed in when the registry starts again.</summary>
    internal async Task<StaffVisitor> SignInAsync(string who)
    {
        var visitor = new StaffVisitor(Host.Http, isBehindTls: true);
        Assert.True(await visitor.SignInAsync(_people[who].SignIn, _people[who].Password));
        return visitor;
    }

    internal string PasswordOf(string who) => _people[who].Password;

    /// <summary>Runs a statement as the owner of the database.</summary>
    internal async Task<string> AskAsync(string sql)
    {
        await using var database = new NpgsqlConnection(await Host.ConnectionStringAsync());
        await database.OpenAsync();
        await using var command = new NpgsqlCommand(sql, database);
        return (await command.ExecuteScalarAsync())?.ToString() ?? "";
    }

    /// <summary>Has a program draft and submit a change. Returns its number.</summary>
    internal async Task<long> SubmitChangeAsync(string reason)
    {
        using var program = await Host.ApiClientAsync("editor");
        var (_, tag, drafted) = await StaffedRegistry.SendAsync(
            program,
            "changes",
            StaffedRegistry.RetentionChange("smc-14.18", "surveillance-equipment", 3, 1, 20, reason)
        );
        var id = drafted.GetProperty("id").GetInt64();
        var (status, _, answer) = await StaffedRegistry.SendAsync(program, $"changes/{id}/submit", null, tag);
        Assert.True(status == 200, answer.ToString());
        return id;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await MailServer.DisposeAsync();
    }

    [GeneratedRegex(@"as (?<name>(?<who>\w+)@\S+) with (?<password>\S+)")]
    private static partial Regex SignInLine();
}
