using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres.Changes;
using SurveillanceRegistry.Postgres.Staff;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Changes;

/// <summary>The people of a change, as the database itself checks them in the transaction of each act.</summary>
public sealed class ChangeRegisterTests(SharedCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_author_and_another_person_change_the_law_together()
    {
        await using var database = await cluster.NewCityAsync();
        var (editor, approver) = await AddPeopleAsync(database);
        var submitted = await SubmitAsync(database, editor);
        Assert.True((await ActAsync(database, submitted, ChangeAct.Approved, approver)).IsDone);
        Assert.Equal("Smallville-on-Sea", await CityNameAsync(database));
    }

    [Theory]
    [InlineData("st-aaaaaaaaaaaaaaaa", "editor")] // An id that staff never had.
    [InlineData(null, "approver")] // A real person in a role that does not draft.
    public async Task A_draft_of_a_person_who_is_no_editor_is_refused(string? staff, string role)
    {
        await using var database = await cluster.NewCityAsync();
        var (_, approver) = await AddPeopleAsync(database);
        var forged = new Attribution(role, null, staff ?? approver.Id);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => DraftAsync(database, forged));
        Assert.Equal("an_author_is_active_staff_with_the_role_editor", refusal.ConstraintName);
        Assert.EndsWith("is not active staff with the role editor.", refusal.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_of_a_person_who_is_no_active_approver_is_refused()
    {
        await using var database = await cluster.NewCityAsync();
        var (editor, approver) = await AddPeopleAsync(database);
        var other = await AddAsync(database, "other", Role.Editor);
        var submitted = await SubmitAsync(database, editor);
        await DeactivateAsync(database, approver);

        ChangeAct[] decisions = [ChangeAct.Approved, ChangeAct.Rejected];
        StaffMember[] deciders = [approver, other, approver with { Id = "st-aaaaaaaaaaaaaaaa" }];
        foreach (var (decider, act) in deciders.SelectMany(_ => decisions, (decider, act) => (decider, act)))
        {
            var refused = await ActAsync(database, submitted, act, decider);
            Assert.Equal(RefusalCodes.NotEntitled, Assert.Single(refused.Refusals).Code);
            Assert.Matches("^The decider .* is not active staff with the role approver\\.$", refused.Refusals[0].Sentence);
        }

        Assert.Equal("Smallville", await CityNameAsync(database));
    }

    [Fact]
    public async Task A_change_of_an_author_who_left_is_not_approved_and_can_be_rejected()
    {
        await using var database = await cluster.NewCityAsync();
        var (editor, approver) = await AddPeopleAsync(database);
        var submitted = await SubmitAsync(database, editor);
        await DeactivateAsync(database, editor);

        var refused = await ActAsync(database, submitted, ChangeAct.Approved, approver);
        Assert.Equal(RefusalCodes.NotEntitled, Assert.Single(refused.Refusals).Code);
        Assert.Equal("Smallville", await CityNameAsync(database));
        Assert.True((await ActAsync(database, submitted, ChangeAct.Rejected, approver)).IsDone);
    }

    /// <summary>A program that has the service's credentials and writes rows without the register.</summary>
    [Theory]
    [InlineData(
        "update registry.change_request set state = 'approved', decider = 'st-aaaaaaaaaaaaaaaa', decided_at = now()",
        "a_decider_is_active"
    )]
    [InlineData("update registry.change_request set author = 'st-aaaaaaaaaaaaaaaa'", "an_author_is_active")]
    [InlineData(
        "insert into registry.change_step (change, number, step, at, staff, role, entry) "
            + "select id, 9, 'approved', now(), author, 'editor', 0 "
            + "from registry.change_request",
        "an_act_is_of_active_staff"
    )]
    [InlineData(
        "insert into registry.change_step (change, number, step, at, staff, role, entry) "
            + "select r.id, 9, 'approved', now(), s.id, 'approver', 0 "
            + "from registry.change_request r, registry.staff s where 'approver' = any (s.roles)",
        "an_act_is_of_the_author_or_the_decider"
    )]
    public async Task The_database_refuses_forged_people_of_a_change(string sql, string constraint)
    {
        await using var database = await cluster.NewCityAsync();
        await SubmitAsync(database, (await AddPeopleAsync(database)).Editor);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => database.Source.ExecuteAsync(sql, null, Cancellation));
        Assert.StartsWith(constraint, refusal.ConstraintName, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")] // As if it were of the opening.
    [InlineData("(select id from registry.change_request)")] // Of a request that an approver decided without an act of theirs.
    public async Task The_database_refuses_a_revision_without_an_approval(string change)
    {
        await using var database = await cluster.NewCityAsync();
        var (editor, approver) = await AddPeopleAsync(database);
        await SubmitAsync(database, editor);
        await database.Source.ExecuteAsync(
            "update registry.change_request set state = 'approved', decided_at = now(), decider = @Id",
            new { approver.Id },
            Cancellation
        );
        var refusal = await Assert.ThrowsAsync<PostgresException>(() =>
            database.Source.ExecuteAsync(
                "insert into registry.revision (kind, id, number, position, recorded_at, entry, change, body) "
                    + $"select kind, 'forged', 1, 99, recorded_at, entry, {change}, body "
                    + "from registry.revision where kind = 'instrument' limit 1",
                null,
                Cancellation
            )
        );
        Assert.Equal(PostgresErrorCodes.CheckViolation, refusal.SqlState);
    }

    private static async Task<(StaffMember Editor, StaffMember Approver)> AddPeopleAsync(Database database) =>
        (await AddAsync(database, "editor", Role.Editor), await AddAsync(database, "approver", Role.Approver));

    private static async Task<StaffMember> AddAsync(Database database, string name, Role role)
    {
        var member = new StaffMember(StaffMember.NewId(), name, name, null, [role], false, true, 1);
        Assert.True(await new StaffRegister(database.Source).AddAsync(member, null, Attribution.Registry, SmallCity.Noon, Cancellation));
        return member;
    }

    private static async Task DeactivateAsync(Database database, StaffMember member) =>
        Assert.True(
            await new StaffRegister(database.Source).ChangeAsync(member.Id, null, false, Attribution.Registry, SmallCity.Noon, Cancellation)
        );

    private static Task<ChangeRequest> DraftAsync(Database database, Attribution author)
    {
        var city = PolicyDocument.For(SmallCity.Opening.Governance.City with { Name = "Smallville-on-Sea" });
        var source = new Source("The order", null, new DateOnly(2026, 11, 23), Confidence.Sourced);
        var proposal = new Proposal("The City has a new name.", source, [new ProposedDocument(city, 1)]);
        return new ChangeRegister(database.Source).DraftAsync(proposal, author, SmallCity.Noon, Cancellation);
    }

    private static async Task<ChangeRequest> SubmitAsync(Database database, StaffMember editor)
    {
        var draft = await DraftAsync(database, editor.AttributionAs(Role.Editor));
        return (await ActAsync(database, draft, ChangeAct.Submitted, editor)).Value!;
    }

    private static async Task<Outcome<ChangeRequest>> ActAsync(Database database, ChangeRequest before, ChangeAct act, StaffMember by)
    {
        var role = act == ChangeAct.Submitted ? Role.Editor : Role.Approver;
        var (attribution, next) = (by.AttributionAs(role), before with { Version = before.Version + 1 });
        var after = act switch
        {
            ChangeAct.Submitted => next with { State = ChangeState.Submitted, SubmittedAt = SmallCity.Noon },
            ChangeAct.Approved => next with { State = ChangeState.Approved, Decider = attribution, DecidedAt = SmallCity.Noon },
            _ => next with { State = ChangeState.Rejected, Decider = attribution, DecidedAt = SmallCity.Noon },
        };
        return (await new ChangeRegister(database.Source).ActAsync(before, after, act, attribution, "So.", SmallCity.Noon, Cancellation))!;
    }

    private static Task<string?> CityNameAsync(Database database) =>
        database.AskAsync<string>("select body::jsonb ->> 'name' from registry.revision where kind = 'city' order by number desc limit 1");
}
