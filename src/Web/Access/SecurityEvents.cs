using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Web.Access;

/// <summary>Records what happens at sign-in and on staff pages in the security log, with the address of the request.</summary>
internal static class SecurityEvents
{
    /// <summary>Records an event of the signed-in person or program.</summary>
    /// <param name="subject">The account that it happened to; null when there is none.</param>
    public static Task RecordAsync(
        this HttpContext http,
        SecurityEventKind kind,
        string? subject = null,
        long? token = null,
        string? detail = null
    ) => RecordAsync(http, kind, http.User.Identity?.IsAuthenticated == true ? http.User.StaffId() : null, subject, token, detail);

    /// <summary>Records an event of an actor that is not the signed-in user, such as a person who is just signing in.</summary>
    public static Task RecordAsync(HttpContext http, SecurityEventKind kind, string? actor, string? subject, long? token, string? detail) =>
        http
            .RequestServices.GetRequiredService<ISecurityLog>()
            .RecordAsync(
                new SecurityEvent(kind, actor, subject, token, ClientText.AddressOf(http), detail),
                http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(),
                http.RequestAborted
            );
}

/// <summary>
/// Decides which uses of a token are recorded: the first one from each address in an hour. Not each request may write. Thread-safe.
/// </summary>
internal sealed class TokenUses(TimeProvider time)
{
    private const int MaxTracked = 10_000;

    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(long Token, string Address), DateTimeOffset> _recorded = [];

    /// <summary>Whether this use must be recorded. Counts it as recorded.</summary>
    public bool IsDue(long token, string address)
    {
        var now = time.GetUtcNow();
        if (_recorded.TryGetValue((token, address), out var last) && now < last + Every)
            return false;
        // Forgetting costs a row of the log more, and memory stays bounded.
        if (_recorded.Count >= MaxTracked)
            _recorded.Clear();
        _recorded[(token, address)] = now;
        return true;
    }
}
