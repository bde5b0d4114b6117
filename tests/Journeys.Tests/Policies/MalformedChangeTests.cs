using System.Text.Json;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Policies;

/// <summary>Changes that the API refuses, and what it says about them.</summary>
[Collection(StaffedRegistryGroup.Name)]
public sealed class MalformedChangeTests(StaffedRegistry city)
{
    [Theory]
    [InlineData(
        """{"reason":"x","rows":[{"instrument":"spd-manual-16.170","technology":"alpr","version":1,"base":1,"values":"""
            + """{"retention":[{"bound":"limit","weeks":3}]}}]}""",
        "weeks"
    )]
    [InlineData(
        """{"reason":"x","rows":[{"instrument":"spd-manual-16.170","technology":"alpr","version":1,"base":1,"values":"""
            + """{"captures":["plates"]}}]}""",
        "captures"
    )]
    [InlineData("""{"reason":"x","rows":[{"instrument":"no-such","technology":"alpr","version":1,"base":1,"values":{}}]}""", "no-such")]
    [InlineData("""{"reason":"x","documents":[{"document":"instrument","id":"spd-manual-16.170","content":{}}]}""", "base")]
    [InlineData("""{"reason":"x","surprise":1}""", "surprise")]
    [InlineData("""{"reason":""", "JSON")]
    public async Task A_change_that_cannot_be_read_is_refused_with_what_and_where(string body, string named)
    {
        using var editor = await city.ApiClientAsync("editor");
        var (status, _, problem) = await StaffedRegistry.SendAsync(editor, "changes", body);
        Assert.Equal(422, status);
        Assert.Contains(named, problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"to":"2018-01-01"}""", "not after the start")]
    [InlineData("""{"title":"<b>bold</b>"}""", "markup")]
    [InlineData("""{"supersededBy":"laws-2026-ch-239"}""", "Laws of 2026 ch. 239 replaced")]
    [InlineData("""{"by":"SMC 12.18.020.F"}""", "12.18.020.F")]
    public async Task A_change_that_contradicts_itself_is_refused_when_it_is_submitted(string change, string because)
    {
        using var editor = await city.ApiClientAsync("editor");
        var content = (await StaffedRegistry.GetJsonAsync(editor, "documents/instrument/spd-manual-16.170")).GetProperty("content");
        var whole = JsonNode.Parse(content.GetRawText())!.AsObject();
        var version = whole["versions"]![0]!.AsObject();
        foreach (var (member, value) in JsonNode.Parse(change)!.AsObject())
            (member == "to" ? version["effective"]!.AsObject() : version)[member] = value!.DeepClone();
        var body = JsonSerializer.Serialize(
            new
            {
                reason = "x",
                source = new
                {
                    title = "t",
                    url = (string?)null,
                    readOn = "2026-11-23",
                    confidence = "sourced",
                },
                documents = new[]
                {
                    new
                    {
                        document = "instrument",
                        id = "spd-manual-16.170",
                        @base = (await StaffedRegistry.GetJsonAsync(editor, "documents/instrument/spd-manual-16.170"))
                            .GetProperty("revision")
                            .GetInt32(),
                        content = whole,
                    },
                },
            }
        );
        var (_, etag, drafted) = await StaffedRegistry.SendAsync(editor, "changes", body);
        var (status, _, problem) = await StaffedRegistry.SendAsync(
            editor,
            $"changes/{drafted.GetProperty("id").GetInt64()}/submit",
            null,
            etag
        );
        Assert.Equal(422, status);
        Assert.Contains(because, problem.GetProperty("errors").ToString(), StringComparison.Ordinal);
        Assert.Matches("versions? 1", problem.GetProperty("errors")[0].GetProperty("where").GetString());
    }
}
