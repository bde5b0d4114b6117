using System.Collections.Immutable;
using System.Text;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Postgres.Staff;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Staff;

/// <summary>Passwords, second factors and names of accounts as PostgreSQL stores them.</summary>
public sealed class StaffCredentialRegisterTests(SharedCluster cluster)
{
    private static readonly DateTimeOffset Noon = SmallCity.Noon;

    private static readonly Attribution Operator = new("operator");

    private static readonly ImmutableArray<byte[]> Codes = [ApiToken.Hash("one"), ApiToken.Hash("two")];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static StaffMember Person(string signIn, params Role[] roles) =>
        new(StaffMember.NewId(), signIn, "Ana Ruiz", "police", [.. roles], IsProgram: false, IsActive: true, 1);

    [Fact]
    public async Task A_first_password_is_stored_with_its_end_and_a_chosen_one_without()
    {
        await using var database = await cluster.NewRegisterAsync();
        var (register, credentials) = (new StaffRegister(database.Source), new StaffCredentialRegister(database.Source));
        var ana = Person("ana@city.example", Role.Editor);
        await register.AddAsync(ana, StoredPassword.First("first", Noon), Operator, Noon, Cancellation);
        Assert.Equal(
            new StoredPassword("first", PasswordKind.First, Noon.AddDays(3)),
            (await credentials.FindAsync(ana.Id, Cancellation))!.Password
        );
        Assert.True(await credentials.SetPasswordAsync(ana.Id, StoredPassword.Own("own"), Operator, Noon, Cancellation));
        Assert.Equal(StoredPassword.Own("own"), (await credentials.FindAsync(ana.Id, Cancellation))!.Password);
        Assert.False(await credentials.SetPasswordAsync(StaffMember.NewId(), StoredPassword.Own("own"), Operator, Noon, Cancellation));
        Assert.Null(await credentials.FindAsync(StaffMember.NewId(), Cancellation));
    }

    [Fact]
    public async Task A_second_factor_opens_once_for_each_time_step_and_recovery_code()
    {
        await using var database = await cluster.NewRegisterAsync();
        var credentials = await WithSecondFactorAsync(database, "ana@city.example");
        var id = credentials.Id;
        Assert.Equal(("seed", 2), await SeedAndCodesAsync(credentials.Register, id));
        Assert.False(await credentials.Register.TryUseStepAsync(id, 100, Cancellation));
        var used = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => credentials.Register.TryUseStepAsync(id, 101, Cancellation)));
        Assert.Single(used, success => success);
        Assert.False(await credentials.Register.TryUseStepAsync(id, 100, Cancellation));

        used = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => credentials.Register.TryUseRecoveryCodeAsync(id, Codes[0], Noon, Cancellation))
        );
        Assert.Single(used, success => success);
        Assert.False(await credentials.Register.TryUseRecoveryCodeAsync(id, ApiToken.Hash("three"), Noon, Cancellation));
        Assert.Equal(("seed", 1), await SeedAndCodesAsync(credentials.Register, id));
    }

    [Fact]
    public async Task A_new_second_factor_replaces_the_recovery_codes_and_a_removed_one_leaves_none()
    {
        await using var database = await cluster.NewRegisterAsync();
        var (register, id) = await WithSecondFactorAsync(database, "ana@city.example");
        await register.SetSecondFactorAsync(id, "seed-2", 200, [ApiToken.Hash("three")], Operator, Noon, Cancellation);
        Assert.Equal(("seed-2", 1), await SeedAndCodesAsync(register, id));
        Assert.False(await register.TryUseRecoveryCodeAsync(id, Codes[1], Noon, Cancellation));
        Assert.True(await register.RemoveSecondFactorAsync(id, Operator, Noon, Cancellation));
        Assert.False(await register.RemoveSecondFactorAsync(id, Operator, Noon, Cancellation));
        Assert.Equal((null, 0), await SeedAndCodesAsync(register, id));
    }

    [Fact]
    public async Task The_ledger_says_that_a_credential_changed_and_has_none_of_it()
    {
        await using var database = await cluster.NewRegisterAsync();
        var (register, id) = await WithSecondFactorAsync(database, "ana@city.example");
        await register.SetPasswordAsync(id, StoredPassword.First("secret-hash", Noon), Operator, Noon, Cancellation);
        await register.RemoveSecondFactorAsync(id, Operator, Noon, Cancellation);
        var entries = await database.AskAsync<string>(
            "select string_agg(convert_from(bytes, 'UTF8'), ' ' order by index) from registry.ledger_entry"
        );
        Assert.All(
            new[] { "\"second-factor-set\"", "\"first-password-set\"", "\"second-factor-removed\"", id },
            word => Assert.Contains(word, entries, StringComparison.Ordinal)
        );
        Assert.All(
            new[] { "seed", "secret-hash", "ana", Convert.ToHexStringLower(Codes[0]) },
            word => Assert.DoesNotContain(word, entries, StringComparison.OrdinalIgnoreCase)
        );
    }

    [Theory]
    [InlineData("  ANA@city.example ")]
    [InlineData("ａｎａ@city.example")]
    [InlineData("ana@c1ty.examp1e")] // Not the same name, and it looks the same.
    public async Task A_second_account_for_a_name_that_is_or_looks_the_same_is_refused(string other)
    {
        await using var database = await cluster.NewRegisterAsync();
        var register = new StaffRegister(database.Source);
        Assert.True(await register.AddAsync(Person("ana@clty.example", Role.Editor), null, Operator, Noon, Cancellation));
        Assert.True(await register.AddAsync(Person("ana@city.example", Role.Editor), null, Operator, Noon, Cancellation));
        Assert.Equal(other.Contains('1', StringComparison.Ordinal), await register.FindBySignInAsync(other, Cancellation) is null);
        Assert.False(await register.AddAsync(Person(other, Role.Approver), null, Operator, Noon, Cancellation));
        var bo = Person("bo@city.example", Role.Approver);
        await register.AddAsync(bo, null, Operator, Noon, Cancellation);
        Assert.False(await register.RenameAsync(bo.Id, new StaffProfile(other, "Bo", null), Operator, Noon, Cancellation));
        Assert.Equal("bo@city.example", (await register.FindAsync(bo.Id, Cancellation))!.SignIn);
    }

    [Fact]
    public async Task A_renamed_person_keeps_the_id_and_the_ledger_has_neither_name()
    {
        await using var database = await cluster.NewRegisterAsync();
        var register = new StaffRegister(database.Source);
        var ana = Person("ana.ruiz@city.example", Role.Editor);
        await register.AddAsync(ana, null, Operator, Noon, Cancellation);
        var profile = new StaffProfile("ana.moreno@city.example", "Ana Moreno", "facilities");
        Assert.True(await register.RenameAsync(ana.Id, profile, Operator, Noon, Cancellation));
        var now = await register.FindAsync(ana.Id, Cancellation);
        Assert.Equal(("ana.moreno@city.example", "Ana Moreno", "facilities", 2), (now!.SignIn, now.Name, now.Department, now.Stamp));
        Assert.Null(await register.FindBySignInAsync("ana.ruiz@city.example", Cancellation));
        var entries = await database.AskAsync<string>("select string_agg(convert_from(bytes, 'UTF8'), ' ') from registry.ledger_entry");
        Assert.DoesNotMatch("(?i)ruiz|moreno|@", entries);
    }

    [Fact]
    public async Task An_anonymized_account_has_nothing_that_says_who_it_was()
    {
        await using var database = await cluster.NewRegisterAsync();
        var register = new StaffRegister(database.Source);
        var (_, id) = await WithSecondFactorAsync(database, "ana.ruiz@city.example");
        await register.BindSubjectAsync(id, "https://provider.example|ruiz", Noon, Cancellation);
        await new SavedViews(database.Source).SaveAsync(id, "View of Ruiz", "q=1", false, Cancellation);
        Assert.False(await register.AnonymizeAsync(id, Operator, Noon, Cancellation)); // Active.
        await register.ChangeAsync(id, null, false, Operator, Noon, Cancellation);
        Assert.True(await register.AnonymizeAsync(id, Operator, Noon, Cancellation));

        var text = new StringBuilder();
        foreach (var table in (string[])["staff", "second_factor", "recovery_code", "staff_session", "saved_view", "ledger_entry"])
            text.Append(await database.AskAsync<string>($"select coalesce(string_agg(t::text, ' '), '') from registry.{table} t"));
        Assert.DoesNotMatch("(?i)ruiz|provider|seed", text.ToString());
        Assert.Equal(
            (id, false),
            ((await register.FindAsync(id, Cancellation))!.Id, (await register.FindAsync(id, Cancellation))!.IsActive)
        );
        Assert.True(await register.AddAsync(Person("ana.ruiz@city.example", Role.Editor), null, Operator, Noon, Cancellation));
    }

    [Fact]
    public async Task A_removed_identity_can_be_bound_anew()
    {
        await using var database = await cluster.NewRegisterAsync();
        var register = new StaffRegister(database.Source);
        var ana = Person("ana@city.example", Role.Editor);
        await register.AddAsync(ana, null, Operator, Noon, Cancellation);
        Assert.False(await register.UnbindSubjectAsync(ana.Id, Operator, Noon, Cancellation));
        await register.BindSubjectAsync(ana.Id, "https://one.example|1", Noon, Cancellation);
        Assert.True(await register.UnbindSubjectAsync(ana.Id, Operator, Noon, Cancellation));
        Assert.Null(await register.FindBySubjectAsync("https://one.example|1", Cancellation));
        Assert.True(await register.BindSubjectAsync(ana.Id, "https://one.example|2", Noon, Cancellation));
    }

    private static async Task<(StaffCredentialRegister Register, string Id)> WithSecondFactorAsync(Database database, string signIn)
    {
        var register = new StaffCredentialRegister(database.Source);
        var ana = Person(signIn, Role.Editor);
        await new StaffRegister(database.Source).AddAsync(ana, StoredPassword.Own("hash"), Operator, Noon, Cancellation);
        Assert.True(await register.SetSecondFactorAsync(ana.Id, "seed", 100, Codes, Operator, Noon, Cancellation));
        return (register, ana.Id);
    }

    private static async Task<(string? Seed, int Codes)> SeedAndCodesAsync(StaffCredentialRegister register, string id) =>
        await register.FindAsync(id, Cancellation) is { } found ? (found.SecondFactorSeed, found.RecoveryCodesLeft) : default;
}
