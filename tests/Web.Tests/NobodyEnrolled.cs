using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Web.Tests;

/// <summary>An enrolment that holds nobody, for pages that have nothing to do with it. The real one is tested in Postgres.Tests and Journeys.Tests.</summary>
internal sealed class NobodyEnrolled : IEnrolment, IReadings
{
    public Task<Enrolled?> FindAsync(string id, CancellationToken cancellationToken) => Task.FromResult<Enrolled?>(null);
    public Task<Device?> BehindAsync(string gateway, string deviceId, CancellationToken cancellationToken) => Task.FromResult<Device?>(null);
    public Task<ImmutableArray<Device>> AllBehindAsync(string gateway, CancellationToken cancellationToken) => Task.FromResult(ImmutableArray<Device>.Empty);
    public Task<ImmutableArray<Gateway>> GatewaysAsync(CancellationToken cancellationToken) => Task.FromResult(ImmutableArray<Gateway>.Empty);
    public Task<ImmutableArray<Credential>> CredentialsAsync(string holder, CancellationToken cancellationToken) => Task.FromResult(ImmutableArray<Credential>.Empty);
    public Task<Outcome<Gateway>> RegisterAsync(Gateway gateway, Attribution by, string reason, DateTimeOffset at, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task<Outcome<Gateway>> ChangeAsync(Gateway gateway, int version, Attribution by, string reason, DateTimeOffset at, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task<bool> IssueSecretAsync(string holder, byte[] sha256, Attribution by, string reason, DateTimeOffset at, CancellationToken cancellationToken) => Task.FromResult(false);
    public Task IssueSecretsAsync(IReadOnlyCollection<(string Holder, byte[] Sha256)> secrets, Attribution by, string reason, DateTimeOffset at, CancellationToken cancellationToken) => Task.CompletedTask;
    public Task<Outcome<Credential>> RegisterCertificateAsync(string holder, byte[] sha256, DateTimeOffset notAfter, Attribution by, string reason, DateTimeOffset at, CancellationToken cancellationToken) => throw new NotSupportedException();
    public Task<bool> EndAsync(string holder, long number, Attribution by, string reason, DateTimeOffset at, CancellationToken cancellationToken) => Task.FromResult(false);
    public Task<bool> MakeClaimAsync(string holder, byte[] sha256, DateTimeOffset expiresAt, Attribution by, string reason, DateTimeOffset at, CancellationToken cancellationToken) => Task.FromResult(false);
    public Task<string?> ClaimAsync(byte[] claimSha256, byte[] secretSha256, DateTimeOffset at, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
    public Task NoteAsync(string reader, IReadOnlyCollection<string> devices, string what, DateTimeOffset at, CancellationToken cancellationToken) => Task.CompletedTask;
    public Task<DateTimeOffset?> ClaimOpenUntilAsync(string holder, DateTimeOffset at, CancellationToken cancellationToken) => Task.FromResult<DateTimeOffset?>(null);
}
