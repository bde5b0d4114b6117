using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace SurveillanceRegistry.Web.Api;

/// <summary>The API for people to read: the same document that programs get, as a page.</summary>
public sealed class ApiModel(IServiceProvider services) : PageModel
{
    /// <summary>Groups of operations: method, path and what it is.</summary>
    public ImmutableArray<(string Tag, ImmutableArray<ApiOperation> Operations)> Groups { get; private set; } = [];

    public async Task OnGetAsync()
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(ApiDocument.Name).GetOpenApiDocumentAsync(HttpContext.RequestAborted);
        Groups =
        [
            .. document.Paths.SelectMany(path => path.Value.Operations!.Select(one => (Tag: one.Value.Tags?.FirstOrDefault()?.Name ?? "More", Operation: ApiOperation.Of(one.Key.Method, path.Key, one.Value))))
                .GroupBy(one => one.Tag).Select(group => (group.Key, group.Select(one => one.Operation).ToImmutableArray())),
        ];
    }
}

/// <summary>An operation as the page shows it.</summary>
public sealed record ApiOperation(string Method, string Path, string Summary, string Description, ImmutableArray<(string Name, string Where, string What, bool IsRequired)> Parameters, ImmutableArray<(string Status, string What)> Answers)
{
    internal static ApiOperation Of(string method, string path, OpenApiOperation operation) => new(
        method, path, operation.Summary ?? "", operation.Description ?? "",
        [.. (operation.Parameters ?? []).Select(one => (one.Name ?? "", one.In?.ToString().ToLowerInvariant() ?? "", one.Description ?? "", one.Required))],
        [.. (operation.Responses ?? []).Select(one => (one.Key, one.Value.Description ?? ""))]);
}
