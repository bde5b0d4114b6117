using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Postgres.Staff;

/// <summary>For how many days events of the security log are stored.</summary>
/// <param name="Days">30 to 3650. The database deletes nothing that is younger than 30 days.</param>
public sealed record SecurityLogRetention(int Days)
{
    public const int DefaultDays = 365,
        MinDays = 30;
}

/// <summary>The security log, in a table. Deletes events at the end of their retention.</summary>
public sealed class SecurityLog(NpgsqlDataSource database, SecurityLogRetention retention, ILogger<SecurityLog> logger)
    : ISecurityLog,
        IPeriodicTask
{
    public TimeSpan Interval { get; } = TimeSpan.FromHours(1);

    public bool StartsAfterListeners => true;

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var deleted = await database.ScalarAsync<long>(
            "select registry.drop_security_events(@Days)",
            new { retention.Days },
            cancellationToken
        );
        if (deleted > 0)
            logger.LogInformation("Deleted {Count} events of the security log, which are older than {Days} days.", deleted, retention.Days);
    }

    public void OnFailed(Exception failure) =>
        logger.LogWarning(failure, "Old events of the security log could not be deleted; the next attempt is in an hour.");

    public Task RecordAsync(SecurityEvent happened, DateTimeOffset at, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(happened);
        return database.ExecuteAsync(
            """
            insert into registry.security_event (at, last_at, kind, actor, subject, token, address, detail, minute)
            values (@at, @at, @kind, @Actor, @Subject, @Token, @Address, @Detail, case when @IsCounted then date_trunc('minute', @at) end)
            on conflict (minute, kind, actor, subject, token, address, detail) where minute is not null
            do update set times = security_event.times + 1, last_at = greatest(security_event.last_at, excluded.last_at)
            """,
            new
            {
                at = at.UtcDateTime,
                kind = Json.Word(happened.Kind),
                happened.Actor,
                happened.Subject,
                happened.Token,
                happened.Address,
                happened.Detail,
                happened.IsCounted,
            },
            cancellationToken
        );
    }

    public async Task<ImmutableArray<StoredSecurityEvent>> ListAsync(
        SecurityFilter filter,
        long? before,
        int most,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(filter);
        var rows = await database.QueryAsync<EventRow>(
            """
            select id, at, last_at as LastAt, times, kind, actor, subject, token, address, detail from registry.security_event
            where (@kind::text is null or kind = @kind) and (@staff::text is null or @staff in (actor, subject))
                and (@before::bigint is null or id < @before)
            order by id desc
            limit @most
            """,
            new
            {
                kind = filter.Kind is { } kind ? Json.Word(kind) : null,
                staff = filter.Staff,
                before,
                most,
            },
            cancellationToken
        );
        return [.. rows.Select(row => row.Event())];
    }

    private sealed record EventRow(
        long Id,
        DateTime At,
        DateTime LastAt,
        int Times,
        string Kind,
        string? Actor,
        string? Subject,
        long? Token,
        string Address,
        string? Detail
    )
    {
        public StoredSecurityEvent Event() =>
            new(Id, At, LastAt, Times, new SecurityEvent(JsonRow.Word<SecurityEventKind>(Kind), Actor, Subject, Token, Address, Detail));
    }
}
