using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Api;

/// <summary>
/// The API's document, read by programs of other makers: a linter, a validator of JSON Schema and a generator of clients. One
/// process of Node does all of it.
/// </summary>
[Collection(StaffedRegistryGroup.Name)]
public sealed class ApiDocumentTests(StaffedRegistry city)
{
    private static Task<JsonElement>? _report;

    [Fact]
    public async Task A_linter_of_OpenAPI_has_nothing_to_say() => Assert.Empty(Texts((await ReportAsync()).GetProperty("lint")));

    [Fact]
    public async Task Every_operation_answers_as_the_document_says()
    {
        var report = await ReportAsync();
        string?[] differences = [.. Texts(report.GetProperty("wrong")), .. Texts(report.GetProperty("unseen"))];
        Assert.True(differences is [], string.Join('\n', differences));
    }

    [Fact]
    public async Task A_generated_client_compiles_and_reads_every_collection_and_every_item()
    {
        var client = (await ReportAsync()).GetProperty("client");
        Assert.Empty(Texts(client.GetProperty("errors")));
        var read = client.GetProperty("read");
        Assert.All(
            new[]
            {
                "governance",
                "in force",
                "instruments",
                "technologies",
                "devices",
                "fleets",
                "places",
                "kiosks",
                "gateways",
                "departments",
                "wordings",
                "imports",
                "changes",
            },
            collection => Assert.True(read.GetProperty(collection).GetInt32() > 0, $"{collection}: {read}")
        );
    }

    private Task<JsonElement> ReportAsync() => _report ??= RunAsync();

    private async Task<JsonElement> RunAsync()
    {
        var all = await city.Host.CreateTokenAsync([.. Enum.GetValues<Role>().Select(Json.Word)]);
        // A records officer may do one thing only; for that an editor is too weak.
        var weak = await city.Host.CreateTokenAsync("records-officer");
        var editor = await city.Host.CreateTokenAsync("editor");
        var (code, output, errors) = await Programs.RunAsync(
            "node",
            [Path.Combine(Programs.Root, "tests/Journeys.Tests/npm/openapi.mjs"), city.Host.Http.ToString().TrimEnd('/')],
            new Dictionary<string, string>
            {
                ["TOKEN"] = all,
                ["WEAK_TOKEN"] = weak,
                ["EDITOR_TOKEN"] = editor,
                // In this order: after an approval the other request would have an old base.
                ["REJECTED"] = await DecideAsync("reject"),
                ["APPROVED"] = await DecideAsync("approve"),
            }
        );
        Assert.True(code == 0, errors);
        return JsonSerializer.Deserialize<JsonElement>(output);
    }

    /// <summary>A change request that a person decided; a program cannot. No other test reads the text that it changes.</summary>
    private async Task<string> DecideAsync(string act)
    {
        using var editor = await city.ApiClientAsync("editor");
        var body = JsonNode.Parse(StaffedRegistry.RetentionChange("master-list-2025-09", "surveillance-equipment", 1, 1, 1))!;
        body["rows"]![0]!["values"] = new JsonObject { ["note"] = $"Of a test that decides to {act}." };
        var (_, etag, drafted) = await StaffedRegistry.SendAsync(editor, "changes", body.ToJsonString());
        var id = drafted.GetProperty("id").GetInt64();
        await StaffedRegistry.SendAsync(editor, $"changes/{id}/submit", null, etag);
        var decided = await city.DecideAsync("approver", act, id);
        Assert.True(decided is [HttpStatusCode.Redirect], $"To {act} was answered with {decided[0]}: {drafted}");
        return id.ToString(CultureInfo.InvariantCulture);
    }

    private static IEnumerable<string?> Texts(JsonElement list) => list.EnumerateArray().Select(one => one.GetString());
}
