using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Staff;

/// <summary>How a person proved who they are at sign-in.</summary>
public enum SignInMethod
{
    Password,
    PasswordAndCode,
    PasswordAndRecoveryCode,
    Provider,
}

/// <summary>A signed-in browser.</summary>
/// <param name="Id">Random; the session's cookie has it, encrypted.</param>
/// <param name="Stamp">The member's stamp at sign-in. The session ends when the member's stamp grows.</param>
/// <param name="LastSeenAt">The last request, to the minute.</param>
/// <param name="EndsAt">When it ends, however much it is used.</param>
/// <param name="Address">The network address at sign-in.</param>
/// <param name="Browser">The browser in a few words, such as <c>Firefox on Linux</c>.</param>
public sealed record StaffSession(
    string Id,
    string Staff,
    int Stamp,
    SignInMethod Method,
    DateTimeOffset StartedAt,
    DateTimeOffset LastSeenAt,
    DateTimeOffset EndsAt,
    string Address,
    string Browser
)
{
    /// <summary>A session ends this long after its last request, and this long after its start (ASVS 5.0, 7.3).</summary>
    public static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(30),
        MaxDuration = TimeSpan.FromHours(10);

    /// <summary>How precisely <see cref="LastSeenAt"/> is known: not every request writes.</summary>
    public static readonly TimeSpan Precision = TimeSpan.FromMinutes(1);
}

/// <summary>The sessions of staff. A cookie is worth nothing without its session.</summary>
public interface IStaffSessions
{
    /// <summary>Stores a new session.</summary>
    Task StartAsync(StaffSession session, CancellationToken cancellationToken);

    /// <summary>
    /// Returns the active member of a session that has not ended, and notes that it was used; null for any other session.
    /// </summary>
    Task<StaffMember?> UseAsync(string id, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The sessions of a member that have not ended, last used first.</summary>
    Task<ImmutableArray<StaffSession>> ListAsync(string staff, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Ends one session of a member. False when there is none.</summary>
    Task<bool> EndAsync(string staff, string id, CancellationToken cancellationToken);

    /// <summary>Ends every session of a member but one. Returns how many.</summary>
    /// <param name="except">The session that goes on; null for none.</param>
    Task<int> EndAllAsync(string staff, string? except, CancellationToken cancellationToken);
}
