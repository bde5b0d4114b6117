using System.Net.Mime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Api;

/// <summary>
/// Says of each operation what it answers, for the API document: the type that it serialises and the headers that it sends. A test compares
/// live answers with the document.
/// </summary>
internal static class AnswerMetadata
{
    private const int FirstOther = 290;

    /// <summary>The operation answers 200 with this type as JSON.</summary>
    /// <param name="headers">The headers that come with it.</param>
    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder endpoint, params string[] headers) =>
        endpoint.Answers<T>(StatusCodes.Status200OK, headers);

    /// <summary>The operation answers a status with this type as JSON.</summary>
    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder endpoint, int status, params string[] headers) =>
        endpoint.Produces<T>(status).WithMetadata(new AnsweredHeaders(status, headers));

    /// <summary>The operation answers 200 with something else than JSON.</summary>
    public static RouteHandlerBuilder AnswersMedia(this RouteHandlerBuilder endpoint, string mediaType, params string[] headers) =>
        endpoint.WithMetadata(new AnsweredMedia(mediaType)).WithMetadata(new AnsweredHeaders(StatusCodes.Status200OK, headers));

    /// <summary>The operation answers a status without a body.</summary>
    public static RouteHandlerBuilder AnswersNothing(this RouteHandlerBuilder endpoint) =>
        endpoint.Produces(StatusCodes.Status204NoContent);

    /// <summary>The operation may answer with this type instead of the one before.</summary>
    /// <remarks>
    /// The document has a type under its name only if it is the answer of a status: one that no operation uses stands for it.
    /// </remarks>
    public static RouteHandlerBuilder OrAnswers<T>(this RouteHandlerBuilder endpoint)
    {
        endpoint.Add(builder =>
            builder.Metadata.Add(
                new ProducesResponseTypeMetadata(
                    FirstOther + builder.Metadata.OfType<IProducesResponseTypeMetadata>().Count(),
                    typeof(T),
                    [MediaTypeNames.Application.Json]
                )
            )
        );
        return endpoint;
    }

    /// <summary>Each operation of the group may answer with a problem.</summary>
    public static void AnswerProblems(this RouteGroupBuilder api) =>
        api.WithMetadata(
            new ProducesResponseTypeMetadata(
                StatusCodes.Status503ServiceUnavailable,
                typeof(ProblemResponse),
                [MediaTypeNames.Application.ProblemJson]
            )
        );

    /// <summary>Whether a status stands for another form of the answer.</summary>
    public static bool IsOther(string status) => status.StartsWith("29", StringComparison.Ordinal);
}

/// <summary>The headers of an answer.</summary>
internal sealed record AnsweredHeaders(int Status, string[] Names);

/// <summary>The media type of an answer that is not JSON.</summary>
internal sealed record AnsweredMedia(string Type);

/// <summary>Marks a text that is an instant as RFC 3339 writes it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class InstantAttribute : Attribute;

/// <summary>Marks a text that is a day as RFC 3339 writes it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DayAttribute : Attribute;
