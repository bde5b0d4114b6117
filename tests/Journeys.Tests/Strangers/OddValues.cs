using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SurveillanceRegistry.Journeys.Tests.Strangers;

/// <summary>Values that a program seldom thinks of: edges, controls, wrong types, wrong encodings, too long, too deep.</summary>
internal static class OddValues
{
    /// <summary>Texts for a path, a query or a header, as the sender would write them before escaping.</summary>
    public static readonly string[] Texts =
    [
        "",
        " ",
        "0",
        "-1",
        "1.5",
        "9223372036854775807",
        "9223372036854775808",
        "1e999",
        "NaN",
        "null",
        "true",
        "[]",
        "{}",
        "0001-01-01",
        "0000-00-00",
        "2026-02-30",
        "9999-12-31",
        "10000-01-01",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59.9999999-12:00",
        "2026-11-23T24:00:00Z",
        "2026-11-23T12:00:60Z",
        "../../etc/passwd",
        "%2e%2e%2f",
        "' or 1=1 --",
        "<script>alert(1)</script>",
        "javascript:alert(1)",
        "a\u0001b",
        "a\u000bb",
        "a\u007fb",
        "a\r\nX-Injected: 1",
        "\u202egnitirw",
        "\ufeff",
        "\ufffe",
        "e\u0301",
        "👁️‍🗨️",
        "İıſK",
        "east-precinct-lobby-1 ",
        "EAST-PRECINCT-LOBBY-1",
        new string('a', 3_000),
        new string('é', 500),
    ];

    /// <summary>What no escaping function writes: bytes that are not UTF-8, halves of characters, U+0000.</summary>
    public static readonly string[] Escapes = ["%00", "a%00b", "%ff%fe", "%c0%80", "%ed%a0%80", "%f4%90%80%80", "%", "%zz", "%u0041"];

    /// <summary>Values of one member of a JSON body.</summary>
    public static readonly string[] Json =
    [
        "null",
        "true",
        "0",
        "-1",
        "1.5",
        "1e400",
        "9223372036854775808",
        "\"\"",
        "\" \"",
        "\"a\\u0000b\"",
        "\"a\\u0001b\"",
        "\"a\\u000bb\"",
        "\"\\ud800\"",
        "\"\\ufffe\"",
        "\"\\u202e\"",
        "\"9999-12-31\"",
        "\"0001-01-01T00:00:00Z\"",
        "\"javascript:alert(1)\"",
        "[]",
        "[null]",
        "[[]]",
        "{}",
        "{\"a\":null}",
        "\"" + new string('x', 70_000) + "\"",
    ];

    /// <summary>Whole bodies that are no body of any operation.</summary>
    public static readonly byte[][] Bodies =
    [
        [],
        "null"u8.ToArray(),
        "[]"u8.ToArray(),
        "\"text\""u8.ToArray(),
        "7"u8.ToArray(),
        "{"u8.ToArray(),
        "{}"u8.ToArray(),
        "{\"a\":1,\"a\":2}"u8.ToArray(),
        [0xEF, 0xBB, 0xBF, .. "{}"u8],
        [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00],
        [0x22, 0xC0, 0x80, 0x22],
        [0],
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("[", 200)) + string.Concat(Enumerable.Repeat("]", 200))),
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200)),
    ];

    /// <summary>A body in the form of a schema, with plain values in all members but one, which is odd.</summary>
    public static string BodyLike(JsonNode document, JsonNode? schema, Random random)
    {
        var body = new StringBuilder();
        var members = Resolve(document, schema)?["properties"]?.AsObject().Select(member => (member.Key, member.Value)).ToArray() ?? [];
        var odd = members.Length == 0 ? -1 : random.Next(members.Length);
        body.Append('{');
        for (var i = 0; i < members.Length; i++)
        {
            body.Append(i == 0 ? "" : ",").Append(JsonSerializer.Serialize(members[i].Key)).Append(':');
            body.Append(i == odd ? Json[random.Next(Json.Length)] : PlainLike(document, members[i].Value, random, depth: 0));
        }

        return body.Append('}').ToString();
    }

    private static JsonNode? Resolve(JsonNode document, JsonNode? schema) =>
        (string?)schema?["$ref"] is { } reference ? document["components"]!["schemas"]![reference.Split('/')[^1]]
        : schema?["oneOf"]?.AsArray().FirstOrDefault(one => (string?)one!["type"] != "null") is { } choice ? Resolve(document, choice)
        : schema;

    /// <summary>A value that the schema allows, at times null where it may be. So the one odd value gets as far as it can.</summary>
    private static string PlainLike(JsonNode document, JsonNode? schema, Random random, int depth)
    {
        if (MayBeNull(schema) && random.Next(2) == 0)
            return "null";
        var resolved = Resolve(document, schema);
        if (resolved?["enum"]?.AsArray().FirstOrDefault(word => word is not null) is { } word)
            return word.ToJsonString();
        var type = resolved?["type"] switch
        {
            JsonArray types => types.Select(one => (string?)one).FirstOrDefault(one => one != "null"),
            { } one => (string?)one,
            null => null,
        };
        return depth > 4
            ? "null"
            : type switch
            {
                "integer" or "number" => "1",
                "boolean" => "true",
                "array" => $"[{PlainLike(document, resolved!["items"], random, depth + 1)}]",
                "object" => "{"
                    + string.Join(
                        ',',
                        resolved!
                            ["properties"]
                            ?.AsObject()
                            .Select(member =>
                                $"{JsonSerializer.Serialize(member.Key)}:{PlainLike(document, member.Value, random, depth + 1)}"
                            )
                            ?? []
                    )
                    + "}",
                _ => (string?)resolved?["format"] switch
                {
                    "date" => "\"2026-11-23\"",
                    "date-time" => "\"2026-11-23T12:00:00Z\"",
                    "uri" => "\"https://city.example/\"",
                    _ => "\"plain\"",
                },
            };
    }

    private static bool MayBeNull(JsonNode? schema) =>
        schema?["type"] is JsonArray types && types.Any(type => (string?)type == "null")
        || schema?["oneOf"]?.AsArray().Any(one => (string?)one!["type"] == "null") == true;
}
