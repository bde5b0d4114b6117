using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace SurveillanceRegistry.Web.Api;

/// <summary>The API as OpenAPI 3.1: every operation, its parameters, its roles and how it says no.</summary>
internal static partial class ApiDocument
{
    public const string Name = "v1";

    private const string Bearer = "bearer",
        ProblemJson = "application/problem+json",
        Below = "api/v1/";

    public static void AddApiDocument(this IServiceCollection services) =>
        services.AddOpenApi(
            Name,
            options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.ShouldInclude = operation => operation.RelativePath?.StartsWith(Below, StringComparison.Ordinal) == true;
                options.AddDocumentTransformer(
                    (document, _, _) =>
                    {
                        document.Info = new OpenApiInfo
                        {
                            Title = "Surveillance Registry",
                            Version = Name,
                            Description =
                                "What is being recorded here, by whom, under which law, and how do you know? Public facts need no token. Errors are RFC 9457 problem documents with a stable type.",
                        };
                        // Groups are told by Operations, one for each operation; the names of classes are nobody's business.
                        var tags = document
                            .Paths.SelectMany(path => path.Value.Operations!.Values)
                            .SelectMany(operation => operation.Tags ?? new HashSet<OpenApiTagReference>())
                            .Select(tag => tag.Name!)
                            .Distinct();
                        document.Tags = tags.Select(tag => new OpenApiTag { Name = tag }).ToHashSet();
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
                );
                options.AddOperationTransformer(
                    (operation, context, _) =>
                    {
                        Describe(operation, context);
                        return Task.CompletedTask;
                    }
                );
            }
        );

    public static void MapApiDocument(this IEndpointRouteBuilder routes) => routes.MapOpenApi("/openapi/{documentName}.json");

    private static void Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var (method, path) = (context.Description.HttpMethod ?? "GET", PathOf(context.Description.RelativePath!));
        operation.Parameters ??= [];
        if (Operations.All.TryGetValue($"{method} {path}", out var told))
        {
            operation.Summary ??= told.Summary;
            operation.Tags = new HashSet<OpenApiTagReference> { new(told.Tag, context.Document) };
            foreach (var parameter in told.Parameters.Where(one => operation.Parameters.All(known => known.Name != one.Name)))
                operation.Parameters.Add(
                    Text(parameter.Name, ParameterLocation.Query, parameter.Description, parameter.Format, parameter.IsRequired)
                );
        }

        operation.Responses ??= [];
        if (path == "changes" && method == "POST")
            Succeeds(("201", "Drafted."));
        else if (path is "devices" or "gateways" && method == "POST")
            Succeeds(("201", "Registered."));
        else if (path.EndsWith("/credentials", StringComparison.Ordinal) && method == "POST")
            Succeeds(("201", "What is shown once."));
        else if (path.EndsWith("/end", StringComparison.Ordinal) || path.EndsWith("/forget-epoch", StringComparison.Ordinal))
            Succeeds(("204", "Done."));
        else if (path == "changes/from-file")
        {
            Succeeds(("201", "Drafted."), ("204", "The file says what stands already."));
            var file = new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } };
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = "The file.",
                Content = new Dictionary<string, OpenApiMediaType> { ["text/csv"] = file, ["application/yaml"] = file },
            };
        }

        var roles = context
            .Description.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>()
            .Select(one => one.Policy)
            .OfType<string>()
            .ToArray();
        if (roles.Length > 0)
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
            operation.Description =
                $"{operation.Description} Needs {(roles[0] == "staff" ? "a token of any role" : $"the role {roles[0]}")}.".Trim();
            Problem("401", "No token, or one that does not hold.");
            Problem("403", "The token does not have the role.");
        }

        var isAct = method == "PATCH" || path.StartsWith("changes/{id}", StringComparison.Ordinal) && method is "POST" or "PUT";
        if (path == "claims")
        {
            Problem("404", "The code is not known, was used, was taken back, or has expired.");
            Problem("429", "Too many tries from this address.");
        }
        else if (method != "GET" && !path.EndsWith("/credentials", StringComparison.Ordinal)) // A secret is not kept to be answered again.
            operation.Parameters.Add(
                Text(
                    "Idempotency-Key",
                    ParameterLocation.Header,
                    "Sent again with the same body within 24 hours, the request is carried out once."
                )
            );
        if (isAct)
        {
            operation.Parameters.Add(Text("If-Match", ParameterLocation.Header, "The ETag that GET gave.", null, required: true));
            Problem("409", "Somebody was first, or the request does not stand so that this can be done.");
            Problem("412", "If-Match is stale.");
            Problem("428", "If-Match is missing.");
        }

        if (method != "GET")
        {
            Problem("400", "The body is not UTF-8, or a header cannot be read.");
            Problem("413", "The body is too large.");
            Problem("422", "Refused by the rules: `errors` says what, where and what to do.");
            if (!isAct && path != "claims")
                Problem("409", "The request with this Idempotency-Key is still being carried out.");
        }
        else if (operation.Parameters.Any(one => one.In == ParameterLocation.Query))
            Problem("400", "A parameter cannot be read.");
        if (path.Contains('{', StringComparison.Ordinal) || path == "log/proof")
            Problem("404", "There is no such thing.");
        if (path is "devices/{id}" or "kiosks/{id}")
            Problem("410", "It was removed.");

        void Succeeds(params (string Status, string What)[] ways)
        {
            operation.Responses.Remove("200");
            foreach (var (status, what) in ways)
                operation.Responses[status] = new OpenApiResponse { Description = what };
        }

        void Problem(string status, string what) =>
            operation.Responses[status] = new OpenApiResponse
            {
                Description = what,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [ProblemJson] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } },
                },
            };
    }

    /// <summary>
    /// A path below <c>/api/v1/</c> as the document writes it: routes keep what they demand of a value, and some a slash at their end.
    /// </summary>
    private static string PathOf(string route) => Demand().Replace(route[Below.Length..].TrimEnd('/'), "{$1}");

    [GeneratedRegex(@"\{\**(\w+)(?::[^}]*)?\}", RegexOptions.CultureInvariant)]
    private static partial Regex Demand();

    private static OpenApiParameter Text(string name, ParameterLocation where, string what, string? format = null, bool required = false) =>
        new()
        {
            Name = name,
            In = where,
            Description = what,
            Required = required,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = format },
        };
}
