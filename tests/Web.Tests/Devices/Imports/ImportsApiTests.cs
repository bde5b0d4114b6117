using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Devices.Imports;

/// <summary>The lists of a city by the API.</summary>
public sealed class ImportsApiTests(StaffedCity staffed) : DeviceClerkApiTestBase(staffed)
{
    private const string Mapping = """
        {"list":"corner-cameras","columns":{"name":"Corner","latitude":"Lat","longitude":"Lon","assetNumber":"No"},
        "defaults":{"kind":"traffic-camera","sensors":"video","place":"east-precinct-lobby","department":"police","lifecycle":"active"}}
        """;

    private static string Body(string csv, string mapping = Mapping) =>
        new JsonObject
        {
            ["name"] = "cameras.csv",
            ["content"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(csv)),
            ["mapping"] = JsonNode.Parse(mapping),
        }.ToJsonString();

    [Fact]
    public async Task A_list_is_looked_at_decided_recorded_as_seen_and_undone()
    {
        const string List = "No,Corner,Lat,Lon\n0001,A & B,47.6001,-122.3301\n0002,C & D,47.60011,-122.33011\n0003,E & F,47.61,-122.33\n";
        var (sent, preview, seen) = await SendAsync("POST", "imports", Body(List));
        Assert.Equal((HttpStatusCode.Created, 3, 1), (sent, (int)preview!["rows"]!, (int)preview["undecided"]!));
        Assert.Equal("near", (string?)preview["duplicates"]![0]!["reason"]);
        var import = $"imports/{preview["id"]}";

        var (undecided, problem, _) = await SendAsync("POST", import + "/commit", """{"reason":"Inventory."}""", seen);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, undecided);
        Assert.Contains("Row 3 may be the same device", problem!.ToJsonString(), StringComparison.Ordinal);
        const string Decided = """{"decisions":{"rows":[{"row":3,"take":"new"}]}}""";
        Assert.Equal(HttpStatusCode.PreconditionRequired, (await SendAsync("PATCH", import, Decided)).Status);
        var (_, ready, now) = await SendAsync("PATCH", import, Decided, seen);
        Assert.True((bool)ready!["isReady"]!);
        Assert.Equal(
            (HttpStatusCode.PreconditionFailed, "/problems/stale"),
            await ProblemAsync("POST", import + "/commit", """{"reason":"Inventory."}""", seen)
        );
        var (recorded, result, _) = await SendAsync("POST", import + "/commit", """{"reason":"Inventory."}""", now);
        Assert.Equal((HttpStatusCode.OK, "recorded", 3), (recorded, (string?)result!["state"], (int)result["added"]!));

        // The same list again changes nothing.
        var (_, again, tag) = await SendAsync("POST", "imports", Body(List));
        Assert.Equal((0, 3, 0), ((int)again!["new"]!, (int)again["unchanged"]!, (int)again["undecided"]!));
        Assert.Equal(
            (HttpStatusCode.UnprocessableEntity, "/problems/nothing-changed"),
            await ProblemAsync("POST", $"imports/{again["id"]}/commit", "{}", tag)
        );
        var (undone, _, _) = await SendAsync("POST", import + "/undo", """{"reason":"Wrong file."}""");
        Assert.Equal(HttpStatusCode.OK, undone);
        Assert.Equal("undone", (string?)(await SendAsync("GET", import)).Body!["state"]);
    }

    [Fact]
    public async Task Every_problem_of_a_list_has_its_row_its_column_and_what_was_expected()
    {
        var (_, preview, tag) = await SendAsync("POST", "imports", Body("No,Corner,Lat,Lon\n1,A,north,-122.3\n2,B,47.6,-122.3\n"));
        var found = preview!["problems"]![0]!;
        Assert.Equal((2, "Lat"), ((int)found["row"]!, (string?)found["column"]));
        Assert.Contains("a number", (string?)found["expected"], StringComparison.Ordinal);
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await SendAsync("POST", $"imports/{preview["id"]}/commit", """{"reason":"x"}""", tag)).Status
        );
    }

    [Fact]
    public async Task Two_clerks_never_overwrite_what_the_other_decided()
    {
        const string List = "No,Corner,Lat,Lon\n0101,G & H,47.6501,-122.3301\n";
        var (_, preview, seen) = await SendAsync("POST", "imports", Body(List));
        var import = $"imports/{preview!["id"]}";
        var register = City.Part<IListImportRegister>();
        var draft = (await register.FindAsync((string)preview["id"]!, Cancellation))!;
        // What is recorded stays the same; only another person has looked at it and said how sure it is.
        var (_, _, other) = await SendAsync(
            "PATCH",
            import,
            new JsonObject
            {
                ["mapping"] = JsonNode.Parse(Mapping.Replace("{\"list\"", "{\"confidence\":\"unsure\",\"list\"", StringComparison.Ordinal)),
            }.ToJsonString(),
            seen
        );
        Assert.NotEqual(seen, other);
        Assert.Equal(
            (HttpStatusCode.PreconditionFailed, "/problems/stale"),
            await ProblemAsync("PATCH", import, """{"decisions":{"otherGone":"remove"}}""", seen)
        );
        Assert.Null(await register.DecideAsync(draft, draft.Mapping, draft.Decisions, Cancellation));
        Assert.Equal(
            (HttpStatusCode.PreconditionFailed, "/problems/stale"),
            await ProblemAsync("POST", import + "/commit", """{"reason":"Inventory."}""", seen)
        );
    }

    [Fact]
    public async Task A_list_for_staff_is_stored_by_no_cache()
    {
        var (_, preview, tag) = await SendAsync("POST", "imports", Body("No,Corner,Lat,Lon\n0102,I & J,47.6601,-122.3301\n"));
        foreach (
            var (method, path) in new[] { ("GET", "imports"), ("GET", $"imports/{preview!["id"]}"), ("PATCH", $"imports/{preview["id"]}") }
        )
        {
            using var answer = await AnswerAsync(method, path, method == "PATCH" ? "{}" : null, tag);
            Assert.Equal((HttpStatusCode.OK, true), (answer.StatusCode, answer.Headers.CacheControl!.NoStore));
        }
    }

    [Fact]
    public async Task A_mapping_to_a_column_that_is_not_there_is_told()
    {
        var (_, preview, _) = await SendAsync("POST", "imports", Body("No,Corner\n1,A\n"));
        Assert.Contains(
            preview!["mappingProblems"]!.AsArray(),
            refusal => ((string)refusal!["sentence"]!).Contains("has no column 'Lat'", StringComparison.Ordinal)
        );
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "/problems/invalid"), await ProblemAsync("POST", "imports", "{}"));
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync("GET", "imports/im-aaaaaaaaaaaa")).Status);
    }
}
