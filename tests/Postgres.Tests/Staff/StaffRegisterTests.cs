using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres.Staff;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Staff;

/// <summary>Who staff are and what they may do; names stand here and nowhere else.</summary>
public sealed class StaffRegisterTests(SharedCluster cluster)
{
    private static readonly DateTimeOffset Noon = SmallCity.Noon;

    private static readonly Attribution Operator = new("operator");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static StaffMember Ana(params Role[] roles) =>
        new(StaffMember.NewId(), "ana.ruiz@city.example", "Ana Ruiz", "police", [.. roles], IsProgram: false, IsActive: true, 1);

    [Fact]
    public async Task A_member_is_found_by_sign_in_name_in_upper_or_lower_case()
    {
        await using var database = await cluster.NewRegisterAsync();
        var register = new StaffRegister(database.Source);
        var ana = Ana(Role.Editor, Role.RecordsOfficer);
        Assert.True(await register.AddAsync(ana, StoredPassword.Own("a hash"), Operator, Noon, Cancellation));
        Assert.Equal(SmallCity.Text(ana), SmallCity.Text(await register.FindAsync(ana.Id, Cancellation)));
        var found = await register.FindBySignInAsync("ANA.ruiz@City.example", Cancellation);
        Assert.Equal((ana.Id, "a hash"), (found!.Value.Member.Id, found.Value.Password?.Hash));
        Assert.Equal([ana.Id], (await register.AllAsync(Cancellation)).Select(one => one.Id));
        Assert.Null(await register.FindBySignInAsync("ana", Cancellation));
    }

    [Fact]
    public async Task A_member_is_added_once_and_a_second_attempt_is_not_recorded()
    {
        await using var database = await cluster.NewRegisterAsync();
        var register = new StaffRegister(database.Source);
        Assert.True(await register.AddAsync(Ana(Role.Editor), null, Operator, Noon, Cancellation));
        Assert.False(
            await register.AddAsync(Ana(Role.Administrator) with { SignIn = "ana.RUIZ@city.example" }, null, Operator, Noon, Cancellation)
        );
        Assert.Equal(1, await database.AskAsync<long>("select count(*) from registry.ledger_entry"));
    }

    [Fact]
    public async Task One_of_many_attempts_to_be_the_first_person_succeeds()
    {
        await using var database = await cluster.NewRegisterAsync();
        var register = new StaffRegister(database.Source);
        Assert.True(await register.AddAsync(Ana(Role.Editor) with { IsProgram = true }, null, Operator, Noon, Cancellation));
        var attempts = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(n =>
                    register.AddFirstAsync(
                        Ana(Role.Administrator) with
                        {
                            SignIn = $"person-{n}@city.example",
                        },
                        null,
                        Operator,
                        Noon,
                        Cancellation
                    )
                )
        );
        Assert.Single(attempts, isAdded => isAdded);
        Assert.Equal(1, await database.AskAsync<long>("select count(*) from registry.staff where not is_program"));
    }

    [Fact]
    public async Task Every_change_of_a_right_ends_the_member_s_sessions()
    {
        await using var database = await cluster.NewRegisterAsync();
        var register = new StaffRegister(database.Source);
        var ana = Ana(Role.Editor);
        await register.AddAsync(ana, null, Operator, Noon, Cancellation);
        var stamps = new HashSet<int> { ana.Stamp };
        Assert.True(await register.ChangeAsync(ana.Id, [Role.Approver], null, Operator, Noon, Cancellation));
        Assert.True(stamps.Add((await register.FindAsync(ana.Id, Cancellation))!.Stamp));
        Assert.True(await Credentials(database).SetPasswordAsync(ana.Id, StoredPassword.Own("another hash"), Operator, Noon, Cancellation));
        Assert.True(stamps.Add((await register.FindAsync(ana.Id, Cancellation))!.Stamp));
        Assert.True(await register.ChangeAsync(ana.Id, null, false, Operator, Noon, Cancellation));
        var now = await register.FindAsync(ana.Id, Cancellation);
        Assert.True(stamps.Add(now!.Stamp));
        Assert.Equal((false, Role.Approver), (now.IsActive, Assert.Single(now.Roles)));
        Assert.False(await register.ChangeAsync(StaffMember.NewId(), null, false, Operator, Noon, Cancellation));
    }

    [Fact]
    public async Task The_ledger_records_every_change_of_a_right_without_a_name()
    {
        await using var database = await cluster.NewRegisterAsync();
        var register = new StaffRegister(database.Source);
        var ana = Ana(Role.Editor);
        var by = new Attribution("administrator", "facilities", StaffMember.NewId());
        await register.AddAsync(ana, StoredPassword.Own("secret-hash"), by, Noon, Cancellation);
        await register.ChangeAsync(ana.Id, [Role.Approver], null, by, Noon, Cancellation);
        await Credentials(database).SetPasswordAsync(ana.Id, StoredPassword.Own("secret-hash-2"), by, Noon, Cancellation);
        await register.BindSubjectAsync(ana.Id, "https://city.example|ana-subject", Noon, Cancellation);
        var token = await Tokens(database).AddTokenAsync(Grant(ana), ApiToken.Hash("srt_x"), by, Noon, Cancellation);
        await Tokens(database).RevokeTokenAsync(token, by, Noon, Cancellation);
        await register.ChangeAsync(ana.Id, null, false, by, Noon, Cancellation);

        var entries = new List<JsonNode>();
        for (var i = 0; i < 7; i++)
            entries.Add(
                JsonNode.Parse(
                    Encoding.UTF8.GetString(
                        (await database.AskAsync<byte[]>("select bytes from registry.ledger_entry where index = @i", new { i }))!
                    )
                )!
            );
        Assert.Equal(
            ["added", "roles-changed", "password-set", "identity-bound", "token-made", "token-revoked", "deactivated"],
            entries.Select(entry => (string?)entry["body"]!["what"])
        );
        Assert.All(
            entries,
            entry => Assert.Equal(("staff-right-changed", ana.Id), ((string?)entry["kind"], (string?)entry["body"]!["staff"]))
        );
        Assert.Equal(
            (by.Role, by.Department, by.Staff),
            ((string?)entries[0]["by"]!["role"], (string?)entries[0]["by"]!["department"], (string?)entries[0]["by"]!["staff"])
        );
        Assert.Equal("""["approver"]""", entries[1]["body"]!["roles"]!.ToJsonString());
        Assert.All(
            entries,
            entry =>
                Assert.All(
                    new[] { "Ana", "Ruiz", "@", "hash", "srt_", "subject" },
                    word => Assert.DoesNotContain(word, entry.ToJsonString(), StringComparison.OrdinalIgnoreCase)
                )
        );
    }

    [Fact]
    public async Task A_right_is_not_changed_when_its_entry_cannot_be_written()
    {
        await using var database = await cluster.NewRegisterAsync();
        await database.AskAsync<int>("alter table registry.ledger_entry add constraint full_now check (index < 0)");
        var register = new StaffRegister(database.Source);
        var ana = Ana(Role.Editor);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => register.AddAsync(ana, null, Operator, Noon, Cancellation));
        Assert.Null(await register.FindAsync(ana.Id, Cancellation));
    }

    [Fact]
    public async Task A_token_is_found_by_its_hash_until_it_is_revoked_or_expires()
    {
        await using var database = await cluster.NewRegisterAsync();
        var register = new StaffRegister(database.Source);
        var ana = Ana(Role.Editor, Role.Auditor);
        await register.AddAsync(ana, null, Operator, Noon, Cancellation);
        var token = ApiToken.New();
        var id = await Tokens(database).AddTokenAsync(Grant(ana), ApiToken.Hash(token), Operator, Noon, Cancellation);

        var found = await Tokens(database).FindByTokenAsync(ApiToken.Hash(token), Noon.AddDays(29), Cancellation);
        Assert.Equal((ana.Id, id, Role.Editor), (found!.Value.Member.Id, found.Value.Grant.Id, Assert.Single(found.Value.Grant.Roles)));
        Assert.Null(await Tokens(database).FindByTokenAsync(ApiToken.Hash(token), Noon.AddDays(30), Cancellation));
        Assert.Null(await Tokens(database).FindByTokenAsync(ApiToken.Hash(ApiToken.New()), Noon, Cancellation));
        Assert.DoesNotContain(token, await database.AskAsync<string>("select t::text from registry.api_token t"), StringComparison.Ordinal);

        Assert.True(await Tokens(database).RevokeTokenAsync(id, Operator, Noon.AddDays(1), Cancellation));
        Assert.False(await Tokens(database).RevokeTokenAsync(id, Operator, Noon.AddDays(2), Cancellation));
        Assert.Null(await Tokens(database).FindByTokenAsync(ApiToken.Hash(token), Noon.AddDays(1), Cancellation));
        Assert.Equal(Noon.AddDays(1), Assert.Single(await Tokens(database).TokensAsync(Cancellation)).RevokedAt);
    }

    [Fact]
    public async Task A_token_stores_the_day_of_its_last_use_and_no_time()
    {
        await using var database = await cluster.NewRegisterAsync();
        var register = new StaffRegister(database.Source);
        var ana = Ana(Role.Editor);
        await register.AddAsync(ana, null, Operator, Noon, Cancellation);
        await Tokens(database).AddTokenAsync(Grant(ana), ApiToken.Hash("srt_x"), Operator, Noon, Cancellation);
        Assert.Null(Assert.Single(await Tokens(database).TokensAsync(Cancellation)).LastUsedOn);
        await Tokens(database).FindByTokenAsync(ApiToken.Hash("srt_x"), Noon, Cancellation);
        await Tokens(database).FindByTokenAsync(ApiToken.Hash("srt_x"), Noon.AddDays(2), Cancellation);
        Assert.Equal(
            DateOnly.FromDateTime(Noon.UtcDateTime).AddDays(2),
            Assert.Single(await Tokens(database).TokensAsync(Cancellation)).LastUsedOn
        );
    }

    [Fact]
    public async Task A_token_of_a_deactivated_member_is_refused()
    {
        await using var database = await cluster.NewRegisterAsync();
        var register = new StaffRegister(database.Source);
        var ana = Ana(Role.Editor);
        await register.AddAsync(ana, null, Operator, Noon, Cancellation);
        await Tokens(database).AddTokenAsync(Grant(ana), ApiToken.Hash("srt_x"), Operator, Noon, Cancellation);
        await register.ChangeAsync(ana.Id, null, false, Operator, Noon, Cancellation);
        Assert.Null(await Tokens(database).FindByTokenAsync(ApiToken.Hash("srt_x"), Noon, Cancellation));
    }

    [Fact]
    public async Task A_subject_is_bound_to_one_member_for_good()
    {
        await using var database = await cluster.NewRegisterAsync();
        var register = new StaffRegister(database.Source);
        var ana = Ana(Role.Editor);
        await register.AddAsync(ana, null, Operator, Noon, Cancellation);
        Assert.True(await register.BindSubjectAsync(ana.Id, "https://one.example|1", Noon, Cancellation));
        Assert.False(await register.BindSubjectAsync(ana.Id, "https://one.example|2", Noon, Cancellation));
        Assert.Equal(ana.Id, (await register.FindBySubjectAsync("https://one.example|1", Cancellation))?.Id);
        Assert.Null(await register.FindBySubjectAsync("https://two.example|1", Cancellation));
    }

    private static StaffCredentialRegister Credentials(Database database) => new(database.Source);

    private static TokenRegister Tokens(Database database) => new(database.Source, new StaffRegister(database.Source));

    private static TokenGrant Grant(StaffMember of) =>
        new(0, of.Id, ImmutableArray.Create(Role.Editor), "of a test", Noon, Noon.AddDays(30), null);
}
