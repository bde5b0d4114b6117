using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Api.Schemas;

namespace SurveillanceRegistry.Web.Api;

/// <summary>Describes one operation: its purpose, parameters and roles, and everything that it may answer.</summary>
internal static class OperationDescription
{
    /// <summary>What answers 410 once it is removed or retired.</summary>
    private static readonly string[] Retirable =
    [
        "departments/{id}",
        "devices/{id}",
        "fleets/{id}",
        "kiosks/{id}",
        "places/{id}",
        "places/{id}/notice",
        "technologies/{id}",
    ];

    private const string ProblemJson = "application/problem+json",
        ProblemSchema = "Problem",
        Text = "text/";

    public static Task DescribeAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var (method, path) = (context.Description.HttpMethod ?? "GET", ApiPath.Of(context.Description.RelativePath!));
        operation.Parameters ??= [];
        operation.Responses ??= [];
        operation.OperationId = OperationIds.Of(method, path);
        DescribePurpose(operation, context, method, path);
        DescribeAnswers(operation, context);
        DescribeSentHeaders(operation, method, path);
        var problems = Problems(operation, method, path);
        DescribeRoles(operation, context, problems);
        DescribeProblems(operation, context, problems);
        Sort(operation);
        return Task.CompletedTask;
    }

    /// <summary>Adds summary, tag and query parameters, which <see cref="Operations"/> has.</summary>
    private static void DescribePurpose(OpenApiOperation operation, OpenApiOperationTransformerContext context, string method, string path)
    {
        foreach (var one in operation.Parameters!.OfType<OpenApiParameter>().Where(one => one.In == ParameterLocation.Path))
            one.Description = Operations.PathParameters[one.Name!];
        if (!Operations.All.TryGetValue($"{method} {path}", out var described))
            return;
        operation.Summary ??= described.Summary;
        operation.Tags = new HashSet<OpenApiTagReference> { new(described.Tag, context.Document) };
        foreach (var parameter in described.Parameters)
        {
            if (operation.Parameters!.FirstOrDefault(known => known.Name == parameter.Name) is { } bound)
                operation.Parameters!.Remove(bound);
            var form = (parameter.Form ?? ParameterForms.Text)();
            operation.Parameters!.Add(
                new OpenApiParameter
                {
                    Name = parameter.Name,
                    In = ParameterLocation.Query,
                    Description = parameter.Description,
                    Required = parameter.IsRequired,
                    Schema = form,
                    // Words with commas between them.
                    Style = form.Type == JsonSchemaType.Array ? ParameterStyle.Form : null,
                    Explode = false,
                }
            );
        }
    }

    private static void DescribeAnswers(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        foreach (var (status, response) in operation.Responses!)
            response.Description = status switch
            {
                "201" => "It was made. `Location` is its address, if it has one.",
                "204" => "It was done, or nothing differs.",
                _ => "The answer.",
            };
        if (metadata.OfType<AnsweredMedia>().FirstOrDefault() is { } media)
            operation.Responses!["200"] = new OpenApiResponse
            {
                Description = "The answer.",
                Content = new Dictionary<string, OpenApiMediaType> { [media.Type] = new() { Schema = MediaSchema(media.Type) } },
            };
        JoinForms(operation.Responses!);
        foreach (var headers in metadata.OfType<AnsweredHeaders>())
        {
            if (
                operation.Responses!.GetValueOrDefault(headers.Status.ToString(CultureInfo.InvariantCulture))
                is not OpenApiResponse response
            )
                continue;
            foreach (var name in headers.Names)
                (response.Headers ??= new Dictionary<string, IOpenApiHeader>())[name] = Header(name);
            if (headers.Names.Contains("ETag") && context.Description.HttpMethod == "GET")
                operation.Responses!["304"] = new OpenApiResponse
                {
                    Description = "It is as the client has it: `If-None-Match` named its ETag.",
                    Headers = new Dictionary<string, IOpenApiHeader> { ["ETag"] = Header("ETag") },
                };
        }

        if (OperationIds.TakesFile(operation.OperationId))
            operation.RequestBody = FileBody();
    }

    /// <summary>Puts the answers in the order of their statuses.</summary>
    private static void Sort(OpenApiOperation operation)
    {
        var sorted = new OpenApiResponses();
        foreach (var (status, response) in operation.Responses!.OrderBy(one => one.Key, StringComparer.Ordinal))
            sorted[status] = response;
        operation.Responses = sorted;
    }

    /// <summary>Joins the forms that the answer of an operation may have.</summary>
    private static void JoinForms(OpenApiResponses responses)
    {
        var others = responses.Where(one => AnswerMetadata.IsOther(one.Key)).ToArray();
        if (others.Length == 0)
            return;
        foreach (var (status, _) in others)
            responses.Remove(status);
        var content = responses.First(one => one.Key.StartsWith('2')).Value.Content!.Values.First();
        content.Schema = new OpenApiSchema
        {
            AnyOf = [content.Schema!, .. others.Select(one => one.Value.Content!.Values.First().Schema!)],
        };
    }

    private static OpenApiSchema MediaSchema(string type) =>
        new() { Type = JsonSchemaType.String, Format = type.StartsWith(Text, StringComparison.Ordinal) ? null : "binary" };

    private static OpenApiHeader Header(string name)
    {
        var (isRequired, description) = name switch
        {
            "ETag" => (true, "The version of the answer: for If-None-Match, and for If-Match of a change."),
            "Location" => (true, "The address of the resource."),
            "Link" => (false, "The address of the next page, with rel=next (RFC 8288); missing on the last page."),
            "Content-Disposition" => (true, "The name of the file."),
            "Retry-After" => (false, "After how many seconds to try again."),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Describe this header."),
        };
        return new OpenApiHeader
        {
            Required = isRequired,
            Description = description,
            Schema = ParameterForms.Text(),
        };
    }

    private static OpenApiRequestBody FileBody() =>
        new()
        {
            Required = true,
            Description = "The file.",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["text/csv"] = new() { Schema = ParameterForms.Text() },
                ["application/yaml"] = new() { Schema = ParameterForms.Text() },
            },
        };

    /// <summary>States who may call the operation; an empty list of requirements where everybody may.</summary>
    private static void DescribeRoles(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        SortedDictionary<string, string> problems
    )
    {
        var role = context
            .Description.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>()
            .Select(authorize => authorize.Policy)
            .OfType<string>()
            .FirstOrDefault();
        operation.Security = [];
        if (role is null)
            return;
        operation.Security.Add(
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(ApiDocument.Bearer, context.Document)] = [] }
        );
        operation.Description =
            $"{operation.Description} Needs {(role == StaffPolicies.AnyRole ? "a token of any role" : $"the role {role}")}.".Trim();
        problems["401"] = "The token is missing or not valid.";
        problems["403"] = "The token does not have the role.";
    }

    private static void DescribeSentHeaders(OpenApiOperation operation, string method, string path)
    {
        // Answers with a secret are not stored, so that the key has no effect there.
        if (method != "GET" && path != "claims" && !path.EndsWith("/credentials", StringComparison.Ordinal))
            operation.Parameters!.Add(
                Sent("Idempotency-Key", "A request that is repeated with the same key and body within 24 hours is carried out once.", false)
            );
        if (NeedsIfMatch(method, path))
            operation.Parameters!.Add(Sent("If-Match", "The ETag that GET gave.", true));
    }

    private static OpenApiParameter Sent(string name, string description, bool isRequired) =>
        new()
        {
            Name = name,
            In = ParameterLocation.Header,
            Description = description,
            Required = isRequired,
            Schema = ParameterForms.Text(),
        };

    private static SortedDictionary<string, string> Problems(OpenApiOperation operation, string method, string path)
    {
        var problems = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["400"] =
                method == "GET"
                    ? "A query parameter is unknown or not valid."
                    : "The body is not UTF-8, or a header or a query parameter is not valid.",
            ["503"] = "The registry cannot answer now.",
        };
        if (method != "GET")
        {
            problems["413"] = "The body is too large.";
            problems["415"] = "The body has a media type that the operation does not take.";
            problems["422"] = "Refused by the rules: `errors` says what, where and what to do.";
            problems["409"] = NeedsIfMatch(method, path)
                ? "Another change came first, or the state of the request does not allow this."
                : "The request with this Idempotency-Key is still being carried out.";
        }

        if (NeedsIfMatch(method, path))
            (problems["412"], problems["428"]) = ("If-Match is stale.", "If-Match is missing.");
        if (path.Contains('{', StringComparison.Ordinal) || path == "log/proof")
            problems["404"] = "Not found.";
        if (method == "GET" && path is "places" or "kiosks" or "fleets" or "departments")
            problems["404"] = "The register has nothing at that time.";
        if (method == "GET" && Retirable.Contains(path))
            problems["410"] = "It was removed.";
        if (path == "claims")
        {
            problems.Remove("409");
            (problems["404"], problems["429"]) = ("The code is unknown, used, revoked or expired.", "Too many tries from this address.");
        }

        return problems;
    }

    private static void DescribeProblems(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        SortedDictionary<string, string> problems
    )
    {
        foreach (var (status, description) in problems)
            operation.Responses![status] = new OpenApiResponse
            {
                Description = description,
                Headers = status is "429" or "503"
                    ? new Dictionary<string, IOpenApiHeader> { ["Retry-After"] = Header("Retry-After") }
                    : null,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    [ProblemJson] = new() { Schema = new OpenApiSchemaReference(ProblemSchema, context.Document) },
                },
            };
    }

    /// <summary>Whether an operation changes what exists.</summary>
    private static bool NeedsIfMatch(string method, string path) =>
        method == "PATCH"
        || path == "imports/{id}/commit"
        || path.StartsWith("changes/{id}", StringComparison.Ordinal) && method is "POST" or "PUT";
}
