using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Strangers;

/// <summary>A registry that strangers treat badly. Its ledger holds in the end, and it stops in order.</summary>
public sealed class FuzzedRegistry : IAsyncLifetime
{
    internal RegistryHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Host = await Snapshot.StartHostAsync();

    public async ValueTask DisposeAsync()
    {
        var (code, output, errors) = await Programs.CommandAsync(Host.Settings, "ledger", "verify");
        Assert.True(code == 0, output + errors);
        var unhandled = Host.Log.IndexOf("Unhandled", StringComparison.OrdinalIgnoreCase);
        Assert.True(unhandled < 0, unhandled < 0 ? "" : Host.Log[unhandled..Math.Min(Host.Log.Length, unhandled + 3_000)]);
        Assert.Equal(0, await Host.StopAsync());
        await Host.DisposeAsync();
    }
}

/// <summary>The tests that share <see cref="FuzzedRegistry"/>. They run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class FuzzedRegistryGroup : ICollectionFixture<FuzzedRegistry>
{
    internal const string Name = "The fuzzed registry";
}

/// <summary>
/// Every operation of the API with odd values, as a stranger and with a token of each role: none is a 500, none loses a header, none names
/// a type of the program, and what is refused leaves nothing in the ledger.
/// </summary>
[Collection(FuzzedRegistryGroup.Name)]
public sealed partial class StrangerFuzzTests(FuzzedRegistry fuzzed)
{
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("REGISTRY_LONG") is "1";

    /// <summary>How often each operation is sent by each role.</summary>
    private static readonly int Rounds = IsLong ? 300 : 4;

    private static readonly string?[] Roles = [null, "device-clerk", "editor", "approver"];

    private static readonly string[] AllRoles =
    [
        "device-clerk",
        "editor",
        "approver",
        "posting-inspector",
        "records-officer",
        "auditor",
        "administrator",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_request_of_a_stranger_is_a_fault_of_the_program()
    {
        var seed = IsLong
            ? Random.Shared.Next()
            : int.Parse(Environment.GetEnvironmentVariable("FSEED") ?? "20261203", CultureInfo.InvariantCulture);
        var random = new Random(seed);
        var document = JsonNode.Parse(
            await new HttpClient { BaseAddress = fuzzed.Host.Http }.GetStringAsync("/openapi/v1.json", Cancellation)
        )!;
        var clients = await ClientsAsync();
        var failures = new List<string>();
        var statuses = new SortedDictionary<int, int>();
        var size = await LedgerSizeAsync();
        foreach (var (path, method, operation) in StrangerRequest.OperationsOf(document))
        {
            foreach (var (role, client) in clients)
            {
                for (var round = 0; round < Rounds; round++)
                {
                    var request = OddRequest(document, path, method, operation, random);
                    var (status, finding) = await request.SendAsync(client, Cancellation);
                    statuses[status] = statuses.GetValueOrDefault(status) + 1;
                    if (finding is not null)
                        failures.Add($"{role ?? "stranger"}: {request}: {finding}");
                    var now = method == "GET" || status < 300 ? size : await LedgerSizeAsync();
                    if (now != size)
                        failures.Add($"{role ?? "stranger"}: {request}: {status}, and {now - size} ledger entries");
                    size = status < 300 && method != "GET" ? await LedgerSizeAsync() : now;
                }
            }
        }

        foreach (var client in clients)
            client.Client.Dispose();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", statuses.Select(one => $"{one.Value} × {one.Key}")));
        Assert.All(new[] { 200, 400, 401, 403, 404, 412, 422 }, status => Assert.Contains(status, statuses.Keys)); // It got everywhere.
        Assert.True(failures.Count == 0, $"seed {seed}, {failures.Count} findings:\n{string.Join('\n', failures.Take(40))}");
    }

    [Fact]
    public async Task Another_query_is_another_request_under_the_same_idempotency_key()
    {
        using var editor = await fuzzed.Host.ApiClientAsync("editor");
        var table = (await editor.GetStringAsync("governance.csv", Cancellation)).Replace(
            "Seattle Police Department",
            "Police of Seattle",
            StringComparison.Ordinal
        );
        Assert.Equal(201, (await SendAsync("first")).Status);
        Assert.Equal(201, (await SendAsync("first")).Status);
        var (status, _, problem) = await SendAsync("SECOND");
        Assert.Equal((422, "/problems/key-reused"), (status, problem.GetProperty("type").GetString()));

        Task<(int Status, string? ETag, System.Text.Json.JsonElement Answer)> SendAsync(string reason) =>
            StaffedRegistry.SendAsync(editor, "changes/from-file?name=table.csv&reason=" + reason, table, key: "k-2");
    }

    private async Task<(string? Role, HttpClient Client)[]> ClientsAsync()
    {
        var clients = new List<(string?, HttpClient)>();
        foreach (var role in IsLong ? [null, .. AllRoles] : Roles)
        {
            var client = role is null
                ? new HttpClient { BaseAddress = new Uri(fuzzed.Host.Http, "/api/v1/") }
                : await fuzzed.Host.ApiClientAsync(role);
            clients.Add((role, client));
        }

        return [.. clients];
    }

    private static StrangerRequest OddRequest(JsonNode document, string path, string method, JsonNode operation, Random random)
    {
        var parameters = operation["parameters"]?.AsArray().Select(one => one!).ToArray() ?? [];
        var address = PathParameter().Replace(path, _ => OddPart(random));
        var query = parameters
            .Where(one => (string?)one["in"] == "query" && random.Next(2) == 0)
            .Select(one => $"{one["name"]}={OddPart(random)}")
            .ToArray();
        var headers = parameters
            .Where(one => (string?)one["in"] == "header")
            .Select(one => ((string)one["name"]!, random.Next(3) == 0 ? OddValues.Texts[random.Next(OddValues.Texts.Length)] : "\"1\""))
            .ToArray();
        var content = operation["requestBody"]?["content"]?.AsObject().FirstOrDefault();
        byte[]? body =
            method == "GET" ? null
            : random.Next(3) == 0 ? OddValues.Bodies[random.Next(OddValues.Bodies.Length)]
            : Encoding.UTF8.GetBytes(OddValues.BodyLike(document, content?.Value?["schema"], random));
        return new StrangerRequest(
            method,
            address + (query.Length > 0 ? "?" + string.Join('&', query) : ""),
            headers,
            body,
            content?.Key ?? "application/json"
        );
    }

    /// <summary>A value of a path or query, mostly odd and sometimes one that is registered.</summary>
    private static string OddPart(Random random) =>
        random.Next(5) switch
        {
            0 => OddValues.Escapes[random.Next(OddValues.Escapes.Length)],
            1 => random.Next(3) switch
            {
                0 => "east-precinct-lobby-1",
                1 => "body-worn-east-01",
                _ => "1",
            },
            _ => Uri.EscapeDataString(OddValues.Texts[random.Next(OddValues.Texts.Length)]),
        };

    private async Task<long> LedgerSizeAsync()
    {
        using var client = new HttpClient { BaseAddress = fuzzed.Host.Http };
        var checkpoint = await client.GetStringAsync("/api/v1/log/checkpoint", Cancellation);
        return long.Parse(checkpoint.Split('\n')[1], CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex PathParameter();
}
