using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SurveillanceRegistry.Journeys.Tests.Strangers;

/// <summary>A request as a stranger sends it, with no help of a client that refuses what is odd.</summary>
/// <param name="Address">Path and query, escaped by the sender.</param>
internal sealed partial record StrangerRequest(
    string Method,
    string Address,
    (string Name, string Value)[] Headers,
    byte[]? Body,
    string ContentType = "application/json"
)
{
    private static readonly string[] RequiredHeaders = ["Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"];

    /// <summary>Every operation of an OpenAPI document.</summary>
    public static IEnumerable<(string Path, string Method, JsonNode Operation)> OperationsOf(JsonNode document) =>
        document["paths"]!
            .AsObject()
            .SelectMany(path =>
                path.Value!.AsObject()
                    .Where(one => one.Value is JsonObject)
                    .Select(one => (path.Key, one.Key.ToUpperInvariant(), one.Value!))
            );

    /// <summary>Sends the request. Returns the status, and what is wrong with the answer; null when nothing is.</summary>
    public async Task<(int Status, string? Finding)> SendAsync(HttpClient client, CancellationToken cancellationToken)
    {
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        var authority = client.BaseAddress!.GetLeftPart(UriPartial.Authority);
        using var request = new HttpRequestMessage(new HttpMethod(Method), new Uri(authority + Address, options));
        foreach (var (name, value) in Headers)
            request.Headers.TryAddWithoutValidation(name, AsHeader(value));
        if (Body is { } body)
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(ContentType) } };
        using var answer = await client.SendAsync(request, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return ((int)answer.StatusCode, FindingOf(answer, text));
    }

    public override string ToString() =>
        $"{Method} {Address} [{string.Join("; ", Headers)}] "
        + (Body is null ? "" : Convert.ToBase64String(Body.AsSpan(0, Math.Min(Body.Length, 300))));

    /// <summary>A header has no line breaks: the client would refuse to send it.</summary>
    private static string AsHeader(string value) => new([.. value.Where(letter => letter is >= ' ' and < '\u007f')]);

    private static string? FindingOf(HttpResponseMessage answer, string text)
    {
        var status = (int)answer.StatusCode;
        if (status >= 500)
            return $"{status} {text}";
        // The server refuses a path that is not UTF-8 before any part of the registry sees it.
        if (status == 400 && text.Length == 0 && answer.Content.Headers.ContentType is null)
            return null;
        if (RequiredHeaders.FirstOrDefault(header => !answer.Headers.Contains(header)) is { } missing)
            return $"{status} without {missing}";
        if (status < 400)
            return null;
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return $"{status} is no problem document: {answer.Content.Headers.ContentType} {text}";
        return TypeName().Match(text) is { Success: true } name ? $"{status} names '{name.Value}': {text}" : null;
    }

    [GeneratedRegex(@"\b(System|Microsoft|Npgsql|Orleans|SurveillanceRegistry)\.\w+|Exception\b|`\d|\.NET\b|\n\s+at ")]
    private static partial Regex TypeName();
}
