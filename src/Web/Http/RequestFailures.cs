using System.Data.Common;
using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Web.Connections;

namespace SurveillanceRegistry.Web.Http;

/// <summary>
/// Answers requests that failed for a reason outside this program. A malformed request is the client's fault and not logged; a database
/// that is away is said with 503. Every other exception is a fault of this program: it is logged and answered with 500.
/// </summary>
internal sealed class RequestFailures(ILogger<RequestFailures> logger) : IExceptionHandler
{
    private const int RetryAfterSeconds = 5;

    /// <summary>The client has gone; only the log of a proxy shows this status.</summary>
    private const int ClientClosedRequest = 499;

    /// <summary>PostgreSQL's codes for a text with U+0000.</summary>
    private static readonly string[] UnstorableText = ["22021", "22P05"];

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        switch (exception)
        {
            case BadHttpRequestException malformed:
                await Problem
                    .From(malformed.StatusCode, "malformed", "The request is malformed", "The request cannot be read. Check its body.")
                    .ExecuteAsync(httpContext);
                return true;
            case BusyException busy:
                await Problem.Busy(httpContext, BusyException.RetryAfterSeconds, busy.Message).ExecuteAsync(httpContext);
                return true;
            case InvalidDataException when httpContext.Request.HasFormContentType:
                await Problem
                    .From(StatusCodes.Status400BadRequest, "malformed", "The request is malformed", "The form cannot be read.")
                    .ExecuteAsync(httpContext);
                return true;
            case OperationCanceledException when httpContext.RequestAborted.IsCancellationRequested:
                httpContext.Response.StatusCode = ClientClosedRequest;
                return true;
            case DbException { SqlState: { } state } when UnstorableText.Contains(state, StringComparer.Ordinal):
                await Problem
                    .Refused([new Refusal(RefusalCodes.Invalid, "A text has the character U+0000: leave it out.")])
                    .ExecuteAsync(httpContext);
                return true;
            case DbException { SqlState: null or ['0', '8', ..] or ['5', '3' or '7', ..] }:
                // No answer, no connection, no resources, or a server that stops: it will be there again.
                logger.LogWarning("A request failed because the database does not answer ({Reason}).", exception.Message);
                httpContext.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
                await Problem
                    .From(
                        StatusCodes.Status503ServiceUnavailable,
                        "database-away",
                        "Not available now",
                        "The registry cannot reach its database. Try again in a few seconds."
                    )
                    .ExecuteAsync(httpContext);
                return true;
            default:
                return false;
        }
    }
}
