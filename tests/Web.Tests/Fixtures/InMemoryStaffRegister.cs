using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Web.Tests.Fixtures;

/// <summary>
/// A staff register in memory, for tests of pages and API alone. Postgres.Tests and Journeys.Tests test the register on PostgreSQL.
/// </summary>
internal sealed class InMemoryStaffRegister : IStaffRegister
{
    private readonly Dictionary<string, (StaffMember Member, string? Hash)> _members = [];
    private readonly Dictionary<string, TokenGrant> _tokens = [];
    private readonly HashSet<string> _endedSessions = [];

    /// <summary>Adds an active member of staff with a password and a token.</summary>
    public (StaffMember Member, string Token, string Password) AddWithToken(string name, params Role[] roles)
    {
        var (password, token) = (Passwords.New(), ApiToken.New());
        var member = new StaffMember(StaffMember.NewId(), $"{name}@city.example", name, "police", [.. roles], false, true, 1);
        _members[member.Id] = (member, Passwords.Hash(password));
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
        Task.FromResult(_members.Values.Select(entry => entry.Member).ToImmutableArray());

    public Task<StaffMember?> FindAsync(string id, CancellationToken cancellationToken) =>
        Task.FromResult(_members.TryGetValue(id, out var found) ? found.Member : null);

    public Task<(StaffMember Member, string? PasswordHash)?> FindBySignInAsync(string signIn, CancellationToken cancellationToken) =>
        Task.FromResult(
            _members.Values.Where(entry => entry.Member.SignIn == signIn).Select(entry => ((StaffMember, string?)?)entry).FirstOrDefault()
        );

    public Task<StaffMember?> FindBySubjectAsync(string subject, CancellationToken cancellationToken) =>
        Task.FromResult<StaffMember?>(null);

    public Task<bool> AddAsync(
        StaffMember member,
        string? passwordHash,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) => Task.FromResult(_members.TryAdd(member.Id, (member, passwordHash)));

    public Task<bool> ChangeAsync(
        string id,
        ImmutableArray<Role>? roles,
        bool? isActive,
        string? passwordHash,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        var (member, hash) = _members[id];
        _members[id] = (
            member with
            {
                Roles = roles ?? member.Roles,
                IsActive = isActive ?? member.IsActive,
                Stamp = member.Stamp + 1,
            },
            passwordHash ?? hash
        );
        return Task.FromResult(true);
    }

    public Task<bool> BindSubjectAsync(string id, string subject, DateTimeOffset at, CancellationToken cancellationToken) =>
        Task.FromResult(false);

    public Task<long> AddTokenAsync(TokenGrant grant, byte[] sha256, Attribution by, DateTimeOffset at, CancellationToken cancellationToken)
    {
        _tokens[Key(sha256)] = grant;
        return Task.FromResult((long)_tokens.Count);
    }

    public Task<(StaffMember Member, TokenGrant Grant)?> FindByTokenAsync(
        byte[] sha256,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult<(StaffMember, TokenGrant)?>(
            _tokens.TryGetValue(Key(sha256), out var grant) && _members[grant.Staff].Member is { IsActive: true } member
                ? (member, grant)
                : null
        );

    public Task<ImmutableArray<TokenGrant>> TokensAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_tokens.Values.ToImmutableArray());

    public Task<bool> RevokeTokenAsync(long id, Attribution by, DateTimeOffset at, CancellationToken cancellationToken) =>
        Task.FromResult(false);

    public Task EndSessionAsync(string session, DateTimeOffset until, DateTimeOffset at, CancellationToken cancellationToken) =>
        Task.FromResult(_endedSessions.Add(session));

    public Task<bool> HasEndedAsync(string session, CancellationToken cancellationToken) =>
        Task.FromResult(_endedSessions.Contains(session));

    private static string Key(byte[] sha256) => Convert.ToHexString(sha256);
}
