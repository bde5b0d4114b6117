using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using SurveillanceRegistry.Journeys.Tests.Fixtures;

namespace SurveillanceRegistry.Journeys.Tests.Strangers;

/// <summary>
/// Requests that are right but for one value. Each value of each of them is replaced by each odd value, so that every check is reached
/// and no earlier refusal hides it. <see cref="StrangerFuzzTests"/> sends what is odd in many places at once.
/// </summary>
[Collection(FuzzedRegistryGroup.Name)]
public sealed partial class OneOddValueTests(FuzzedRegistry fuzzed)
{
    /// <summary>The values of JSON whose text holds what no reader would see, or what no feed can carry.</summary>
    private static readonly string[] Unreadable =
    [
        "\"a\\u0000b\"",
        "\"a\\u0001b\"",
        "\"a\\u000bb\"",
        "\"a\\u202eb\"",
        "\"a\\ufffeb\"",
        "\"\\ud800\"",
        "\"" + new string('x', 70_000) + "\"",
    ];

    private const string Script = "\"javascript:alert(1)\"";

    private static readonly string[] OddJson =
    [
        .. Unreadable,
        Script,
        "null",
        "true",
        "-1",
        "1e400",
        "\"\"",
        "[]",
        "[null]",
        "{}",
        "\"9999-12-31\"",
    ];

    /// <summary>Odd values of one parameter, as they stand in an address.</summary>
    private static readonly string[] OddEscapes =
    [
        .. OddValues.Escapes,
        .. OddValues.Texts.Select(Uri.EscapeDataString).Where(text => text.Length < 4_000),
    ];

    private int _number;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_right_request_with_one_odd_value_is_answered_in_order()
    {
        using var clerk = await fuzzed.Host.ApiClientAsync("device-clerk");
        using var editor = await fuzzed.Host.ApiClientAsync("editor");
        var failures = new List<string>();
        foreach (var right in RightRequests())
        {
            var client = right.ByEditor ? editor : clerk;
            var (rightly, _) = await (await BuildAsync(client, right)).SendAsync(client, Cancellation);
            Assert.True(rightly is >= 200 and < 300, $"{right.Name} is not right: {rightly}"); // Or the odd value would hide behind it.
            foreach (var member in OddBody.MembersOf(right.Body(0)))
            {
                foreach (var odd in OddJson)
                {
                    var request = await BuildAsync(client, right, member, odd);
                    var (status, finding) = await request.SendAsync(client, Cancellation);
                    if (finding is not null)
                        failures.Add($"{right.Name}, {member} = {Short(odd)}: {finding}");
                    else if (status < 300 && (Unreadable.Contains(odd) || odd == Script && IsLink(member)))
                        failures.Add($"{right.Name}, {member} = {Short(odd)}: accepted with {status}");
                }
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} findings:\n{string.Join('\n', failures.Take(40))}");
        using var reader = new HttpClient { BaseAddress = fuzzed.Host.Http };
        XDocument.Parse(await reader.GetStringAsync("/changes.atom", Cancellation));
    }

    [Fact]
    public async Task A_reading_address_with_one_odd_value_is_answered_in_order()
    {
        using var client = new HttpClient { BaseAddress = fuzzed.Host.Http };
        var document = JsonNode.Parse(await client.GetStringAsync("/openapi/v1.json", Cancellation))!;
        var failures = new List<string>();
        foreach (var (path, method, operation) in StrangerRequest.OperationsOf(document).Where(one => one.Method == "GET"))
        {
            var names = operation["parameters"]?.AsArray().Select(one => ((string)one!["in"]!, (string)one["name"]!)).ToArray() ?? [];
            foreach (var (place, name) in names.Where(name => name.Item1 is "query" or "path"))
            {
                foreach (var odd in OddEscapes)
                {
                    var address = place == "path" ? path.Replace("{" + name + "}", odd, StringComparison.Ordinal) : $"{path}?{name}={odd}";
                    var request = new StrangerRequest(method, Named().Replace(address, "city-hall-lobby"), [], null);
                    if ((await request.SendAsync(client, Cancellation)).Finding is { } finding)
                        failures.Add($"{request}: {finding}");
                }
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} findings:\n{string.Join('\n', failures.Take(40))}");
    }

    /// <summary>Requests that the registry accepts as they are. A number makes each of them another one.</summary>
    private static IEnumerable<RightRequest> RightRequests()
    {
        static JsonNode Reason(int number) => new JsonObject { ["reason"] = $"For reason {number}." };
        yield return new RightRequest("register a device", "POST", _ => "devices", Device);
        yield return new RightRequest(
            "change a device",
            "PATCH",
            _ => "devices/city-hall-lobby-1",
            number => new JsonObject { ["deadlineSeconds"] = 10 + number % 60, ["reason"] = "The line is slow." },
            TagOf: "devices/city-hall-lobby-1"
        );
        yield return new RightRequest("accept heartbeats again", "POST", _ => "devices/city-hall-lobby-1/forget-epoch", Reason);
        yield return new RightRequest("issue a claim code", "POST", _ => "devices/city-hall-lobby-1/credentials", Credential);
        yield return new RightRequest("register a gateway", "POST", _ => "gateways", Gateway);
        yield return new RightRequest("draft a change", "POST", _ => "changes", Draft, ByEditor: true);
        yield return new RightRequest("revise a draft", "PUT", draft => draft, Draft, ByEditor: true, OnDraft: true);
        foreach (var act in new[] { "submit", "withdraw" })
        {
            yield return new RightRequest(
                act + " a draft",
                "POST",
                draft => $"{draft}/{act}",
                number => new JsonObject { ["note"] = $"Note {number}." },
                ByEditor: true,
                OnDraft: true
            );
        }
    }

    private static JsonNode Draft(int number)
    {
        var days = 40 + number % 40;
        var change = JsonNode.Parse(StaffedRegistry.RetentionChange("spd-manual-16.170", "alpr", version: 1, revision: 1, days))!;
        change["source"]!["url"] = "https://city.example/manual";
        change["rows"]![0]!["values"]!["retention"]![0]!["note"] = "with exceptions";
        return change;
    }

    private static JsonObject Device(int number) =>
        new JsonObject
        {
            ["id"] = $"odd-camera-{number}",
            ["kind"] = "facility-camera",
            ["sensors"] = new JsonArray("video"),
            ["place"] = "city-hall-lobby",
            ["department"] = "facilities",
            ["lifecycle"] = "active",
            ["reason"] = "It was installed.",
        };

    private static JsonObject Credential(int number) =>
        new JsonObject { ["kind"] = "claim", ["reason"] = $"The installer asked {number} times." };

    private static JsonObject Gateway(int number) =>
        new JsonObject
        {
            ["id"] = $"odd-gateway-{number}",
            ["department"] = "facilities",
            ["reason"] = "It was installed.",
        };

    private async Task<StrangerRequest> BuildAsync(HttpClient client, RightRequest right, string? member = null, string? odd = null)
    {
        var number = ++_number;
        var (subject, tag) = ("", right.TagOf is { } address ? await TagAsync(client, address) : null);
        if (right.OnDraft)
        {
            var draft = RightRequests().Single(one => one.Name == "draft a change");
            var (status, version, answer) = await StaffedRegistry.SendAsync(client, "changes", draft.Body(number).ToJsonString());
            Assert.Equal(201, status);
            (subject, tag) = ($"changes/{answer.GetProperty("id").GetInt64()}", version);
        }

        var body = right.Body(number + 1).ToJsonString();
        if (member is not null)
            body = OddBody.With(JsonNode.Parse(body)!, member, odd!);
        return new StrangerRequest(
            right.Method,
            "/api/v1/" + right.Address(subject),
            tag is null ? [] : [("If-Match", tag)],
            Encoding.UTF8.GetBytes(body)
        );
    }

    private static async Task<string> TagAsync(HttpClient client, string address)
    {
        using var answer = await client.GetAsync(address, Cancellation);
        return answer.Headers.ETag!.ToString();
    }

    private static bool IsLink(string member) => member.EndsWith("url", StringComparison.Ordinal);

    private static string Short(string odd) => odd.Length <= 40 ? odd : $"{odd[..20]}… ({odd.Length} letters)";

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Named();

    /// <summary>A request that the registry accepts.</summary>
    /// <param name="Address">Its address below <c>/api/v1/</c>, from the address of the draft that it is about.</param>
    /// <param name="Body">Its body, from a number.</param>
    /// <param name="TagOf">The address whose entity tag it must bring; null when none is needed.</param>
    /// <param name="OnDraft">Whether it is about a draft, a fresh one each time.</param>
    private sealed record RightRequest(
        string Name,
        string Method,
        Func<string, string> Address,
        Func<int, JsonNode> Body,
        string? TagOf = null,
        bool ByEditor = false,
        bool OnDraft = false
    );
}
