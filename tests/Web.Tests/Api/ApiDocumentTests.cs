using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Api;

/// <summary>The API as programs and people read it.</summary>
public sealed class ApiDocumentTests(SampleCity city)
{
    [Fact]
    public async Task The_OpenAPI_document_has_every_operation_with_a_summary()
    {
        var document = await city.Json("/openapi/v1.json");
        Assert.StartsWith("3.1", (string)document["openapi"]!, StringComparison.Ordinal);
        var documented = document["paths"]!
            .AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(one => (Key: $"{one.Key.ToUpperInvariant()} {path.Key}", one.Value)))
            .ToDictionary(one => one.Key, one => one.Value!);
        Assert.All(documented, one => Assert.False(string.IsNullOrWhiteSpace((string?)one.Value["summary"]), one.Key));
        Assert.All(
            documented
                .Where(one =>
                    one.Key.StartsWith("POST", StringComparison.Ordinal)
                    || one.Key.StartsWith("PUT", StringComparison.Ordinal)
                    || one.Key.StartsWith("PATCH", StringComparison.Ordinal)
                )
                .Where(one => one.Key != "POST /api/v1/claims"),
            one => Assert.NotEmpty(one.Value["security"]!.AsArray())
        );

        var mapped = city
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/v1", StringComparison.Ordinal))
            .SelectMany(endpoint =>
                endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} /{PathOf(endpoint)}")
            );
        Assert.Empty(mapped.Except(documented.Keys));
    }

    [Fact]
    public async Task Every_operation_has_a_name_answers_with_schemas_and_a_rule_of_access()
    {
        var operations = (await city.Json("/openapi/v1.json"))["paths"]!
            .AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(one => (Key: $"{one.Key} {path.Key}", one.Value)))
            .ToArray();
        Assert.All(
            operations,
            one =>
            {
                Assert.False(string.IsNullOrEmpty((string?)one.Value!["operationId"]), one.Key);
                Assert.NotNull(one.Value["security"]);
                Assert.All(
                    one.Value["responses"]!.AsObject().Where(answer => answer.Key is not ("204" or "304")),
                    answer => Assert.NotNull(answer.Value!["content"]!.AsObject().First().Value!["schema"])
                );
            }
        );
        Assert.Equal(operations.Length, operations.Select(one => (string)one.Value!["operationId"]!).Distinct().Count());
    }

    [Fact]
    public async Task Words_of_closed_lists_are_enums_and_members_that_are_always_written_are_required()
    {
        var schemas = (await city.Json("/openapi/v1.json"))["components"]!["schemas"]!;
        Assert.Equal(
            """{"enum":["planned","installed","active","paused","removed"],"type":"string","description":"The lifecycle of a device."}""",
            schemas["Lifecycle"]!.ToJsonString()
        );
        Assert.Equal(
            ["id", "name", "address", "area", "geometry", "kiosks", "devices", "fleets", "version", "since", "recordedAt", "entry"],
            schemas["Place"]!["required"]!.AsArray().Select(member => (string)member!)
        );
        Assert.Equal("date-time", (string?)schemas["Revision"]!["properties"]!["recordedAt"]!["format"]);
        Assert.Equal(["type", "title", "status", "detail"], schemas["Problem"]!["required"]!.AsArray().Select(member => (string)member!));
    }

    [Fact]
    public async Task The_OpenAPI_document_is_built_once_and_confirmed_by_its_tag()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var first = await city.Reader.GetAsync("/openapi/v1.json", cancellation);
        using var again = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json")
        {
            Headers = { IfNoneMatch = { first.Headers.ETag! } },
        };
        using var second = await city.Reader.SendAsync(again, cancellation);
        Assert.Equal(System.Net.HttpStatusCode.NotModified, second.StatusCode);
        var documents = city.Part<ApiDocumentCache>();
        Assert.Same(await documents.GetAsync(), await documents.GetAsync());
    }

    [Fact]
    public async Task The_OpenAPI_document_is_also_a_page()
    {
        var page = await city.Reader.GetStringAsync("/api", TestContext.Current.CancellationToken);
        Assert.Contains("/api/v1/governance", page, StringComparison.Ordinal);
        Assert.Contains("If-Match", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    /// <summary>The path of an endpoint in the form of the document: without constraints and without slashes around it.</summary>
    private static string PathOf(RouteEndpoint endpoint) =>
        endpoint.RoutePattern.RawText!.Trim('/').Replace(":long", "", StringComparison.Ordinal).Replace("**", "", StringComparison.Ordinal);
}
