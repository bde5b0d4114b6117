using System.Collections.Frozen;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Api;

/// <summary>
/// Refuses a query parameter that an operation does not have, or that stands twice. An operation that ignored it would answer another
/// question than the one that was asked, for example for today instead of another day.
/// </summary>
internal static class KnownParameters
{
    /// <summary>Parameters with which an operation says what to use instead, so that its own refusal is clearer.</summary>
    private static readonly string[] Explained = ["asOf", "knownAt"];

    /// <summary>
    /// Operations whose links to a next page had <c>asOf</c> until 2026-11-29: what was recorded of a document is the same on every day.
    /// </summary>
    private static readonly string[] OnceLinkedWithDay = ["GET instruments/{id}/history", "GET technologies/{id}/history"];

    /// <summary>Sets the parameters of each operation of the group, as <see cref="Operations"/> has them.</summary>
    public static void KnowParameters(this RouteGroupBuilder api) =>
        ((IEndpointConventionBuilder)api).Finally(endpoint =>
        {
            if (endpoint is RouteEndpointBuilder { RoutePattern.RawText: { } route })
                endpoint.Metadata.Add(
                    Known.For(endpoint.Metadata.OfType<HttpMethodMetadata>().First().HttpMethods[0], ApiPath.Of(route.TrimStart('/')))
                );
        });

    /// <summary>Runs after routing and authorization.</summary>
    public static void UseKnownParameters(this IApplicationBuilder app) =>
        app.Use(
            (http, next) =>
                http.Request.Query.Count > 0
                && http.GetEndpoint()?.Metadata is { } metadata
                && metadata.GetMetadata<Known>() is { } known
                && RefusalOf(http.Request.Query, known, metadata.GetMetadata<KnownAtExplained>() is not null) is { } refusal
                    ? refusal.ExecuteAsync(http)
                    : next(http)
        );

    private static IResult? RefusalOf(IQueryCollection query, Known known, bool explains)
    {
        foreach (var (name, values) in query)
        {
            if (IsAddedOnTheWay(name) || name == "asOf" && IsOnceLinked(query, known))
                continue;
            if (!known.Names.Contains(name) && !(explains && Explained.Contains(name, StringComparer.OrdinalIgnoreCase)))
                return Problem.BadParameter($"'{name}' is not a parameter of {known.Operation}: {known.Sentence}");
            if (values.Count > 1 && !known.Lists.Contains(name))
                return Problem.BadParameter($"'{name}' stands {values.Count} times in the query: expected once.");
        }

        return null;
    }

    /// <summary>Whether the registry may have written this address itself.</summary>
    private static bool IsOnceLinked(IQueryCollection query, Known known) =>
        OnceLinkedWithDay.Contains(known.Operation) && query.ContainsKey("after");

    /// <summary>What mail programs, social networks and scripts add to a link asks nothing, and no operation will ever have it.</summary>
    private static bool IsAddedOnTheWay(string name) =>
        name is "_" or "fbclid" or "gclid" || name.StartsWith("utm_", StringComparison.OrdinalIgnoreCase);

    /// <param name="Lists">Those whose value is a list: they may stand several times.</param>
    private sealed record Known(string Operation, FrozenSet<string> Names, FrozenSet<string> Lists)
    {
        public string Sentence => Names.Count == 0 ? "it has none." : $"it has {string.Join(", ", Names.Order(StringComparer.Ordinal))}.";

        public static Known For(string method, string path)
        {
            var parameters = Operations.All.TryGetValue($"{method} {path}", out var operation) ? operation.Parameters : [];
            return new(
                $"{method} {path}",
                parameters.Select(parameter => parameter.Name).ToFrozenSet(StringComparer.OrdinalIgnoreCase),
                parameters
                    .Where(parameter => parameter.IsList)
                    .Select(parameter => parameter.Name)
                    .ToFrozenSet(StringComparer.OrdinalIgnoreCase)
            );
        }
    }
}
