using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Web.Tests.Fixtures.Staff;

/// <summary>
/// A staff register in memory, for tests of pages and API alone. Postgres.Tests and Journeys.Tests test the register on PostgreSQL.
/// </summary>
internal sealed partial class InMemoryStaffRegister : IStaffRegister, ITokenRegister
{
    /// <summary>
    /// Of the product's form with one round. A check takes as many rounds as the hash says, and hundreds of members sign in here.
    /// </summary>
    private static readonly PasswordHasher<string> CheapHash = new(Options.Create(new PasswordHasherOptions { IterationCount = 1 }));

    private readonly ConcurrentDictionary<string, Account> _accounts = [];
    private readonly ConcurrentDictionary<string, TokenGrant> _tokens = [];

    /// <summary>Adds an active member of staff with a password that need not be changed, and a token.</summary>
    public (StaffMember Member, string Token, string Password) AddWithToken(string name, params Role[] roles) =>
        AddWithToken(name, PasswordKind.Sample, null, roles);

    /// <summary>Adds an active member of staff with a password of a kind, and a token.</summary>
    public (StaffMember Member, string Token, string Password) AddWithToken(
        string name,
        PasswordKind kind,
        DateTimeOffset? validUntil,
        params Role[] roles
    )
    {
        var (password, token) = (Passwords.New(), ApiToken.New());
        var member = new StaffMember(StaffMember.NewId(), $"{name}@city.example", name, "police", [.. roles], false, true, 1);
        _accounts[member.Id] = new Account(member, new StoredPassword(CheapHash.HashPassword("", password), kind, validUntil));
        _tokens[Key(ApiToken.Hash(token))] = new TokenGrant(
            _tokens.Count + 1,
            member.Id,
            [.. roles],
            name,
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.MaxValue,
            null
        );
        return (member, token, password);
    }

    public Task<ImmutableArray<StaffMember>> AllAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_accounts.Values.Select(account => account.Member).OrderBy(member => member.SignIn).ToImmutableArray());

    public Task<StaffMember?> FindAsync(string id, CancellationToken cancellationToken) =>
        Task.FromResult(_accounts.TryGetValue(id, out var found) ? found.Member : null);

    public Task<(StaffMember Member, StoredPassword? Password)?> FindBySignInAsync(string signIn, CancellationToken cancellationToken) =>
        Task.FromResult(
            _accounts
                .Values.Where(account => account.Member.SignIn == SignInName.Normalize(signIn))
                .Select(account => ((StaffMember, StoredPassword?)?)(account.Member, account.Password))
                .FirstOrDefault()
        );

    public Task<StaffMember?> FindBySubjectAsync(string subject, CancellationToken cancellationToken) =>
        Task.FromResult(_accounts.Values.FirstOrDefault(account => account.Subject == subject)?.Member);

    public Task<bool> AddAsync(
        StaffMember member,
        StoredPassword? password,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) => Task.FromResult(!LooksTaken(member.SignIn, null) && _accounts.TryAdd(member.Id, new Account(member, password)));

    public Task<bool> AddFirstAsync(
        StaffMember member,
        StoredPassword? password,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        _accounts.Values.Any(account => !account.Member.IsProgram)
            ? Task.FromResult(false)
            : AddAsync(member, password, by, at, cancellationToken);

    public Task<bool> ChangeAsync(
        string id,
        ImmutableArray<Role>? roles,
        bool? isActive,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            id,
            account =>
                account with
                {
                    Member = account.Member with { Roles = roles ?? account.Member.Roles, IsActive = isActive ?? account.Member.IsActive },
                }
        );

    public Task<bool> RenameAsync(
        string id,
        StaffProfile profile,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        LooksTaken(profile.SignIn, id)
            ? Task.FromResult(false)
            : ChangeAsync(
                id,
                account =>
                    account with
                    {
                        Member = account.Member with { SignIn = profile.SignIn, Name = profile.Name, Department = profile.Department },
                    }
            );

    public Task<bool> BindSubjectAsync(string id, string subject, DateTimeOffset at, CancellationToken cancellationToken) =>
        Task.FromResult(false);

    public Task<bool> UnbindSubjectAsync(string id, Attribution by, DateTimeOffset at, CancellationToken cancellationToken) =>
        _accounts[id].Subject is null ? Task.FromResult(false) : ChangeAsync(id, account => account with { Subject = null });

    public Task<bool> AnonymizeAsync(string id, Attribution by, DateTimeOffset at, CancellationToken cancellationToken) =>
        _accounts[id].Member.IsActive
            ? Task.FromResult(false)
            : ChangeAsync(
                id,
                account => new Account(account.Member with { Name = "Former member of staff", SignIn = id, Department = null }, null)
            );

    public Task<long> AddTokenAsync(TokenGrant grant, byte[] sha256, Attribution by, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var number = _tokens.Count + 1;
        _tokens[Key(sha256)] = grant with { Id = number };
        return Task.FromResult((long)number);
    }

    public Task<(StaffMember Member, TokenGrant Grant)?> FindByTokenAsync(
        byte[] sha256,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<(StaffMember, TokenGrant)?>(
            _tokens.TryGetValue(Key(sha256), out var grant)
            && grant.RevokedAt is null
            && _accounts[grant.Staff].Member is { IsActive: true } member
                ? (member, grant)
                : null
        );

    public Task<ImmutableArray<TokenGrant>> TokensAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_tokens.Values.OrderByDescending(grant => grant.Id).ToImmutableArray());

    public Task<bool> RevokeTokenAsync(long id, Attribution by, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (_tokens.FirstOrDefault(token => token.Value.Id == id) is not { Value: { RevokedAt: null } grant } found)
            return Task.FromResult(false);
        _tokens[found.Key] = grant with { RevokedAt = at };
        return Task.FromResult(true);
    }

    private bool LooksTaken(string signIn, string? except) =>
        _accounts.Values.Any(account =>
            account.Member.Id != except
            && SignInName.LookAlikeKey(account.Member.SignIn) == SignInName.LookAlikeKey(SignInName.Normalize(signIn))
        );

    /// <summary>Changes an account and raises the stamp, which ends its sessions.</summary>
    private Task<bool> ChangeAsync(string id, Func<Account, Account> change)
    {
        if (!_accounts.TryGetValue(id, out var before))
            return Task.FromResult(false);
        var after = change(before);
        _accounts[id] = after with { Member = after.Member with { Stamp = before.Member.Stamp + 1 } };
        return Task.FromResult(true);
    }

    private static string Key(byte[] sha256) => Convert.ToHexString(sha256);

    private sealed record Account(
        StaffMember Member,
        StoredPassword? Password,
        string? Subject = null,
        string? Seed = null,
        long LastStep = 0,
        ImmutableArray<string> Codes = default
    );
}
