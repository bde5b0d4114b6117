using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using SurveillanceRegistry.Mqtt;
using SurveillanceRegistry.Mqtt.Publishing.Rejections;

namespace SurveillanceRegistry.Journeys.Tests.Devices;

/// <summary>What the guide for integrators says is what the registry does: its commands run as they are printed.</summary>
[Collection(PublicRegistryGroup.Name)]
public sealed partial class IntegratorGuideTests(PublicRegistry open)
{
    private const string Camera = "west-precinct-lobby-1";

    private static readonly string Guide = File.ReadAllText(Path.Combine(Programs.Root, "docs/guide/device-integrators.md"));

    /// <summary>The first block of a language that holds a text.</summary>
    private static string Block(string language, string holding) =>
        Blocks()
            .Matches(Guide)
            .Where(block => block.Groups["language"].Value == language)
            .Select(block => block.Groups["text"].Value)
            .First(text => text.Contains(holding, StringComparison.Ordinal));

    private Dictionary<string, string> Settings(string secret) =>
        new()
        {
            ["HOST"] = open.Host.Mqtt.Address.ToString(),
            ["PORT"] = open.Host.Mqtt.Port.ToString(CultureInfo.InvariantCulture),
            ["DEVICE"] = Camera,
            ["SECRET"] = secret,
        };

    [Fact]
    public async Task The_guide_s_command_makes_a_heartbeat_durable()
    {
        var (code, output, errors) = await Programs.RunAsync(
            "bash",
            ["-euc", Block("sh", "mosquitto_pub")],
            Settings(await open.Host.IssueSecretByCommandAsync(Camera))
        );
        Assert.True((code, output, errors) == (0, "", ""), $"{code} {output} {errors}");
        await using var database = NpgsqlDataSource.Create(await open.Host.ConnectionStringAsync());
        await using (
            var kept = database.CreateCommand(
                $"select count(*) from registry.heartbeat join registry.device using (slot) where id = '{Camera}'"
            )
        )
            Assert.Equal(1L, await kept.ExecuteScalarAsync());
        var device = await open.Host.WaitForDeviceAsync(Camera, device => device.GetProperty("presence").GetString() == "online");
        Assert.Equal(
            ("recorded", "off"),
            (device.GetProperty("capture").GetProperty("video").GetString(), device.GetProperty("capture").GetProperty("audio").GetString())
        );
    }

    [Fact]
    public async Task The_guide_s_command_says_when_a_heartbeat_was_refused()
    {
        var command = Block("sh", "mosquitto_pub").Replace("health", "helth", StringComparison.Ordinal);
        var (_, _, errors) = await Programs.RunAsync("bash", ["-euc", command], Settings(await open.Host.IssueSecretAsync(Camera)));
        Assert.Contains("Payload format invalid", errors, StringComparison.OrdinalIgnoreCase);
        await open.Host.WaitForLogAsync("Rejected [0-9]+ publishes of ");
    }

    [Fact]
    public async Task The_guide_s_example_in_JavaScript_is_valid_JavaScript()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("guide-").FullName, "device.mjs");
        await File.WriteAllTextAsync(file, Block("js", "mqtt.connect"), TestContext.Current.CancellationToken);
        var (code, _, errors) = await Programs.RunAsync("node", ["--check", file]);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
        Assert.True(code == 0, errors);
    }

    [Fact]
    public void The_guide_names_every_limit_with_its_default_and_its_setting()
    {
        var limits = new Limits();
        Assert.NotEmpty(typeof(Limits).GetProperties());
        foreach (var limit in typeof(Limits).GetProperties())
        {
            var line = Guide
                .Split('\n')
                .SingleOrDefault(line =>
                    line.Contains($"`REGISTRY_MQTT_LIMITS__{limit.Name.ToUpperInvariant()}`", StringComparison.Ordinal)
                );
            Assert.True(line is not null, $"The guide does not name {limit.Name}.");
            Assert.Matches($@"\| {limit.GetValue(limits)}\b", line);
        }
    }

    [Fact]
    public void The_guide_names_every_reason_for_which_a_publish_is_rejected()
    {
        foreach (var refusal in Enum.GetValues<PublishRejection>())
            Assert.Contains($"`{Domain.Json.Word(refusal)}`", Guide, StringComparison.Ordinal);
    }

    [GeneratedRegex("^```(?<language>[a-z]+)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
