using System.Collections.Concurrent;
using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Web.Tests.Fixtures.Staff;

/// <summary>Passwords, second factors and sessions in memory.</summary>
internal sealed partial class InMemoryStaffRegister : IStaffCredentialRegister, IStaffSessions
{
    private readonly ConcurrentDictionary<string, StaffSession> _sessions = [];

    Task<StaffCredentials?> IStaffCredentialRegister.FindAsync(string id, CancellationToken cancellationToken) =>
        Task.FromResult(
            _accounts.TryGetValue(id, out var account)
                ? new StaffCredentials(account.Password, account.Seed, account.Codes.IsDefault ? 0 : account.Codes.Length)
                : null
        );

    public Task<bool> SetPasswordAsync(
        string id,
        StoredPassword password,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) => ChangeAsync(id, account => account with { Password = password });

    public Task<bool> SetSecondFactorAsync(
        string id,
        string seed,
        long lastStep,
        ImmutableArray<byte[]> recoveryCodes,
        Attribution by,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) => ChangeAsync(id, account => account with { Seed = seed, LastStep = lastStep, Codes = [.. recoveryCodes.Select(Key)] });

    public Task<bool> RemoveSecondFactorAsync(string id, Attribution by, DateTimeOffset at, CancellationToken cancellationToken) =>
        _accounts[id].Seed is null ? Task.FromResult(false) : ChangeAsync(id, account => account with { Seed = null, Codes = [] });

    public Task<bool> TryUseStepAsync(string id, long step, CancellationToken cancellationToken)
    {
        if (_accounts[id].LastStep >= step)
            return Task.FromResult(false);
        _accounts[id] = _accounts[id] with { LastStep = step };
        return Task.FromResult(true);
    }

    public Task<bool> TryUseRecoveryCodeAsync(string id, byte[] sha256, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var codes = _accounts[id].Codes;
        if (codes.IsDefault || !codes.Contains(Key(sha256)))
            return Task.FromResult(false);
        _accounts[id] = _accounts[id] with { Codes = codes.Remove(Key(sha256)) };
        return Task.FromResult(true);
    }

    public Task StartAsync(StaffSession session, CancellationToken cancellationToken)
    {
        _sessions[session.Id] = session;
        return Task.CompletedTask;
    }

    public Task<StaffMember?> UseAsync(string id, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (!_sessions.TryGetValue(id, out var session) || !IsLive(session, at))
            return Task.FromResult<StaffMember?>(null);
        _sessions[id] = session with { LastSeenAt = at };
        return Task.FromResult<StaffMember?>(_accounts[session.Staff].Member);
    }

    public Task<ImmutableArray<StaffSession>> ListAsync(string staff, DateTimeOffset at, CancellationToken cancellationToken) =>
        Task.FromResult(
            _sessions
                .Values.Where(session => session.Staff == staff && IsLive(session, at))
                .OrderByDescending(session => session.LastSeenAt)
                .ToImmutableArray()
        );

    public Task<bool> EndAsync(string staff, string id, CancellationToken cancellationToken) =>
        Task.FromResult(_sessions.TryGetValue(id, out var session) && session.Staff == staff && _sessions.TryRemove(id, out _));

    public Task<int> EndAllAsync(string staff, string? except, CancellationToken cancellationToken)
    {
        var ended = _sessions.Values.Where(session => session.Staff == staff && session.Id != except).ToArray();
        return Task.FromResult(ended.Count(session => _sessions.TryRemove(session.Id, out _)));
    }

    private bool IsLive(StaffSession session, DateTimeOffset at) =>
        at < session.EndsAt
        && at < session.LastSeenAt + StaffSession.IdleTimeout + StaffSession.Precision
        && _accounts[session.Staff].Member is { IsActive: true } member
        && member.Stamp == session.Stamp;
}
