using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using SurveillanceRegistry.Web.Access;

namespace SurveillanceRegistry.Web.Api;

/// <summary>The API as an OpenAPI 3.1 document: every operation with its parameters, roles and problems.</summary>
internal static partial class ApiDocument
{
    public const string Name = "v1";

    private const string Bearer = "bearer",
        ProblemJson = "application/problem+json",
        Below = "api/v1/";

    public static void AddApiDocument(this IServiceCollection services)
    {
        services.AddSingleton<ApiDocumentCache>();
        services.AddOpenApi(
            Name,
            options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.ShouldInclude = operation => operation.RelativePath?.StartsWith(Below, StringComparison.Ordinal) == true;
                options.AddDocumentTransformer((document, _, _) => Describe(document));
                options.AddOperationTransformer((operation, context, _) => Describe(operation, context));
            }
        );
    }

    public static void MapApiDocument(this IEndpointRouteBuilder routes) =>
        routes.MapGet(
            $"/openapi/{Name}.json",
            async (HttpContext http, ApiDocumentCache documents) =>
            {
                var built = await documents.GetAsync();
                http.Response.Headers.CacheControl = "public, max-age=60";
                return Results.Bytes(built.Json, "application/json; charset=utf-8", entityTag: new EntityTagHeaderValue(built.ETag));
            }
        );

    private static Task Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Surveillance Registry",
            Version = Name,
            Description =
                "What is being recorded here, by whom, under which law, and how do you know? "
                + "Public facts need no token. Errors are RFC 9457 problem documents with a stable type.",
        };
        // The tags are those of the operations; by default the document would name classes.
        document.Tags = document
            .Paths.SelectMany(path => path.Value.Operations!.Values)
            .SelectMany(operation => operation.Tags ?? new HashSet<OpenApiTagReference>())
            .Select(tag => tag.Name!)
            .Distinct()
            .Select(tag => new OpenApiTag { Name = tag })
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

    private static Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var (method, path) = (context.Description.HttpMethod ?? "GET", PathOf(context.Description.RelativePath!));
        operation.Parameters ??= [];
        operation.Responses ??= [];
        DescribePurpose(operation, context, method, path);
        DescribeSuccess(operation, method, path);
        DescribeRoles(operation, context);
        DescribeHeaders(operation, method, path);
        DescribeProblems(operation, method, path);
        return Task.CompletedTask;
    }

    /// <summary>Adds summary, tag and query parameters, which <see cref="Operations"/> has.</summary>
    private static void DescribePurpose(OpenApiOperation operation, OpenApiOperationTransformerContext context, string method, string path)
    {
        if (!Operations.All.TryGetValue($"{method} {path}", out var described))
            return;
        operation.Summary ??= described.Summary;
        operation.Tags = new HashSet<OpenApiTagReference> { new(described.Tag, context.Document) };
        foreach (var parameter in described.Parameters.Where(added => operation.Parameters!.All(known => known.Name != added.Name)))
            operation.Parameters!.Add(
                Text(parameter.Name, ParameterLocation.Query, parameter.Description, parameter.Format, parameter.IsRequired)
            );
    }

    /// <summary>Replaces 200 where an operation answers with another status.</summary>
    private static void DescribeSuccess(OpenApiOperation operation, string method, string path)
    {
        (string Status, string Description)[] successes = (method, path) switch
        {
            ("POST", "changes") => [("201", "Drafted.")],
            ("POST", "devices" or "gateways") => [("201", "Registered.")],
            ("POST", "changes/from-file") => [("201", "Drafted."), ("204", "The file has no changes.")],
            ("POST", _) when path.EndsWith("/credentials", StringComparison.Ordinal) => [("201", "The credential, shown once.")],
            _ when path.EndsWith("/end", StringComparison.Ordinal) => [("204", "Done.")],
            _ when path.EndsWith("/forget-epoch", StringComparison.Ordinal) => [("204", "Done.")],
            _ => [],
        };
        if (successes.Length > 0)
            operation.Responses!.Remove("200");
        foreach (var (status, description) in successes)
            operation.Responses![status] = new OpenApiResponse { Description = description };
        if (path != "changes/from-file")
            return;
        var file = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = "The file.",
            Content = new Dictionary<string, OpenApiMediaType> { ["text/csv"] = file, ["application/yaml"] = file },
        };
    }

    private static void DescribeRoles(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var role = context
            .Description.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>()
            .Select(authorize => authorize.Policy)
            .OfType<string>()
            .FirstOrDefault();
        if (role is null)
            return;
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
        operation.Description =
            $"{operation.Description} Needs {(role == StaffPolicies.AnyRole ? "a token of any role" : $"the role {role}")}.".Trim();
        AddProblem(operation, "401", "The token is missing or not valid.");
        AddProblem(operation, "403", "The token does not have the role.");
    }

    private static void DescribeHeaders(OpenApiOperation operation, string method, string path)
    {
        // Answers with a secret are not stored, so that the key has no effect there.
        if (method != "GET" && path != "claims" && !path.EndsWith("/credentials", StringComparison.Ordinal))
            operation.Parameters!.Add(
                Text(
                    "Idempotency-Key",
                    ParameterLocation.Header,
                    "A request that is repeated with the same key and body within 24 hours is carried out once."
                )
            );
        if (NeedsIfMatch(method, path))
            operation.Parameters!.Add(Text("If-Match", ParameterLocation.Header, "The ETag that GET gave.", null, required: true));
    }

    private static void DescribeProblems(OpenApiOperation operation, string method, string path)
    {
        if (path == "claims")
        {
            AddProblem(operation, "404", "The code is unknown, used, revoked or expired.");
            AddProblem(operation, "429", "Too many tries from this address.");
        }

        if (NeedsIfMatch(method, path))
        {
            AddProblem(operation, "409", "Another change came first, or the state of the request does not allow this.");
            AddProblem(operation, "412", "If-Match is stale.");
            AddProblem(operation, "428", "If-Match is missing.");
        }

        if (method != "GET")
        {
            AddProblem(operation, "400", "The body is not UTF-8, or a header is not valid.");
            AddProblem(operation, "413", "The body is too large.");
            AddProblem(operation, "422", "Refused by the rules: `errors` says what, where and what to do.");
            if (!NeedsIfMatch(method, path) && path != "claims")
                AddProblem(operation, "409", "The request with this Idempotency-Key is still being carried out.");
        }
        else if (operation.Parameters!.Any(parameter => parameter.In == ParameterLocation.Query))
            AddProblem(operation, "400", "A parameter is not valid.");
        if (path.Contains('{', StringComparison.Ordinal) || path == "log/proof")
            AddProblem(operation, "404", "Not found.");
        if (path is "devices/{id}" or "kiosks/{id}")
            AddProblem(operation, "410", "It was removed.");
    }

    /// <summary>Whether an operation changes what exists.</summary>
    private static bool NeedsIfMatch(string method, string path) =>
        method == "PATCH" || path.StartsWith("changes/{id}", StringComparison.Ordinal) && method is "POST" or "PUT";

    private static void AddProblem(OpenApiOperation operation, string status, string description) =>
        operation.Responses![status] = new OpenApiResponse
        {
            Description = description,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [ProblemJson] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } },
            },
        };

    /// <summary>
    /// A path below <c>/api/v1/</c> as the document writes it: without the constraints of route parameters and without a final slash.
    /// </summary>
    private static string PathOf(string route) => Constraint().Replace(route[Below.Length..].TrimEnd('/'), "{$1}");

    [GeneratedRegex(@"\{\**(\w+)(?::[^}]*)?\}", RegexOptions.CultureInvariant)]
    private static partial Regex Constraint();

    private static OpenApiParameter Text(
        string name,
        ParameterLocation where,
        string description,
        string? format = null,
        bool required = false
    ) =>
        new()
        {
            Name = name,
            In = where,
            Description = description,
            Required = required,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = format },
        };
}
