using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using SurveillanceRegistry.Web.Api.Schemas;

namespace SurveillanceRegistry.Web.Api;

/// <summary>The API as an OpenAPI 3.1 document: every operation with its parameters, roles, answers and problems.</summary>
internal static class ApiDocument
{
    public const string Name = "v1",
        Bearer = "bearer";

    public static void AddApiDocument(this IServiceCollection services)
    {
        services.AddSingleton<ApiDocumentCache>();
        // The schemas are generated with the options that answers are written with.
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.NumberHandling = Domain.Json.Options.NumberHandling;
            foreach (var converter in Domain.Json.Options.Converters)
                json.SerializerOptions.Converters.Add(converter);
        });
        services.AddOpenApi(
            Name,
            options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.ShouldInclude = operation => operation.RelativePath?.StartsWith(ApiPath.Below, StringComparison.Ordinal) == true;
                options.CreateSchemaReferenceId = ApiSchemas.NameOf;
                options.AddSchemaTransformer(ApiSchemas.CompleteAsync);
                options.AddDocumentTransformer((document, _, _) => Describe(document));
                options.AddOperationTransformer(OperationDescription.DescribeAsync);
            }
        );
    }

    public static void MapApiDocument(this IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                $"/openapi/{Name}.json",
                async (HttpContext http, ApiDocumentCache documents) =>
                {
                    var built = await documents.GetAsync();
                    http.Response.Headers.CacheControl = "public, max-age=60";
                    return Results.Bytes(built.Json, "application/json; charset=utf-8", entityTag: new EntityTagHeaderValue(built.ETag));
                }
            )
            .OpenToOtherSites();

    private static Task Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Surveillance Registry",
            Version = Name,
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
            Description =
                "What is being recorded here, by whom, under which law, and how do you know? "
                + "Public facts need no token, and scripts of every site may read them. "
                + "Errors are RFC 9457 problem documents with a stable type. "
                + "An unknown query parameter is refused. Later versions may add members to answers.",
        };
        // The tags are those of the operations; by default the document would name classes.
        document.Tags = document
            .Paths.SelectMany(path => path.Value.Operations!.Values)
            .SelectMany(operation => operation.Tags ?? new HashSet<OpenApiTagReference>())
            .Select(tag => tag.Name!)
            .Distinct()
            .Select(tag => new OpenApiTag { Name = tag, Description = Operations.Tags[tag] })
            .ToHashSet();
        document.Servers = [new OpenApiServer { Url = "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A token made by `registry token create --role …`.",
            },
        };
        return Task.CompletedTask;
    }
}
