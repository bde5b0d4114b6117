using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Staff;

/// <summary>What happened to a session, an account, a right or a token. Stored as a word: add new ones, never change one.</summary>
public enum SecurityEventKind
{
    SignedIn,
    SignInRefused,

    /// <summary>Too many wrong tries: the password or the code was not checked.</summary>
    SignInPaused,
    SecondFactorRefused,
    RecoveryCodeUsed,
    SignedOut,
    SessionsEnded,
    PasswordChanged,
    FirstPasswordSet,
    SecondFactorSet,
    SecondFactorRemoved,
    AccountAdded,
    AccountRenamed,
    AccountDeactivated,
    AccountActivated,
    AccountAnonymized,
    RolesChanged,
    IdentityBound,
    IdentityUnbound,
    ChangeHandedOver,
    TokenMade,
    TokenRevoked,

    /// <summary>The first use of a token from an address in an hour.</summary>
    TokenUsed,
    TokenRefused,

    /// <summary>A signed-in person or program asked for something that its roles do not open.</summary>
    AccessRefused,

    /// <summary>A person entered a mail address; the log has no address.</summary>
    MailAddressSet,
    MailAddressErased,
    WebhookAdded,
    WebhookEnded,

    /// <summary>An auditor read this log, or the record of readings of mobile devices.</summary>
    AuditRead,
}

/// <summary>One event of the security log. It has opaque ids and closed words, never a name and never what a person typed.</summary>
/// <param name="Actor">Opaque id of the person or program that acted; null when it is not known, and for the command line.</param>
/// <param name="Subject">Opaque id of the account that it happened to; null when there is none.</param>
/// <param name="Token">Number of the token; null when there is none.</param>
/// <param name="Address">The network address; <c>command-line</c> for a command of the operator.</param>
/// <param name="Detail">A closed word, such as how a person signed in; null for none.</param>
public sealed record SecurityEvent(
    SecurityEventKind Kind,
    string? Actor,
    string? Subject,
    long? Token,
    string Address,
    string? Detail = null
)
{
    /// <summary>The address of events that an operator causes with a command.</summary>
    public const string CommandLine = "command-line";

    /// <summary>
    /// Whether strangers can cause it as often as they like. Equal events of one minute are one row with a count, so that an attack cannot
    /// fill the disk.
    /// </summary>
    public bool IsCounted =>
        Kind
            is SecurityEventKind.SignInRefused
                or SecurityEventKind.SignInPaused
                or SecurityEventKind.SecondFactorRefused
                or SecurityEventKind.TokenRefused
                or SecurityEventKind.AccessRefused;
}

/// <summary>A stored event.</summary>
/// <param name="LastAt">When it happened for the last time within a minute; the same as <paramref name="At"/> for a single event.</param>
/// <param name="Times">How often it happened.</param>
public sealed record StoredSecurityEvent(long Number, DateTimeOffset At, DateTimeOffset LastAt, int Times, SecurityEvent Event);

/// <summary>The filter of the security log. Null selects everything.</summary>
/// <param name="Staff">The actor or the subject.</param>
public sealed record SecurityFilter(SecurityEventKind? Kind, string? Staff);

/// <summary>
/// The security log: who did what to sessions, accounts and tokens, and from where. It is kept apart from the server's log and from the
/// ledger, and its events are deleted at the end of their retention.
/// </summary>
public interface ISecurityLog
{
    /// <summary>Records an event.</summary>
    Task RecordAsync(SecurityEvent happened, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>A page of events, newest first.</summary>
    /// <param name="before">Only those with a lower number; null for all.</param>
    Task<ImmutableArray<StoredSecurityEvent>> ListAsync(SecurityFilter filter, long? before, int most, CancellationToken cancellationToken);
}
