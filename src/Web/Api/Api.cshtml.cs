using System.Collections.Immutable;
using System.Text;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Api;

/// <summary>The OpenAPI document as a page.</summary>
public sealed class ApiModel(IServiceProvider services, PublicAddress address) : PageModel
{
    /// <summary>The operations by tag.</summary>
    public ImmutableArray<(string Tag, ImmutableArray<ApiOperation> Operations)> Groups { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var document = (await services.GetRequiredService<ApiDocumentCache>().GetAsync()).Document;
        Groups =
        [
            .. document
                .Paths.SelectMany(path =>
                    path.Value.Operations!.Select(one =>
                        (
                            Tag: one.Value.Tags?.FirstOrDefault()?.Name ?? "More",
                            Operation: ApiOperation.Of(one.Key.Method, path.Key, one.Value, address.Url)
                        )
                    )
                )
                .GroupBy(one => one.Tag)
                .Select(group => (group.Key, group.Select(one => one.Operation).ToImmutableArray())),
        ];
    }
}

/// <summary>An operation for the page.</summary>
public sealed record ApiOperation(
    string Method,
    string Path,
    string Summary,
    string Description,
    ImmutableArray<(string Name, string Where, string What, bool IsRequired)> Parameters,
    ImmutableArray<(string Status, string What)> Answers,
    string Example
)
{
    internal static ApiOperation Of(string method, string path, OpenApiOperation operation, string address) =>
        new(
            method,
            path,
            operation.Summary ?? "",
            operation.Description ?? "",
            [
                .. (operation.Parameters ?? []).Select(one =>
                    (one.Name ?? "", one.In?.ToString().ToLowerInvariant() ?? "", one.Description ?? "", one.Required)
                ),
            ],
            [.. (operation.Responses ?? []).Select(one => (one.Key, one.Value.Description ?? ""))],
            ExampleOf(method, path, operation, address)
        );

    /// <summary>The curl command. The reader replaces words in capitals; curl would read braces as a list.</summary>
    private static string ExampleOf(string method, string path, OpenApiOperation operation, string address)
    {
        var example = new StringBuilder("curl");
        if (method != "GET")
            example.Append(" -X ").Append(method);
        if (operation.Security is { Count: > 0 })
            example.Append(" -H 'Authorization: Bearer TOKEN'");
        foreach (var header in (operation.Parameters ?? []).Where(one => one.In == ParameterLocation.Header))
            example.Append(" -H '").Append(header.Name).Append(header.Name == "If-Match" ? ": \"1\"'" : ": KEY'");
        if (operation.RequestBody?.Content?.Keys.FirstOrDefault() is { } type)
            example.Append(" -H 'Content-Type: ").Append(type).Append("' --data-binary @FILE");
        var required = (operation.Parameters ?? [])
            .Where(one => one is { In: ParameterLocation.Query, Required: true })
            .Select(one => $"{one.Name}={one.Name!.ToUpperInvariant()}")
            .ToArray();
        var filled = string.Join('/', path.Split('/').Select(part => part is ['{', .. var name, '}'] ? name.ToUpperInvariant() : part));
        return example
            .Append(" '")
            .Append(address)
            .Append(filled)
            .Append(required.Length > 0 ? "?" + string.Join('&', required) : "")
            .Append('\'')
            .ToString();
    }
}
