using System.Net;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Journeys.Tests.Strangers;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Devices.Imports;

/// <summary>Lists that are right but for one value, sent by a clerk: none is a fault of the program, and none spoils its draft.</summary>
public sealed class OddImportTests(StaffedCity staffed) : DeviceClerkApiTestBase(staffed)
{
    private static readonly string[] OddJson =
    [
        "null",
        "true",
        "-1",
        "1e400",
        "\"\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "[]",
        "[null]",
        "{}",
        "{\"a\":null}",
        "\"9999-12-31\"",
        "\"" + new string('x', 70_000) + "\"",
    ];

    private static readonly string[] OddCells =
    [
        "",
        " ",
        "null",
        "[null]",
        "{\"vendor\":null}",
        "{\"position\":{\"source\":\"city-list\",\"confidence\":\"secondary\",\"import\":\"\\u0000\"}}",
        "{\"type\":\"Polygon\",\"coordinates\":[[[null]]]}",
        "{\"type\":\"Polygon\",\"coordinates\":[]}",
        "{\"type\":\"\\ud800\",\"coordinates\":[[]]}",
        "1e999",
        "NaN",
        "-0",
        "0000-00-00",
        "east-precinct-lobby-1",
        "\u0000",
        "\u202e",
        new string('x', 30_000),
    ];

    private const string Fields =
        "id,name,kind,sensors,place,department,lifecycle,gateway,deadlineSeconds,assetNumber,vendor,model,installedOn,operator,owner,"
        + "latitude,longitude,directions,mountingHeight,coverage,sources";

    private static JsonObject Right(string text = "id,latitude\nodd-1,\nodd-2,\n") =>
        new()
        {
            ["name"] = "odd.csv",
            ["text"] = text,
            ["mapping"] = new JsonObject
            {
                ["list"] = "odd-cameras",
                ["options"] = new JsonObject
                {
                    ["encoding"] = "utf-8",
                    ["separator"] = ",",
                    ["sheet"] = "List",
                },
                ["columns"] = new JsonObject { ["id"] = "id" },
                ["defaults"] = new JsonObject { ["kind"] = "traffic-camera" },
                ["words"] = new JsonObject { ["kind"] = new JsonObject { ["cam"] = "traffic-camera" } },
                ["source"] = "city-list",
                ["confidence"] = "secondary",
                ["inspectedOn"] = "2026-01-01",
            },
            ["decisions"] = new JsonObject
            {
                ["rows"] = new JsonArray(
                    new JsonObject
                    {
                        ["row"] = 2,
                        ["take"] = "same",
                        ["device"] = "odd-2",
                    }
                ),
                ["gone"] = new JsonArray(new JsonObject { ["device"] = "odd-1", ["take"] = "keep" }),
                ["otherDuplicates"] = "new",
                ["otherGone"] = "keep",
            },
        };

    [Fact]
    public async Task A_right_list_with_one_odd_value_is_answered_in_order()
    {
        var failures = new List<string>();
        Assert.Equal(HttpStatusCode.Created, (await SendAsync("POST", "imports", Right().ToJsonString())).Status);
        foreach (var member in OddBody.MembersOf(Right()))
        {
            foreach (var odd in OddJson)
                await TrySendAsync(OddBody.With(Right(), member, odd), $"{member} = {odd[..Math.Min(odd.Length, 40)]}", failures);
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures.Take(40)));
    }

    [Fact]
    public async Task A_right_list_with_one_odd_cell_is_answered_in_order()
    {
        var failures = new List<string>();
        foreach (var field in Fields.Split(','))
        {
            foreach (var odd in OddCells)
            {
                var quoted = $"\"{odd.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
                await TrySendAsync(
                    Right($"{field},other\n{quoted},1\n{quoted},2\n").ToJsonString(),
                    $"{field}: {odd[..Math.Min(odd.Length, 40)]}",
                    failures
                );
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures.Take(40)));
    }

    /// <summary>Sends a list. One that is kept must be readable, and take decisions, as long as it is kept.</summary>
    private async Task TrySendAsync(string body, string what, List<string> failures)
    {
        var (status, draft, tag) = await SendAsync("POST", "imports", body);
        if ((int)status >= 500)
            failures.Add($"{what}: {status}");
        if (status != HttpStatusCode.Created)
            return;
        var import = $"imports/{draft!["id"]}";
        var (read, _, _) = await SendAsync("GET", import);
        var (committed, _, _) = await SendAsync("POST", import + "/commit", """{"reason":"It is odd."}""", tag);
        if (read != HttpStatusCode.OK || (int)committed >= 500)
            failures.Add($"{what}: kept, then {read} and {committed}");
    }
}
