using System.Text.Json.Nodes;
using AngleSharp;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Api;

/// <summary>The document says of each operation what the operation really does, neither more nor less.</summary>
public sealed class ApiContractTests(SampleCity city)
{
    [Fact]
    public async Task The_document_asks_for_a_token_exactly_where_one_is_needed()
    {
        var operations = await OperationsAsync();
        var mapped = city
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/v1", StringComparison.Ordinal))
            .SelectMany(endpoint =>
                endpoint
                    .Metadata.GetMetadata<HttpMethodMetadata>()!
                    .HttpMethods.Select(method =>
                        (Key: $"{method} {Path(endpoint)}", Policy: endpoint.Metadata.GetMetadata<IAuthorizeData>()?.Policy)
                    )
            )
            .ToArray();
        Assert.Contains(mapped, one => one.Policy is not null);
        Assert.Contains(mapped, one => one.Policy is null);
        Assert.All(
            mapped,
            one =>
            {
                var operation = operations[one.Key];
                Assert.Equal(one.Policy is not null, operation["security"] is JsonArray { Count: > 0 });
                Assert.Equal(one.Policy is not null, operation["responses"]!["401"] is not null);
                if (one.Policy is { } role and not "staff")
                    Assert.Contains($"the role {role}", (string)operation["description"]!, StringComparison.Ordinal);
            }
        );
    }

    [Theory]
    [InlineData("GET /api/v1/governance", "asOf", "knownAt", "status", "limit", "after")]
    [InlineData("GET /api/v1/devices", "technology", "place", "kind", "presence", "exceeds", "asOf", "limit", "after")]
    [InlineData("GET /api/v1/places", "asOf", "knownAt", "limit", "after")]
    [InlineData("GET /api/v1/kiosks/{id}", "id", "asOf", "knownAt")]
    [InlineData("PATCH /api/v1/places/{id}", "id", "If-Match", "Idempotency-Key")]
    [InlineData("GET /api/v1/instruments", "asOf", "knownAt", "limit", "after")]
    [InlineData("GET /api/v1/instruments/{id}/history", "id", "knownAt", "limit", "after")]
    [InlineData("GET /api/v1/technologies/{id}/history", "id", "knownAt", "limit", "after")]
    [InlineData("GET /api/v1/places/{id}/notice", "id", "at")]
    [InlineData("GET /api/v1/changes", "state", "limit", "after")]
    [InlineData("GET /api/v1/changes/{id}", "id")]
    [InlineData("GET /api/v1/log/proof", "index")]
    [InlineData("POST /api/v1/changes", "Idempotency-Key")]
    [InlineData("PUT /api/v1/changes/{id}", "id", "If-Match", "Idempotency-Key")]
    [InlineData("POST /api/v1/changes/{id}/approve", "id", "If-Match", "Idempotency-Key")]
    [InlineData("POST /api/v1/devices", "Idempotency-Key")]
    [InlineData("PATCH /api/v1/devices/{id}", "id", "If-Match", "Idempotency-Key")]
    [InlineData("PATCH /api/v1/gateways/{id}", "id", "If-Match", "Idempotency-Key")]
    [InlineData("POST /api/v1/devices/{id}/credentials", "id")]
    [InlineData("POST /api/v1/gateways/{id}/credentials/{number}/end", "id", "number", "Idempotency-Key")]
    [InlineData("POST /api/v1/claims")]
    public async Task The_document_has_the_parameters_of_each_operation(string operation, params string[] parameters) =>
        Assert.Equal(
            parameters.Order(),
            ((await OperationsAsync())[operation]["parameters"]?.AsArray() ?? []).Select(one => (string)one!["name"]!).Order()
        );

    [Theory]
    [InlineData("POST /api/v1/changes", "ChangeBody")]
    [InlineData("PUT /api/v1/changes/{id}", "ChangeBody")]
    [InlineData("POST /api/v1/changes/{id}/reject", "NoteBody")]
    public async Task The_document_has_the_schema_of_each_body(string operation, string form) =>
        Assert.EndsWith(
            "/" + form,
            (string)(await OperationsAsync())[operation]["requestBody"]!["content"]!["application/json"]!["schema"]!["$ref"]!,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("POST /api/v1/changes", "201")]
    [InlineData("POST /api/v1/changes/from-file", "201", "204")]
    [InlineData("PUT /api/v1/changes/{id}", "200")]
    [InlineData("POST /api/v1/devices", "201")]
    [InlineData("PATCH /api/v1/devices/{id}", "200")]
    [InlineData("POST /api/v1/gateways/{id}/credentials", "201")]
    [InlineData("POST /api/v1/devices/{id}/credentials/{number}/end", "204")]
    [InlineData("POST /api/v1/claims", "200")]
    [InlineData("GET /api/v1/governance", "200")]
    public async Task The_document_has_every_success_status_of_an_operation(string operation, params string[] statuses) =>
        Assert.Equal(
            statuses,
            (await OperationsAsync())[operation]["responses"]!.AsObject().Select(one => one.Key).Where(status => status.StartsWith('2'))
        );

    [Theory]
    [InlineData("/api/v1/devices/{id}", "410")]
    [InlineData("/api/v1/kiosks/{id}", "410")]
    [InlineData("/api/v1/governance", "400")]
    [InlineData("/api/v1/places/{id}/notice", "400")]
    [InlineData("/api/v1/instruments/{id}", "404")]
    public async Task The_document_describes_refusals_as_problem_documents(string path, string status) =>
        Assert.NotNull((await OperationsAsync())["GET " + path]["responses"]![status]?["content"]?["application/problem+json"]);

    [Theory]
    [InlineData("PUT /api/v1/changes/{id}")]
    [InlineData("PATCH /api/v1/devices/{id}")]
    [InlineData("PATCH /api/v1/gateways/{id}")]
    [InlineData("POST /api/v1/changes/{id}/submit")]
    [InlineData("POST /api/v1/changes/{id}/approve")]
    public async Task The_document_requires_If_Match_on_every_change(string operation)
    {
        var documented = (await OperationsAsync())[operation];
        Assert.True((bool?)documented["parameters"]!.AsArray().Single(one => (string?)one!["name"] == "If-Match")!["required"]);
        Assert.All(
            new[] { "409", "412", "422", "428" },
            status => Assert.NotNull(documented["responses"]![status]?["content"]?["application/problem+json"])
        );
    }

    [Fact]
    public async Task The_document_has_no_tag_without_an_operation()
    {
        var document = await city.Json("/openapi/v1.json");
        var used = document["paths"]!
            .AsObject()
            .SelectMany(path => path.Value!.AsObject())
            .SelectMany(one => one.Value!["tags"]!.AsArray())
            .Select(tag => (string)tag!)
            .Distinct()
            .Order();
        Assert.Equal(used, document["tags"]!.AsArray().Select(tag => (string)tag!["name"]!).Order());
    }

    [Fact]
    public async Task The_API_page_shows_a_curl_command_for_each_operation()
    {
        var html = await city.Reader.GetStringAsync("/api", TestContext.Current.CancellationToken);
        var page = await BrowsingContext.New().OpenAsync(response => response.Content(html), TestContext.Current.CancellationToken);
        var examples = page.QuerySelectorAll(".operation code")
            .Select(code => code.TextContent)
            .Where(text => text.StartsWith("curl ", StringComparison.Ordinal))
            .ToArray();
        Assert.Equal((await OperationsAsync()).Count, examples.Length);
        Assert.Contains($"curl '{city.Url}/api/v1/governance'", examples);
        Assert.Contains($"curl '{city.Url}/api/v1/log/proof?index=INDEX'", examples);
        Assert.Contains(
            "curl -X POST -H 'Authorization: Bearer TOKEN' -H 'Idempotency-Key: KEY' -H 'If-Match: \"1\"' "
                + $"-H 'Content-Type: application/json' --data-binary @FILE '{city.Url}/api/v1/changes/ID/approve'",
            examples
        );
        Assert.NotNull(page.QuerySelector("footer a[href='/api']"));
        Assert.DoesNotContain(examples, text => text.Contains('{', StringComparison.Ordinal));
    }

    private async Task<Dictionary<string, JsonNode>> OperationsAsync()
    {
        var document = await city.Json("/openapi/v1.json");
        return document["paths"]!
            .AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(one => (Key: $"{one.Key.ToUpperInvariant()} {path.Key}", one.Value)))
            .ToDictionary(one => one.Key, one => one.Value!);
    }

    private static string Path(RouteEndpoint endpoint) =>
        "/"
        + endpoint
            .RoutePattern.RawText!.Trim('/')
            .Replace(":long", "", StringComparison.Ordinal)
            .Replace("**", "", StringComparison.Ordinal);
}
