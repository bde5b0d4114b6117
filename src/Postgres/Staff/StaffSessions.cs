using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Postgres.Staff;

/// <summary>The sessions of staff, in a table.</summary>
public sealed class StaffSessions(NpgsqlDataSource database) : IStaffSessions
{
    /// <summary>A session that has not ended: by its time, by its member's rights, or by its owner.</summary>
    private const string IsLive = """
        session.ends_at > @at and session.last_seen_at > @idleSince and staff.is_active and staff.stamp = session.stamp
        """;

    public Task StartAsync(StaffSession session, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(session);
        return database.ExecuteAsync(
            """
            delete from registry.staff_session where ends_at <= @startedAt;
            insert into registry.staff_session (id, staff, stamp, method, started_at, last_seen_at, ends_at, address, browser)
            values (@Id, @Staff, @Stamp, @method, @startedAt, @startedAt, @endsAt, @Address, @Browser)
            """,
            new
            {
                session.Id,
                session.Staff,
                session.Stamp,
                method = Json.Word(session.Method),
                startedAt = session.StartedAt.UtcDateTime,
                endsAt = session.EndsAt.UtcDateTime,
                session.Address,
                session.Browser,
            },
            cancellationToken
        );
    }

    public async Task<StaffMember?> UseAsync(string id, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<StaffRow>(
            $"""
            with live as (
                select staff.*, session.last_seen_at from registry.staff_session session join registry.staff on staff.id = session.staff
                where session.id = @id and {IsLive}
            ), used as (
                update registry.staff_session set last_seen_at = @at
                where id = @id and exists (select from live where last_seen_at <= @unwritten)
            )
            select {StaffRow.Columns} from live
            """,
            new
            {
                id,
                at = at.UtcDateTime,
                idleSince = IdleSince(at),
                unwritten = (at - StaffSession.Precision).UtcDateTime,
            },
            cancellationToken
        );
        return rows.SingleOrDefault()?.Member();
    }

    public async Task<ImmutableArray<StaffSession>> ListAsync(string staff, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<SessionRow>(
            $"""
            select session.id, session.staff, session.stamp, session.method, started_at as StartedAt, last_seen_at as LastSeenAt,
                ends_at as EndsAt, address, browser
            from registry.staff_session session join registry.staff on staff.id = session.staff
            where session.staff = @staff and {IsLive}
            order by last_seen_at desc, session.id
            """,
            new
            {
                staff,
                at = at.UtcDateTime,
                idleSince = IdleSince(at),
            },
            cancellationToken
        );
        return [.. rows.Select(row => row.Session())];
    }

    public async Task<bool> EndAsync(string staff, string id, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            "delete from registry.staff_session where id = @id and staff = @staff",
            new { id, staff },
            cancellationToken
        ) == 1;

    public Task<int> EndAllAsync(string staff, string? except, CancellationToken cancellationToken) =>
        database.ExecuteAsync(
            "delete from registry.staff_session where staff = @staff and id is distinct from @except::text",
            new { staff, except },
            cancellationToken
        );

    /// <summary>The last use of a session is stored up to <see cref="StaffSession.Precision"/> too early.</summary>
    private static DateTime IdleSince(DateTimeOffset at) => (at - StaffSession.IdleTimeout - StaffSession.Precision).UtcDateTime;

    private sealed record SessionRow(
        string Id,
        string Staff,
        int Stamp,
        string Method,
        DateTime StartedAt,
        DateTime LastSeenAt,
        DateTime EndsAt,
        string Address,
        string Browser
    )
    {
        public StaffSession Session() =>
            new(Id, Staff, Stamp, JsonRow.Word<SignInMethod>(Method), StartedAt, LastSeenAt, EndsAt, Address, Browser);
    }
}
