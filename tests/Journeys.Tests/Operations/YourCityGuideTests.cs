using System.Net;
using System.Text.RegularExpressions;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Operations;

/// <summary>The guides to a city of its own and to backups say what the registry does: their commands run as they are printed.</summary>
public sealed partial class YourCityGuideTests : IDisposable
{
    private readonly string _folder = RegistryHost.MakeTraversable(Directory.CreateTempSubdirectory("city-").FullName);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_guides_lead_from_nothing_to_a_city_with_law_an_administrator_and_a_drill()
    {
        var commands = CommandsOf("your-city.md");
        await RunAsync(commands.First(command => command.Contains(" init ", StringComparison.Ordinal)), []);
        await using var registry = new RegistryHost();
        registry.ExtraSettings["REGISTRY_POLICIES"] = Path.Combine(_folder, "port-alder/policies");
        registry.ExtraSettings["REGISTRY_DEVICES"] = Path.Combine(_folder, "port-alder/devices/inventory.yaml");
        await registry.StartAsync();
        var link = new Uri((await registry.ReadLineAsync())!.Split(' ')[1]).AbsolutePath;
        await AssertNoSampleAsync(registry, link);
        await BecomeAdministratorAsync(registry, link);

        var applied = await RunAsync(
            commands.First(command => command.Contains("policies apply", StringComparison.Ordinal)),
            registry.Settings
        );
        Assert.Contains("Change request 1 waits for approval: instrument rcw-10.93.160.", applied, StringComparison.Ordinal);

        var backups = CommandsOf("backup.md");
        await RunAsync(backups.First(command => command.Contains("openssl req", StringComparison.Ordinal)), []);
        using (var reader = new HttpClient { BaseAddress = registry.Http })
            await File.WriteAllTextAsync(
                Path.Combine(_folder, "newest-checkpoint"),
                await reader.GetStringAsync("/api/v1/log/checkpoint", Cancellation),
                Cancellation
            );
        Assert.Contains(
            "holds.",
            await RunAsync(backups.First(command => command.Contains("drill", StringComparison.Ordinal)), registry.Settings),
            StringComparison.Ordinal
        );
    }

    /// <summary>No page of the new city says that it is a sample, or speaks of another city's police.</summary>
    private static async Task AssertNoSampleAsync(RegistryHost registry, string link)
    {
        using var visitor = new StaffVisitor(registry.Http);
        foreach (var address in (string[])["/", "/governance", "/places", "/instruments/rcw-9.73", "/data", "/staff/sign-in", link])
        {
            var page = await visitor.GetTextAsync(address);
            Assert.Contains("Port Alder", page, StringComparison.Ordinal);
            Assert.DoesNotContain("sample", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("Seattle Police", page, StringComparison.Ordinal);
        }
    }

    /// <summary>The link refuses a weak password, makes one administrator, and is then gone.</summary>
    private static async Task BecomeAdministratorAsync(RegistryHost registry, string link)
    {
        using var visitor = new StaffVisitor(registry.Http);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await visitor.SubmitAsync(link, Form("password1234"), from: link));
        Assert.Equal(HttpStatusCode.Redirect, await visitor.SubmitAsync(link, Form("correct horse battery staple"), from: link));
        using var other = new HttpClient { BaseAddress = registry.Http };
        Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync(link, Cancellation)).StatusCode);
        var signIn = new Dictionary<string, string>
        {
            ["sign-in"] = "ana@port-alder.example",
            ["password"] = "correct horse battery staple",
        };
        Assert.Equal(HttpStatusCode.Redirect, await visitor.SubmitAsync("/staff/sign-in", signIn, from: "/staff/sign-in"));
        var (code, output, errors) = await Programs.CommandAsync(registry.Settings, "staff", "list");
        Assert.True(code == 0, errors);
        Assert.StartsWith("ana@port-alder.example\tAna Ruiz\t\tadministrator", output, StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Form(string password) =>
        new()
        {
            ["name"] = "Ana Ruiz",
            ["sign-in"] = "Ana@port-alder.example",
            ["password"] = password,
        };

    /// <summary>The commands of a guide: its blocks in the language of the shell, and its indented lines.</summary>
    private static string[] CommandsOf(string guide)
    {
        var text = File.ReadAllText(Path.Combine(Programs.Root, "docs/guide", guide));
        return [.. Blocks().Matches(text).Select(block => block.Groups["text"].Value)];
    }

    /// <summary>Runs commands as they are printed, with the folders of this test. Returns what they print.</summary>
    private async Task<string> RunAsync(string commands, Dictionary<string, string> settings)
    {
        var here = Executable()
            .Replace(commands, $"dotnet {Programs.RegistryExecutable} ")
            .Replace("/srv/", _folder + "/", StringComparison.Ordinal)
            .Replace("/backups/", _folder + "/", StringComparison.Ordinal)
            .Replace("/opt/registry/", Programs.Root + "/", StringComparison.Ordinal);
        var library = $"export REGISTRY_POLICIES=${{REGISTRY_POLICIES:-{Programs.Root}/policies}}; cd {_folder}; ";
        var (code, output, errors) = await Programs.RunAsync("bash", ["-euc", library + here], settings);
        Assert.True(code == 0, here + output + errors);
        return output;
    }

    [GeneratedRegex("```sh\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"(?m)^(?:\./deploy/)?registry +")]
    private static partial Regex Executable();
}
