using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Api;

/// <summary>The OpenAPI document, built once: it takes a tenth of a second of processor time, and anybody may ask for it.</summary>
internal sealed class ApiDocumentCache(IServiceProvider services)
{
    private readonly Lock _lock = new();
    private Task<BuiltDocument>? _built;

    /// <summary>The document. A build that failed is tried again at the next call.</summary>
    public Task<BuiltDocument> GetAsync()
    {
        lock (_lock)
            return _built = _built is null or { IsFaulted: true } or { IsCanceled: true } ? Task.Run(BuildAsync) : _built;
    }

    private async Task<BuiltDocument> BuildAsync()
    {
        var document = await services
            .GetRequiredKeyedService<IOpenApiDocumentProvider>(ApiDocument.Name)
            .GetOpenApiDocumentAsync(CancellationToken.None);
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        document.SerializeAsV31(new OpenApiJsonWriter(text, new OpenApiJsonWriterSettings { Terse = true }));
        var json = Encoding.UTF8.GetBytes(text.ToString());
        return new BuiltDocument(document, json, EntityTags.FromBytes(json));
    }
}

/// <summary>The document, as the API page reads it, and its JSON with its entity tag.</summary>
internal sealed record BuiltDocument(OpenApiDocument Document, byte[] Json, string ETag);
