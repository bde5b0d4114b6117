using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Policies;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Devices;

/// <summary>Who may sign in, for how long, and who hears of it when that ends.</summary>
public sealed class EnrolmentTests(SharedCluster cluster)
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

    /// <summary>
    /// The ledger says the numbers of fixed devices' credentials: a gap would tell how many mobile units were given one meanwhile.
    /// </summary>
    [Fact]
    public async Task Numbers_each_holder_s_credentials_by_themselves()
    {
        await using var database = await OpenAsync();
        var enrolment = new Enrolment(database.Source);
        foreach (var holder in new[] { SmallCity.Camera, SmallCity.Reader, SmallCity.Reader, SmallCity.Camera })
            await enrolment.IssueSecretAsync(holder, DeviceSecret.Hash("x"), Clerk, "", SmallCity.Noon, Cancellation);
        await enrolment.IssueSecretsAsync(
            [(SmallCity.Reader, DeviceSecret.Hash("y")), (SmallCity.Camera, DeviceSecret.Hash("z"))],
            Clerk,
            "",
            SmallCity.Noon,
            Cancellation
        );
        foreach (var holder in new[] { SmallCity.Camera, SmallCity.Reader })
            Assert.Equal([3, 2, 1], (await enrolment.CredentialsAsync(holder, Cancellation)).Select(credential => credential.Number));
    }

    [Fact]
    public async Task Gives_a_certificate_to_one_holder_only_and_ends_it()
    {
        await using var database = await OpenAsync();
        var enrolment = new Enrolment(database.Source);
        var registered = (
            await enrolment.RegisterCertificateAsync(
                SmallCity.Camera,
                Certificate,
                SmallCity.Noon.AddDays(90),
                Clerk,
                "",
                SmallCity.Noon,
                Cancellation
            )
        ).Value!;
        Assert.Equal(
            "taken",
            Assert
                .Single(
                    (
                        await enrolment.RegisterCertificateAsync(
                            SmallCity.Reader,
                            Certificate,
                            SmallCity.Noon.AddDays(90),
                            Clerk,
                            "",
                            SmallCity.Noon,
                            Cancellation
                        )
                    ).Refusals
                )
                .Code
        );
        Assert.Equal(
            CredentialKind.Certificate,
            Assert.Single((await enrolment.FindAsync(SmallCity.Camera, Cancellation))!.Credentials).Kind
        );
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
        Assert.True(
            await enrolment.MakeClaimAsync(
                SmallCity.Camera,
                ClaimCode.Hash(code),
                DateTimeOffset.UtcNow + ClaimCode.Lasts,
                Clerk,
                "",
                DateTimeOffset.UtcNow,
                Cancellation
            )
        );
        var claimed = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(i =>
                    enrolment.ClaimAsync(
                        ClaimCode.Hash(code.ToLowerInvariant().Replace("-", " ", StringComparison.Ordinal)),
                        DeviceSecret.Hash($"{i}"),
                        DateTimeOffset.UtcNow,
                        Cancellation
                    )
                )
        );
        Assert.Equal([SmallCity.Camera], claimed.OfType<string>());
        Assert.Single((await enrolment.FindAsync(SmallCity.Camera, Cancellation))!.Credentials);

        var late = ClaimCode.New();
        await enrolment.MakeClaimAsync(
            SmallCity.Camera,
            ClaimCode.Hash(late),
            DateTimeOffset.UtcNow.AddSeconds(-1),
            Clerk,
            "",
            DateTimeOffset.UtcNow,
            Cancellation
        );
        Assert.Null(await enrolment.ClaimAsync(ClaimCode.Hash(late), DeviceSecret.Hash("x"), DateTimeOffset.UtcNow, Cancellation));
        Assert.Equal(
            0,
            await database.AskAsync<int>(
                "select count(*) from registry.claim where encode(sha256, 'escape') like @code",
                new { code = $"%{code}%" }
            )
        );
    }

    [Fact]
    public async Task Knows_a_gateway_and_those_behind_it()
    {
        await using var database = await OpenAsync();
        var (enrolment, devices) = (new Enrolment(database.Source), new DeviceRegister(database.Source));
        Assert.True(
            (
                await enrolment.RegisterAsync(
                    new Gateway("garage-recorder", "police", "lobby-recorder"),
                    Clerk,
                    "",
                    SmallCity.Noon,
                    Cancellation
                )
            ).IsDone
        );
        Assert.Equal(
            "taken",
            Assert
                .Single(
                    (
                        await enrolment.RegisterAsync(
                            new Gateway(SmallCity.Camera, "police", null),
                            Clerk,
                            "",
                            SmallCity.Noon,
                            Cancellation
                        )
                    ).Refusals
                )
                .Code
        );
        Assert.True(
            (
                await devices.ChangeAsync(
                    SmallCity.Opening.Devices[0] with
                    {
                        Gateway = "garage-recorder",
                    },
                    1,
                    Clerk,
                    "",
                    SmallCity.Noon,
                    Cancellation
                )
            ).IsDone
        );

        var enrolled = (await enrolment.FindAsync("garage-recorder", Cancellation))!;
        Assert.Equal(((Device?)null, "lobby-recorder"), (enrolled.Device, enrolled.Profile));
        Assert.Equal(SmallCity.Camera, (await enrolment.BehindAsync("garage-recorder", SmallCity.Camera, Cancellation))!.Id);
        Assert.Null(await enrolment.BehindAsync("garage-recorder", SmallCity.Reader, Cancellation));
        Assert.Equal([SmallCity.Camera], (await enrolment.AllBehindAsync("garage-recorder", Cancellation)).Select(device => device.Id));
        Assert.True(
            (
                await enrolment.ChangeAsync(
                    new Gateway("garage-recorder", "police", null, Removed: true),
                    1,
                    Clerk,
                    "",
                    SmallCity.Noon,
                    Cancellation
                )
            ).IsDone
        );
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
            (SmallCity.Camera, (await enrolment.FindAsync(SmallCity.Camera, Cancellation))!.Credentials[0].Number),
            (SmallCity.Reader, (await enrolment.FindAsync(SmallCity.Reader, Cancellation))!.Credentials[0].Number)
        );
        using var watch = new EnrolmentChangeListener(
            database.Source,
            [sessions],
            [],
            TimeProvider.System,
            NullLogger<EnrolmentChangeListener>.Instance
        );
        await watch.StartAsync(Cancellation);
        await watch.Listening.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        await enrolment.IssueSecretAsync(SmallCity.Camera, DeviceSecret.Hash("c"), Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Equal(SmallCity.Camera, await sessions.NextEndAsync());
        await devices.ChangeAsync(
            SmallCity.Opening.Devices[1] with
            {
                Lifecycle = Lifecycle.Removed,
            },
            1,
            Clerk,
            "",
            SmallCity.Noon,
            Cancellation
        );
        Assert.Equal(SmallCity.Reader, await sessions.NextEndAsync());
        Assert.Equal(SmallCity.Reader, await sessions.NextChangeAsync());
        await watch.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Cuts_whoever_was_let_in_while_the_credential_ended_and_whoever_s_certificate_expires()
    {
        await using var database = await OpenAsync();
        var (enrolment, time) = (new Enrolment(database.Source), new FakeTimeProvider(SmallCity.Noon));
        await enrolment.IssueSecretAsync(SmallCity.Camera, DeviceSecret.Hash("a"), Clerk, "", SmallCity.Noon, Cancellation);
        var stale = (await enrolment.FindAsync(SmallCity.Camera, Cancellation))!.Credentials[0].Number;
        var certificate = (
            await enrolment.RegisterCertificateAsync(
                SmallCity.Reader,
                Certificate,
                SmallCity.Noon.AddMinutes(1),
                Clerk,
                "",
                SmallCity.Noon,
                Cancellation
            )
        ).Value!;
        var sessions = new Recorded((SmallCity.Reader, certificate.Number));
        using var watch = new EnrolmentChangeListener(
            database.Source,
            [sessions],
            [sessions],
            time,
            NullLogger<EnrolmentChangeListener>.Instance
        );
        await watch.StartAsync(Cancellation);
        await watch.Listening.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        await enrolment.EndAsync(SmallCity.Camera, stale, Clerk, "", SmallCity.Noon, Cancellation);
        await TurnAsync();
        sessions.Begin(SmallCity.Camera, stale); // Its register was asked before the end, and answered after it.
        time.Advance(EnrolmentChangeListener.FullCheckInterval);
        await TurnAsync();
        Assert.Equal(SmallCity.Camera, await sessions.NextEndAsync());
        Assert.Equal(SmallCity.Reader, Assert.Single(sessions.SignedIn()).Id);
        time.Advance(TimeSpan.FromMinutes(1));
        await TurnAsync();
        Assert.Equal(SmallCity.Reader, await sessions.NextEndAsync());
        await watch.StopAsync(Cancellation);

        // Says something that has nothing to do with anybody's session, and waits until it was heard.
        async Task TurnAsync()
        {
            await database.AskAsync<int>("select 1 from pg_notify('registry_enrolment', 'device:somebody')");
            Assert.Equal("somebody", await sessions.NextChangeAsync());
        }
    }

    [Fact]
    public async Task Cuts_what_ended_while_nobody_could_listen()
    {
        await using var database = await OpenAsync();
        var enrolment = new Enrolment(database.Source);
        await enrolment.IssueSecretAsync(SmallCity.Camera, DeviceSecret.Hash("a"), Clerk, "", SmallCity.Noon, Cancellation);
        var sessions = new Recorded((SmallCity.Camera, (await enrolment.FindAsync(SmallCity.Camera, Cancellation))!.Credentials[0].Number));
        using var watch = new EnrolmentChangeListener(
            database.Source,
            [sessions],
            [],
            TimeProvider.System,
            NullLogger<EnrolmentChangeListener>.Instance
        );
        await watch.StartAsync(Cancellation);
        await watch.Listening.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        await using (var beside = await database.ConnectAsync())
        {
            // One statement: the credential has ended by the time that anybody can listen again, and the message of it went to nobody.
            await beside.ExecuteAsync("alter table registry.credential disable trigger credential_changed");
            await beside.ExecuteAsync("update registry.credential set ended_at = now()");
            await beside.ExecuteAsync(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
            );
        }

        Assert.Equal(SmallCity.Camera, await sessions.NextEndAsync());
        await watch.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Takes_a_claim_code_back_with_the_next_one_the_next_secret_and_whatever_else_ends()
    {
        await using var database = await OpenAsync();
        var (enrolment, devices) = (new Enrolment(database.Source), new DeviceRegister(database.Source));
        var camera = SmallCity.Opening.Devices[0];
        var (first, second) = (await MakeAsync(), await MakeAsync());
        Assert.Null(await ClaimAsync(first));
        Assert.Equal(SmallCity.Noon.AddDays(1), await enrolment.ClaimOpenUntilAsync(SmallCity.Camera, SmallCity.Noon, Cancellation));
        Assert.Null(await enrolment.ClaimOpenUntilAsync(SmallCity.Camera, SmallCity.Noon.AddDays(1), Cancellation));
        await enrolment.IssueSecretAsync(SmallCity.Camera, DeviceSecret.Hash("a"), Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Null(await ClaimAsync(second));
        Assert.Null(await enrolment.ClaimOpenUntilAsync(SmallCity.Camera, SmallCity.Noon, Cancellation));

        var third = await MakeAsync();
        await enrolment.EndAsync(
            SmallCity.Camera,
            (await enrolment.FindAsync(SmallCity.Camera, Cancellation))!.Credentials[0].Number,
            Clerk,
            "Lost.",
            SmallCity.Noon,
            Cancellation
        );
        Assert.Null(await ClaimAsync(third));
        var fourth = await MakeAsync();
        await devices.ChangeAsync(camera with { Lifecycle = Lifecycle.Removed }, 1, Clerk, "", SmallCity.Noon, Cancellation);
        Assert.False(
            await enrolment.MakeClaimAsync(
                SmallCity.Camera,
                ClaimCode.Hash("x"),
                SmallCity.Noon.AddDays(1),
                Clerk,
                "",
                SmallCity.Noon,
                Cancellation
            )
        );
        await devices.ChangeAsync(camera, 2, Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Null(await ClaimAsync(fourth));

        async Task<string> MakeAsync()
        {
            var code = ClaimCode.New();
            Assert.True(
                await enrolment.MakeClaimAsync(
                    SmallCity.Camera,
                    ClaimCode.Hash(code),
                    SmallCity.Noon.AddDays(1),
                    Clerk,
                    "",
                    SmallCity.Noon,
                    Cancellation
                )
            );
            return code;
        }

        Task<string?> ClaimAsync(string code) =>
            enrolment.ClaimAsync(ClaimCode.Hash(code), DeviceSecret.Hash(DeviceSecret.New()), SmallCity.Noon, Cancellation);
    }

    [Fact]
    public async Task Ends_every_credential_of_whoever_is_removed_and_gives_none_back()
    {
        await using var database = await OpenAsync();
        var (enrolment, devices) = (new Enrolment(database.Source), new DeviceRegister(database.Source));
        await enrolment.RegisterAsync(new Gateway("garage-recorder", "police", null), Clerk, "", SmallCity.Noon, Cancellation);
        foreach (var holder in new[] { SmallCity.Camera, "garage-recorder" })
            await enrolment.IssueSecretAsync(holder, DeviceSecret.Hash(holder), Clerk, "", SmallCity.Noon, Cancellation);
        await enrolment.RegisterCertificateAsync(
            SmallCity.Camera,
            Certificate,
            SmallCity.Noon.AddDays(90),
            Clerk,
            "",
            SmallCity.Noon,
            Cancellation
        );

        await devices.ChangeAsync(
            SmallCity.Opening.Devices[0] with
            {
                Lifecycle = Lifecycle.Removed,
            },
            1,
            Clerk,
            "",
            SmallCity.Noon,
            Cancellation
        );
        await devices.ChangeAsync(SmallCity.Opening.Devices[0], 2, Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Empty((await enrolment.FindAsync(SmallCity.Camera, Cancellation))!.Credentials);
        Assert.All(await enrolment.CredentialsAsync(SmallCity.Camera, Cancellation), credential => Assert.NotNull(credential.EndedAt));
        await enrolment.ChangeAsync(
            new Gateway("garage-recorder", "police", null, Removed: true),
            1,
            Clerk,
            "",
            SmallCity.Noon,
            Cancellation
        );
        await enrolment.ChangeAsync(new Gateway("garage-recorder", "police", null), 2, Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Empty((await enrolment.FindAsync("garage-recorder", Cancellation))!.Credentials);
    }

    [Fact]
    public async Task Keeps_a_few_certificates_of_a_holder_and_says_until_when_each_can_be_used()
    {
        await using var database = await OpenAsync();
        var enrolment = new Enrolment(database.Source);
        Task<Domain.Outcome<Credential>> Register(byte first, int days, DateTimeOffset at) =>
            enrolment.RegisterCertificateAsync(
                SmallCity.Camera,
                [first, .. Certificate[1..]],
                SmallCity.Noon.AddDays(days),
                Clerk,
                "",
                at,
                Cancellation
            );
        for (byte i = 0; i < IEnrolment.MaxCertificates; i++)
            Assert.True((await Register(i, 30 + i, SmallCity.Noon)).IsDone);
        Assert.Equal("too-many", Assert.Single((await Register(99, 90, SmallCity.Noon)).Refusals).Code);
        Assert.True((await Register(99, 90, SmallCity.Noon.AddDays(30))).IsDone); // The first has expired.
        Assert.Equal(SmallCity.Noon.AddDays(90), (await enrolment.CredentialsAsync(SmallCity.Camera, Cancellation))[0].NotAfter);
    }

    [Fact]
    public async Task Cuts_who_must_not_speak_while_rooms_are_reloaded_and_tells_the_broker_before_them()
    {
        await using var database = await OpenAsync();
        var enrolment = new Enrolment(database.Source);
        await enrolment.IssueSecretAsync(SmallCity.Camera, DeviceSecret.Hash("a"), Clerk, "", SmallCity.Noon, Cancellation);
        var sessions = new Recorded((SmallCity.Camera, (await enrolment.FindAsync(SmallCity.Camera, Cancellation))!.Credentials[0].Number));
        var rooms = new SlowRooms();
        using var watch = new EnrolmentChangeListener(
            database.Source,
            [sessions],
            [rooms],
            TimeProvider.System,
            NullLogger<EnrolmentChangeListener>.Instance
        );
        await watch.StartAsync(Cancellation);
        await watch.Listening.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        await database.AskAsync<int>("select 1 from pg_notify('registry_enrolment', 'device:somebody')");
        await rooms.Asked.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        Assert.Equal("somebody", await sessions.NextChangeAsync());

        await enrolment.IssueSecretAsync(SmallCity.Camera, DeviceSecret.Hash("b"), Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Equal(SmallCity.Camera, await sessions.NextEndAsync());
        await new DeviceRegister(database.Source).ForgetEpochAsync(SmallCity.Camera, Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Equal(
            [$"epochs of {SmallCity.Camera}", SmallCity.Camera],
            new[] { await sessions.NextChangeAsync(), await sessions.NextChangeAsync() }.Order(StringComparer.Ordinal)
        );

        rooms.Done.SetResult();
        await rooms.Asked.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        Assert.Equal(["somebody", SmallCity.Camera], rooms.Told);
        await watch.StopAsync(Cancellation);
    }

    /// <summary>Rooms that take as long as the test likes.</summary>
    private sealed class SlowRooms : IEnrolmentListener
    {
        public SemaphoreSlim Asked { get; } = new(0);

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<string> Told { get; } = [];

        public Task ChangedAsync(string id, CancellationToken cancellationToken)
        {
            Told.Enqueue(id);
            Asked.Release();
            return Done.Task;
        }
    }

    /// <summary>Sessions that are only written down.</summary>
    private sealed class Recorded : ISessions
    {
        private readonly BlockingCollection<string> _ended = [],
            _changed = [];
        private readonly ConcurrentDictionary<string, long> _signedIn;

        public Recorded(params (string Id, long Credential)[] signedIn) =>
            _signedIn = new(signedIn.ToDictionary(session => session.Id, session => session.Credential));

        public ImmutableArray<(string Id, long Credential)> SignedIn(string? id = null) =>
            [.. _signedIn.Where(session => id is null || session.Key == id).Select(session => (session.Key, session.Value))];

        public void Begin(string id, long credential) => _signedIn[id] = credential;

        public void End(string id)
        {
            if (_signedIn.TryRemove(id, out _))
                _ended.Add(id, Cancellation);
        }

        public Task ChangedAsync(string id, CancellationToken cancellationToken)
        {
            _changed.Add(id, cancellationToken);
            return Task.CompletedTask;
        }

        public Task EpochsForgottenAsync(string id, CancellationToken cancellationToken) =>
            ChangedAsync("epochs of " + id, cancellationToken);

        public Task<string> NextEndAsync() =>
            Task.Run(() => _ended.TryTake(out var id, TimeSpan.FromSeconds(20)) ? id : "nobody", Cancellation);

        public Task<string> NextChangeAsync() =>
            Task.Run(() => _changed.TryTake(out var id, TimeSpan.FromSeconds(20)) ? id : "nobody", Cancellation);
    }

    private async Task<Database> OpenAsync()
    {
        var database = await cluster.NewRegisterAsync();
        await new PolicyRegister(database.Source).OpenAsync(SmallCity.Opening, SmallCity.Noon, Cancellation);
        return database;
    }
}
