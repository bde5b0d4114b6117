using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Web.Tests.Fixtures;

namespace SurveillanceRegistry.Web.Tests.Api;

/// <summary>The API as programs and people read it.</summary>
public sealed class ApiDocumentTests(SampleCity city)
{
    [Fact]
    public async Task Holds_every_operation_with_what_it_is_for()
    {
        var document = await city.Json("/openapi/v1.json");
        Assert.StartsWith("3.1", (string)document["openapi"]!, StringComparison.Ordinal);
        var told = document["paths"]!
            .AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(one => (Key: $"{one.Key.ToUpperInvariant()} {path.Key}", one.Value)))
            .ToDictionary(one => one.Key, one => one.Value!);
        Assert.All(told, one => Assert.False(string.IsNullOrWhiteSpace((string?)one.Value["summary"]), one.Key));
        Assert.All(
            told.Where(one =>
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
                endpoint
                    .Metadata.GetMetadata<HttpMethodMetadata>()!
                    .HttpMethods.Select(method =>
                        $"{method} /{endpoint.RoutePattern.RawText!.Trim('/').Replace(":long", "", StringComparison.Ordinal).Replace("**", "", StringComparison.Ordinal)}"
                    )
            );
        Assert.Empty(mapped.Except(told.Keys));
    }

    [Fact]
    public async Task Is_a_page_for_people_too()
    {
        var page = await city.Reader.GetStringAsync("/api", TestContext.Current.CancellationToken);
        Assert.Contains("/api/v1/governance", page, StringComparison.Ordinal);
        Assert.Contains("If-Match", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }
}
