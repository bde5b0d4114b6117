using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Policies;

namespace SurveillanceRegistry.Postgres.Tests.Devices;

/// <summary>Who may sign in, for how long, and who hears of it when that ends.</summary>
public sealed class An_enrolment(SharedCluster cluster)
{
    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static byte[] Certificate { get; } = [.. Enumerable.Repeat((byte)7, 32)];

    [Fact]
    public async Task Ends_the_old_secret_with_the_new_one_and_keeps_neither()
    {
        await using var database = await OpenAsync();
        var enrolment = new Enrolment(database.Source);
        Assert.Empty((await enrolment.FindAsync(SmallCity.Camera, Cancellation))!.Credentials);
        var (old, @new) = (DeviceSecret.New(), DeviceSecret.New());
        Assert.True(await enrolment.IssueSecretAsync(SmallCity.Camera, DeviceSecret.Hash(old), Clerk, "", SmallCity.Noon, Cancellation));
        Assert.True(await enrolment.IssueSecretAsync(SmallCity.Camera, DeviceSecret.Hash(@new), Clerk, "", SmallCity.Noon, Cancellation));

        var enrolled = (await enrolment.FindAsync(SmallCity.Camera, Cancellation))!;
        Assert.Equal((1, SmallCity.Camera), (enrolled.Device!.Number, enrolled.Device.Id));
        var held = Assert.Single(enrolled.Credentials);
        Assert.True(DeviceSecret.Matches(Encoding.UTF8.GetBytes(@new), held.Sha256.AsSpan()));
        Assert.Equal(2, (await enrolment.CredentialsAsync(SmallCity.Camera, Cancellation)).Length);
        Assert.Equal(2, await database.AskAsync<int>("select count(*) from registry.ledger_entry where kind = 'credential-issued'"));
        Assert.False(await enrolment.IssueSecretAsync("never-registered", DeviceSecret.Hash("x"), Clerk, "", SmallCity.Noon, Cancellation));
        Assert.Null(await enrolment.FindAsync("never-registered", Cancellation));
    }

    [Fact]
    public async Task Gives_a_certificate_to_one_holder_only_and_ends_it()
    {
        await using var database = await OpenAsync();
        var enrolment = new Enrolment(database.Source);
        var registered = (await enrolment.RegisterCertificateAsync(SmallCity.Camera, Certificate, Clerk, "", SmallCity.Noon, Cancellation)).Value!;
        Assert.Equal("taken", Assert.Single((await enrolment.RegisterCertificateAsync(SmallCity.Reader, Certificate, Clerk, "", SmallCity.Noon, Cancellation)).Refusals).Code);
        Assert.Equal(CredentialKind.Certificate, Assert.Single((await enrolment.FindAsync(SmallCity.Camera, Cancellation))!.Credentials).Kind);
        Assert.False(await enrolment.EndAsync(SmallCity.Reader, registered.Number, Clerk, "", SmallCity.Noon, Cancellation));
        Assert.True(await enrolment.EndAsync(SmallCity.Camera, registered.Number, Clerk, "Lost.", SmallCity.Noon, Cancellation));
        Assert.False(await enrolment.EndAsync(SmallCity.Camera, registered.Number, Clerk, "", SmallCity.Noon, Cancellation));
        Assert.Empty((await enrolment.FindAsync(SmallCity.Camera, Cancellation))!.Credentials);
    }

    [Fact]
    public async Task Lets_a_claim_code_be_used_once_even_by_two_at_the_same_moment_and_not_after_it_expired()
    {
        await using var database = await OpenAsync();
        var enrolment = new Enrolment(database.Source);
        var code = ClaimCode.New();
        Assert.True(await enrolment.MakeClaimAsync(SmallCity.Camera, ClaimCode.Hash(code), DateTimeOffset.UtcNow + ClaimCode.Lasts, Clerk, "", DateTimeOffset.UtcNow, Cancellation));
        var claimed = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => enrolment.ClaimAsync(ClaimCode.Hash(code.ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal)), DeviceSecret.Hash($"{i}"), DateTimeOffset.UtcNow, Cancellation)));
        Assert.Equal([SmallCity.Camera], claimed.OfType<string>());
        Assert.Single((await enrolment.FindAsync(SmallCity.Camera, Cancellation))!.Credentials);

        var late = ClaimCode.New();
        await enrolment.MakeClaimAsync(SmallCity.Camera, ClaimCode.Hash(late), DateTimeOffset.UtcNow.AddSeconds(-1), Clerk, "", DateTimeOffset.UtcNow, Cancellation);
        Assert.Null(await enrolment.ClaimAsync(ClaimCode.Hash(late), DeviceSecret.Hash("x"), DateTimeOffset.UtcNow, Cancellation));
        Assert.Equal(0, await database.AskAsync<int>("select count(*) from registry.claim where encode(sha256, 'escape') like @code", new { code = $"%{code}%" }));
    }

    [Fact]
    public async Task Knows_a_gateway_and_those_behind_it()
    {
        await using var database = await OpenAsync();
        var (enrolment, devices) = (new Enrolment(database.Source), new DeviceRegister(database.Source));
        Assert.True((await enrolment.RegisterAsync(new Gateway("garage-recorder", "police", "lobby-recorder"), Clerk, "", SmallCity.Noon, Cancellation)).IsDone);
        Assert.Equal("taken", Assert.Single((await enrolment.RegisterAsync(new Gateway(SmallCity.Camera, "police", null), Clerk, "", SmallCity.Noon, Cancellation)).Refusals).Code);
        Assert.True((await devices.ChangeAsync(SmallCity.Opening.Devices[0] with { Gateway = "garage-recorder" }, 1, Clerk, "", SmallCity.Noon, Cancellation)).IsDone);

        var enrolled = (await enrolment.FindAsync("garage-recorder", Cancellation))!;
        Assert.Equal(((Device?)null, "lobby-recorder"), (enrolled.Device, enrolled.Profile));
        Assert.Equal(SmallCity.Camera, (await enrolment.BehindAsync("garage-recorder", SmallCity.Camera, Cancellation))!.Id);
        Assert.Null(await enrolment.BehindAsync("garage-recorder", SmallCity.Reader, Cancellation));
        Assert.Equal([SmallCity.Camera], (await enrolment.AllBehindAsync("garage-recorder", Cancellation)).Select(device => device.Id));
        Assert.True((await enrolment.ChangeAsync(new Gateway("garage-recorder", "police", null, Removed: true), 1, Clerk, "", SmallCity.Noon, Cancellation)).IsDone);
        Assert.Null(await enrolment.FindAsync("garage-recorder", Cancellation));
    }

    [Fact]
    public async Task Cuts_the_session_of_whoever_has_lost_the_credential_and_of_nobody_else()
    {
        await using var database = await OpenAsync();
        var (enrolment, devices) = (new Enrolment(database.Source), new DeviceRegister(database.Source));
        await enrolment.IssueSecretAsync(SmallCity.Camera, DeviceSecret.Hash("a"), Clerk, "", SmallCity.Noon, Cancellation);
        await enrolment.IssueSecretAsync(SmallCity.Reader, DeviceSecret.Hash("b"), Clerk, "", SmallCity.Noon, Cancellation);
        var sessions = new Recorded(
            (SmallCity.Camera, (await enrolment.FindAsync(SmallCity.Camera, Cancellation))!.Credentials[0].Number), (SmallCity.Reader, (await enrolment.FindAsync(SmallCity.Reader, Cancellation))!.Credentials[0].Number));
        using var watch = new EnrolmentWatch(database.Source, enrolment, [sessions], [sessions], TimeProvider.System, NullLogger<EnrolmentWatch>.Instance);
        await watch.StartAsync(Cancellation);
        await watch.Listening.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        await enrolment.IssueSecretAsync(SmallCity.Camera, DeviceSecret.Hash("c"), Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Equal(SmallCity.Camera, await sessions.NextEndAsync());
        await devices.ChangeAsync(SmallCity.Opening.Devices[1] with { Lifecycle = Lifecycle.Removed }, 1, Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Equal(SmallCity.Reader, await sessions.NextEndAsync());
        Assert.Equal(SmallCity.Reader, await sessions.NextChangeAsync());
        await watch.StopAsync(Cancellation);
    }

    /// <summary>Sessions that are only written down.</summary>
    private sealed class Recorded(params (string Id, long Credential)[] signedIn) : ISessions, IEnrolmentEar
    {
        private readonly BlockingCollection<string> _ended = [], _changed = [];

        public ImmutableArray<(string Id, long Credential)> SignedIn(string? id = null) => [.. signedIn.Where(session => id is null || session.Id == id)];

        public void End(string id) => _ended.Add(id, Cancellation);

        public Task ChangedAsync(string id, CancellationToken cancellationToken)
        {
            _changed.Add(id, cancellationToken);
            return Task.CompletedTask;
        }

        public Task<string> NextEndAsync() => Task.Run(() => _ended.TryTake(out var id, TimeSpan.FromSeconds(20)) ? id : "nobody", Cancellation);

        public Task<string> NextChangeAsync() => Task.Run(() => _changed.TryTake(out var id, TimeSpan.FromSeconds(20)) ? id : "nobody", Cancellation);
    }

    private async Task<Database> OpenAsync()
    {
        var database = await cluster.NewRegisterAsync();
        await new PolicyRegister(database.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);
        return database;
    }
}
