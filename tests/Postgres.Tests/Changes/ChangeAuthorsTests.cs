using System.Collections.Immutable;
using Npgsql;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres.Changes;
using SurveillanceRegistry.Postgres.Staff;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Changes;

/// <summary>Who decides and who hands over, as the database checks it, whatever the service asks for.</summary>
public sealed class ChangeAuthorsTests(SharedCluster cluster)
{
    private static readonly DateTimeOffset Noon = SmallCity.Noon;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_database_refuses_a_program_as_decider()
    {
        await using var city = await StaffedAsync();
        var submitted = await city.SubmittedAsync(city.Writer);
        foreach (var decider in (Attribution[])[city.Program, city.Decider with { IsProgram = true }])
        {
            var refusal = await Assert.ThrowsAsync<PostgresException>(() => city.ApproveAsync(submitted, decider));
            Assert.Equal("a_program_never_decides", refusal.ConstraintName);
        }

        Assert.Equal(ChangeState.Submitted, (await city.Register.FindAsync(submitted.Id, Cancellation))!.State);
        Assert.Equal(ChangeState.Approved, (await city.ApproveAsync(submitted, city.Decider))!.Value!.State);
    }

    [Fact]
    public async Task The_database_refuses_every_earlier_author_as_decider()
    {
        await using var city = await StaffedAsync();
        var submitted = await city.SubmittedAsync(city.Writer);
        var after = submitted.HandOver(new Attribution("administrator", null, city.Decider.Staff), city.Successor).Value!;
        var handedOver = (
            await city.Register.ActAsync(
                submitted,
                after,
                ChangeAct.HandedOver,
                new Attribution("administrator", null, city.Decider.Staff),
                null,
                Noon,
                Cancellation
            )
        )!.Value!;
        Assert.Equal((city.Successor, ChangeAct.HandedOver), (handedOver.Author, handedOver.Steps[^1].Act));
        Assert.Equal(
            [handedOver.Id],
            (await city.Register.ListOpenByAuthorAsync(city.Successor.Staff!, Cancellation)).Select(one => one.Id)
        );
        Assert.Empty(await city.Register.ListOpenByAuthorAsync(city.Writer.Staff!, Cancellation));

        foreach (var author in (Attribution[])[city.Writer, city.Successor])
        {
            var refusal = await Assert.ThrowsAsync<PostgresException>(() =>
                city.ApproveAsync(handedOver, author with { Role = "approver" })
            );
            Assert.Equal("an_author_never_decides", refusal.ConstraintName);
        }

        Assert.Equal(ChangeState.Approved, (await city.ApproveAsync(handedOver, city.Decider))!.Value!.State);
    }

    [Fact]
    public async Task The_database_lets_only_an_administrator_hand_over()
    {
        await using var city = await StaffedAsync();
        var submitted = await city.SubmittedAsync(city.Writer);
        var after = submitted with { Author = city.Successor, Version = 3 };
        foreach (
            var by in (Attribution[])[city.Writer, city.Program with { Role = "administrator" }, new("administrator", null, "st-unknown")]
        )
        {
            var refusal = await Assert.ThrowsAsync<PostgresException>(() =>
                city.Register.ActAsync(submitted, after, ChangeAct.HandedOver, by, null, Noon, Cancellation)
            );
            Assert.Equal("an_administrator_hands_over", refusal.ConstraintName);
        }

        Assert.Equal(city.Writer, (await city.Register.FindAsync(submitted.Id, Cancellation))!.Author);
    }

    [Fact]
    public async Task The_ledger_says_that_a_program_proposed_and_names_the_new_author_by_id()
    {
        await using var city = await StaffedAsync();
        var submitted = await city.SubmittedAsync(city.Program);
        var found = await city.Register.FindAsync(submitted.Id, Cancellation);
        Assert.True(found!.Author.IsProgram);
        Assert.All(found.Steps, step => Assert.True(step.By.IsProgram));
        var by = await city.Database.AskAsync<string>(
            "select (convert_from(bytes, 'UTF8')::jsonb -> 'by')::text from registry.ledger_entry where kind = 'change-drafted'"
        );
        Assert.Contains("\"program\": true", by, StringComparison.Ordinal);

        var administrator = new Attribution("administrator", null, city.Decider.Staff);
        var after = submitted.HandOver(administrator, city.Successor).Value!;
        await city.Register.ActAsync(submitted, after, ChangeAct.HandedOver, administrator, null, Noon, Cancellation);
        var body = await city.Database.AskAsync<string>(
            "select (convert_from(bytes, 'UTF8')::jsonb -> 'body')::text from registry.ledger_entry where kind = 'change-handed-over'"
        );
        Assert.Contains(city.Successor.Staff!, body, StringComparison.Ordinal);
        Assert.DoesNotContain("program", body, StringComparison.Ordinal);
    }

    private async Task<StaffedDatabase> StaffedAsync()
    {
        var city = new StaffedDatabase(await cluster.NewCityAsync());
        foreach (var (person, roles) in city.People)
            await new StaffRegister(city.Database.Source).AddAsync(
                new StaffMember(person.Staff!, person.Staff + "@city.example", "A name", null, roles, person.IsProgram, true, 1),
                null,
                new Attribution("operator"),
                Noon,
                Cancellation
            );
        return city;
    }

    /// <summary>A small city with the persons and the program that these tests need.</summary>
    private sealed class StaffedDatabase(Database database) : IAsyncDisposable
    {
        public Attribution Writer { get; } = new("editor", null, StaffMember.NewId());

        public Attribution Successor { get; } = new("editor", null, StaffMember.NewId());

        public Attribution Decider { get; } = new("approver", null, StaffMember.NewId());

        public Attribution Program { get; } = new("editor", null, StaffMember.NewId(), IsProgram: true);

        public IEnumerable<(Attribution Person, ImmutableArray<Role> Roles)> People =>
            ((Attribution[])[Writer, Successor, Decider, Program]).Select(one =>
                (one, (ImmutableArray<Role>)[Role.Editor, Role.Approver, Role.Administrator])
            );

        public Database Database { get; } = database;

        public ChangeRegister Register { get; } = new(database.Source);

        /// <summary>A submitted request that gives the city another telephone number.</summary>
        public async Task<ChangeRequest> SubmittedAsync(Attribution author)
        {
            var city = SmallCity.Opening.Governance.City;
            var document = PolicyDocument.For(city with { Departments = [new Department("police", "Police", "555-0101")] });
            var source = new Source("The directory", null, new DateOnly(2026, 11, 23), Confidence.Sourced);
            var draft = await Register.DraftAsync(
                new Proposal("The number changed.", source, [new ProposedDocument(document, 1)]),
                author,
                Noon,
                Cancellation
            );
            var submitted = draft with { State = ChangeState.Submitted, Version = 2, SubmittedAt = Noon };
            return (await Register.ActAsync(draft, submitted, ChangeAct.Submitted, author, null, Noon, Cancellation))!.Value!;
        }

        /// <summary>Approves a request without asking the rules of Domain.</summary>
        public Task<Outcome<ChangeRequest>?> ApproveAsync(ChangeRequest before, Attribution by) =>
            Register.ActAsync(
                before,
                before with
                {
                    State = ChangeState.Approved,
                    Version = before.Version + 1,
                    Decider = by,
                    DecidedAt = Noon,
                },
                ChangeAct.Approved,
                by,
                null,
                Noon,
                Cancellation
            );

        public ValueTask DisposeAsync() => Database.DisposeAsync();
    }
}
