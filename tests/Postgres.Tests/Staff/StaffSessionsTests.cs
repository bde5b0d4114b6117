using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres.Staff;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Staff;

/// <summary>When a session of staff holds, as PostgreSQL decides it.</summary>
public sealed class StaffSessionsTests(SharedCluster cluster)
{
    private static readonly DateTimeOffset Noon = SmallCity.Noon;

    private static readonly Attribution Operator = new("operator");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_ends_30_minutes_after_its_last_use_and_10_hours_after_its_start()
    {
        await using var database = await cluster.NewRegisterAsync();
        var (sessions, ana) = await StartedAsync(database, "one-session-of-ana");
        Assert.Equal(ana.Id, (await sessions.UseAsync("one-session-of-ana", Noon.AddMinutes(30), Cancellation))?.Id);
        Assert.Null(await sessions.UseAsync("one-session-of-ana", Noon.AddMinutes(61), Cancellation));

        (sessions, _) = await StartedAsync(database, "another-session-of-bo");
        for (var minutes = 20; minutes < 600; minutes += 20)
            Assert.NotNull(await sessions.UseAsync("another-session-of-bo", Noon.AddMinutes(minutes), Cancellation));
        Assert.Null(await sessions.UseAsync("another-session-of-bo", Noon.AddMinutes(600), Cancellation));
    }

    [Fact]
    public async Task A_session_ends_with_any_change_of_its_member_s_rights()
    {
        await using var database = await cluster.NewRegisterAsync();
        var (sessions, ana) = await StartedAsync(database, "one-session-of-ana");
        var register = new StaffRegister(database.Source);
        await register.ChangeAsync(ana.Id, [Role.Auditor], null, Operator, Noon, Cancellation);
        Assert.Null(await sessions.UseAsync("one-session-of-ana", Noon.AddMinutes(1), Cancellation));
        Assert.Empty(await sessions.ListAsync(ana.Id, Noon.AddMinutes(1), Cancellation));
    }

    [Fact]
    public async Task A_member_ends_one_session_or_all_others_and_nobody_else_s()
    {
        await using var database = await cluster.NewRegisterAsync();
        var (sessions, ana) = await StartedAsync(database, "first-session-of-ana");
        await sessions.StartAsync(Session("second-session-of-ana", ana), Cancellation);
        await sessions.StartAsync(Session("third-session-of-ana", ana), Cancellation);
        var (_, bo) = await StartedAsync(database, "first-session-of-bo");
        Assert.Equal(3, (await sessions.ListAsync(ana.Id, Noon, Cancellation)).Length);

        Assert.False(await sessions.EndAsync(ana.Id, "first-session-of-bo", Cancellation));
        Assert.True(await sessions.EndAsync(ana.Id, "second-session-of-ana", Cancellation));
        Assert.Null(await sessions.UseAsync("second-session-of-ana", Noon, Cancellation));
        Assert.Equal(1, await sessions.EndAllAsync(ana.Id, "first-session-of-ana", Cancellation));
        Assert.Equal("first-session-of-ana", Assert.Single(await sessions.ListAsync(ana.Id, Noon, Cancellation)).Id);
        Assert.Equal(bo.Id, (await sessions.UseAsync("first-session-of-bo", Noon, Cancellation))?.Id);
    }

    [Fact]
    public async Task A_session_is_written_at_most_once_a_minute_and_deleted_after_its_end()
    {
        await using var database = await cluster.NewRegisterAsync();
        var (sessions, ana) = await StartedAsync(database, "first-session-of-ana");
        await sessions.UseAsync("first-session-of-ana", Noon.AddSeconds(59), Cancellation);
        Assert.Equal(Noon, Assert.Single(await sessions.ListAsync(ana.Id, Noon, Cancellation)).LastSeenAt);
        await sessions.UseAsync("first-session-of-ana", Noon.AddSeconds(61), Cancellation);
        Assert.Equal(Noon.AddSeconds(61), Assert.Single(await sessions.ListAsync(ana.Id, Noon, Cancellation)).LastSeenAt);
        await sessions.StartAsync(Session("second-session-of-ana", ana) with { StartedAt = Noon.AddHours(11) }, Cancellation);
        Assert.Equal(1, await database.AskAsync<long>("select count(*) from registry.staff_session"));
    }

    private static async Task<(StaffSessions Sessions, StaffMember Member)> StartedAsync(Database database, string session)
    {
        var id = StaffMember.NewId();
        var member = new StaffMember(id, $"{id}@city.example", "A name", null, [Role.Editor], false, true, 1);
        await new StaffRegister(database.Source).AddAsync(member, null, Operator, Noon, Cancellation);
        var sessions = new StaffSessions(database.Source);
        await sessions.StartAsync(Session(session, member), Cancellation);
        return (sessions, member);
    }

    private static StaffSession Session(string id, StaffMember member) =>
        new(id, member.Id, member.Stamp, SignInMethod.Password, Noon, Noon, Noon.AddHours(10), "127.0.0.1", "Firefox on Linux");
}
