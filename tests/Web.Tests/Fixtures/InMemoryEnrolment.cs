using System.Collections.Concurrent;
using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Registers;

namespace SurveillanceRegistry.Web.Tests.Fixtures;

/// <summary>
/// Gateways, credentials and the audit of mobile reads in memory, for tests of pages and API alone. Postgres.Tests and Journeys.Tests
/// test them on PostgreSQL.
/// </summary>
internal sealed class InMemoryEnrolment(IDeviceRegister devices)
    : IEnrolment,
        IGatewayRegister,
        ICredentialRegister,
        IClaimRegister,
        IMobileReadAudit
{
    private readonly Dictionary<string, Gateway> _gateways = [];
    private ImmutableArray<AttributedVersion<Gateway>> _versions = [];
    private readonly List<(string Holder, Credential Credential)> _credentials = [];
    private readonly Dictionary<string, (string Holder, DateTimeOffset ExpiresAt)> _claims = [];

    /// <summary>Every recorded reading of a single mobile device.</summary>
    public ConcurrentQueue<(string Reader, string Device, string What)> Reads { get; } = [];

    /// <summary>Every action with its actor and reason.</summary>
    public ConcurrentQueue<(string Act, string Holder, Attribution By, string Reason)> Acts { get; } = [];

    public Task<ImmutableArray<MobileReading>> ListAsync(
        string? reader,
        string? device,
        long? before,
        int most,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult(
            Reads
                .Select((read, i) => new MobileReading(i + 1, DateTimeOffset.UnixEpoch, read.Reader, read.Device, read.What))
                .Where(read => (reader is null || read.Reader == reader) && (device is null || read.Device == device))
                .Where(read => before is null || read.Number < before)
                .OrderByDescending(read => read.Number)
                .Take(most)
                .ToImmutableArray()
        );

    public async Task<EnrolledClient?> FindAsync(string id, CancellationToken cancellationToken) =>
        _gateways.TryGetValue(id, out var gateway) && !gateway.Removed
            ? new EnrolledClient(id, null, gateway.Profile, ValidCredentialsOf(id))
        : await devices.FindAsync(id, cancellationToken) is { } device ? new EnrolledClient(id, device, null, ValidCredentialsOf(id))
        : null;

    public async Task<Device?> FindBehindAsync(string gateway, string deviceId, CancellationToken cancellationToken) =>
        (await ListBehindAsync(gateway, cancellationToken)).FirstOrDefault(device => device.Id == deviceId);

    public async Task<ImmutableArray<Device>> ListBehindAsync(string gateway, CancellationToken cancellationToken) =>
        [.. (await devices.AllAsync(cancellationToken)).Where(device => device.Gateway == gateway)];

    public Task<ImmutableArray<Gateway>> GatewaysAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_gateways.Values.OrderBy(gateway => gateway.Id, StringComparer.Ordinal).ToImmutableArray());

    public Task<ImmutableArray<AttributedVersion<Gateway>>> HistoryAsync(string id, CancellationToken cancellationToken) =>
        Task.FromResult(_versions.RemoveAll(version => version.Version.Value.Id != id));

    public Task<ImmutableArray<RegisterVersion<Gateway>>> ListAsync(DateTimeOffset then, CancellationToken cancellationToken) =>
        Task.FromResult(
            _versions
                .Select(version => version.Version)
                .Where(version => version.RecordedAt <= then)
                .GroupBy(version => version.Value.Id)
                .Select(versions => versions.Last())
                .OrderBy(version => version.Value.Id, StringComparer.Ordinal)
                .ToImmutableArray()
        );

    private Gateway AddVersion(Gateway gateway, Attribution by, string reason, DateTimeOffset at)
    {
        var version = new RegisterVersion<Gateway>(gateway.Version, at, at, _versions.Length, gateway);
        _versions = _versions.Add(new AttributedVersion<Gateway>(version, by, reason));
        return gateway;
    }

    public Task<ImmutableArray<Credential>> CredentialsAsync(string holder, CancellationToken cancellationToken) =>
        Task.FromResult(_credentials.Where(entry => entry.Holder == holder).Select(entry => entry.Credential).Reverse().ToImmutableArray());

    public Task<Outcome<Gateway>> RegisterAsync(
        Gateway gateway,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        Acts.Enqueue(("gateway-registered", gateway.Id, by, reason));
        var registered = gateway with { Version = 1 };
        return Task.FromResult(
            _gateways.TryAdd(gateway.Id, registered)
                ? AddVersion(registered, by, reason, at)
                : (Outcome<Gateway>)new Refusal("taken", $"'{gateway.Id}' is registered already.", "id")
        );
    }

    public Task<Outcome<Gateway>> ChangeAsync(
        Gateway gateway,
        int version,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        if (_gateways[gateway.Id].Version != version)
            return Task.FromResult<Outcome<Gateway>>(new Refusal("stale", $"Gateway '{gateway.Id}' was changed meanwhile."));
        Acts.Enqueue(("gateway-changed", gateway.Id, by, reason));
        _gateways[gateway.Id] = gateway with { Version = version + 1 };
        return Task.FromResult<Outcome<Gateway>>(AddVersion(_gateways[gateway.Id], by, reason, at));
    }

    public async Task<bool> IssueSecretAsync(
        string holder,
        byte[] sha256,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(holder, cancellationToken) is null or { Device.Lifecycle: Lifecycle.Removed })
            return false;
        foreach (var old in ValidCredentialsOf(holder).Where(credential => credential.Kind == CredentialKind.Secret))
            End(holder, old.Number, at);
        Add(holder, CredentialKind.Secret, sha256, at, null);
        Acts.Enqueue(("credential-issued", holder, by, reason));
        return true;
    }

    public Task IssueSecretsAsync(
        IReadOnlyCollection<(string Holder, byte[] Sha256)> secrets,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();

    public async Task<Outcome<Credential>> RegisterCertificateAsync(
        string holder,
        byte[] sha256,
        DateTimeOffset notAfter,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(holder, cancellationToken) is null)
            return new Refusal("not-found", $"No device or gateway '{holder}' is registered.");
        Acts.Enqueue(("credential-issued", holder, by, reason));
        return Add(holder, CredentialKind.Certificate, sha256, at, notAfter);
    }

    public Task<bool> EndAsync(
        string holder,
        long number,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        if (!End(holder, number, at))
            return Task.FromResult(false);
        Acts.Enqueue(("credential-ended", holder, by, reason));
        return Task.FromResult(true);
    }

    public Task<bool> CreateClaimAsync(
        string holder,
        byte[] sha256,
        DateTimeOffset expiresAt,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        _claims[Convert.ToHexString(sha256)] = (holder, expiresAt);
        Acts.Enqueue(("claim-made", holder, by, reason));
        return Task.FromResult(true);
    }

    public Task<DateTimeOffset?> ClaimOpenUntilAsync(string holder, DateTimeOffset at, CancellationToken cancellationToken) =>
        Task.FromResult(
            _claims
                .Values.Where(claim => claim.Holder == holder && claim.ExpiresAt > at)
                .Select(claim => (DateTimeOffset?)claim.ExpiresAt)
                .Max()
        );

    public async Task<string?> ClaimAsync(
        byte[] claimSha256,
        byte[] secretSha256,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) =>
        _claims.Remove(Convert.ToHexString(claimSha256), out var claim)
        && claim.ExpiresAt > at
        && await IssueSecretAsync(claim.Holder, secretSha256, Attribution.Registry, "", at, cancellationToken)
            ? claim.Holder
            : null;

    public Task RecordAsync(
        string reader,
        IReadOnlyCollection<string> deviceIds,
        string what,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        foreach (var device in deviceIds)
            Reads.Enqueue((reader, device, what));
        return Task.CompletedTask;
    }

    private ImmutableArray<Credential> ValidCredentialsOf(string holder) =>
        [.. _credentials.Where(entry => entry.Holder == holder && entry.Credential.EndedAt is null).Select(entry => entry.Credential)];

    private Credential Add(string holder, CredentialKind kind, byte[] sha256, DateTimeOffset at, DateTimeOffset? notAfter)
    {
        var credential = new Credential(_credentials.Count + 1, kind, [.. sha256]) { MadeAt = at, NotAfter = notAfter };
        _credentials.Add((holder, credential));
        return credential;
    }

    private bool End(string holder, long number, DateTimeOffset at)
    {
        var i = _credentials.FindIndex(entry =>
            entry.Holder == holder && entry.Credential.Number == number && entry.Credential.EndedAt is null
        );
        if (i >= 0)
            _credentials[i] = (holder, _credentials[i].Credential with { EndedAt = at });
        return i >= 0;
    }
}
