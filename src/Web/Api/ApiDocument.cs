using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace SurveillanceRegistry.Web.Api;

/// <summary>The API as OpenAPI 3.1: every operation, its parameters, its roles and how it says no.</summary>
internal static class ApiDocument
{
    public const string Name = "v1";

    private const string Bearer = "bearer", ProblemJson = "application/problem+json", Below = "api/v1/";

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = operation => operation.RelativePath?.StartsWith(Below, StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Surveillance Registry", Version = Name,
                Description = "What is being recorded here, by whom, under which law, and how do you know? Public facts need no token. Errors are RFC 9457 problem documents with a stable type.",
            };
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Bearer] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A token made by `registry token create --role …`." },
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            Describe(operation, context);
            return Task.CompletedTask;
        });
    });

    public static void MapApiDocument(this IEndpointRouteBuilder routes) => routes.MapOpenApi("/openapi/{documentName}.json");

    private static void Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var (method, path) = (context.Description.HttpMethod ?? "GET", context.Description.RelativePath![Below.Length..]);
        operation.Parameters ??= [];
        if (Operations.All.TryGetValue($"{method} {path}", out var told))
        {
            operation.Summary ??= told.Summary;
            operation.Tags = new HashSet<OpenApiTagReference> { new(told.Tag, context.Document) };
            foreach (var parameter in told.Parameters.Where(one => operation.Parameters.All(known => known.Name != one.Name)))
                operation.Parameters.Add(Text(parameter.Name, ParameterLocation.Query, parameter.Description, parameter.Format));
        }

        operation.Responses ??= [];
        var roles = context.Description.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>().Select(one => one.Policy).OfType<string>().ToArray();
        if (roles.Length > 0)
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
            operation.Description = $"{operation.Description} Needs {(roles[0] == "staff" ? "a token of any role" : $"the role {roles[0]}")}.".Trim();
            Problem("401", "No token, or one that does not hold.");
            Problem("403", "The token does not have the role.");
        }

        var isAct = path.StartsWith("changes/{id}", StringComparison.Ordinal) && method is "POST" or "PUT";
        if (method == "POST")
            operation.Parameters.Add(Text("Idempotency-Key", ParameterLocation.Header, "Sent again with the same body within 24 hours, the request is carried out once."));
        if (isAct)
        {
            operation.Parameters.Add(Text("If-Match", ParameterLocation.Header, "The ETag that GET gave.", null, required: true));
            Problem("409", "Somebody was first, or the request does not stand so that this can be done.");
            Problem("412", "If-Match is stale.");
            Problem("428", "If-Match is missing.");
        }

        if (method != "GET")
            Problem("422", "Refused by the rules: `errors` says what, where and what to do.");
        else if (operation.Parameters.Any(one => one.In == ParameterLocation.Query))
            Problem("400", "A parameter cannot be read.");
        if (path.Contains('{', StringComparison.Ordinal))
            Problem("404", "There is no such thing.");

        void Problem(string status, string what) => operation.Responses[status] = new OpenApiResponse
        {
            Description = what, Content = new Dictionary<string, OpenApiMediaType> { [ProblemJson] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } } },
        };
    }

    private static OpenApiParameter Text(string name, ParameterLocation where, string what, string? format = null, bool required = false) =>
        new() { Name = name, In = where, Description = what, Required = required, Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = format } };
}
