using System.Collections.Concurrent;
using System.Collections.Immutable;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Postgres.Devices;
using SurveillanceRegistry.Postgres.Tests.Fixtures;

namespace SurveillanceRegistry.Postgres.Tests.Devices;

/// <summary>Which sessions are ended when a credential or a registration changes, and in which order listeners are notified.</summary>
public sealed class EnrolmentChangeListenerTests(SharedCluster cluster)
{
    private static readonly Attribution Clerk = new("device-clerk", "police", "st-1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static byte[] Certificate { get; } = [.. Enumerable.Repeat((byte)7, 32)];

    [Fact]
    public async Task Only_sessions_whose_credential_was_lost_are_ended()
    {
        await using var database = await cluster.NewCityAsync();
        var (enrolment, devices) = (new EnrolmentRegisters(database.Source), new DeviceRegister(database.Source));
        await enrolment.Credentials.IssueSecretAsync(SmallCity.Camera, DeviceSecret.Hash("a"), Clerk, "", SmallCity.Noon, Cancellation);
        await enrolment.Credentials.IssueSecretAsync(SmallCity.Reader, DeviceSecret.Hash("b"), Clerk, "", SmallCity.Noon, Cancellation);
        var sessions = new RecordingSessions(
            (SmallCity.Camera, (await enrolment.Clients.FindAsync(SmallCity.Camera, Cancellation))!.Credentials[0].Number),
            (SmallCity.Reader, (await enrolment.Clients.FindAsync(SmallCity.Reader, Cancellation))!.Credentials[0].Number)
        );
        using var listening = new EnrolmentChangeListener(
            database.Source,
            [sessions],
            [],
            TimeProvider.System,
            NullLogger<EnrolmentChangeListener>.Instance
        );
        await listening.StartAsync(Cancellation);
        await listening.Listening.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        await enrolment.Credentials.IssueSecretAsync(SmallCity.Camera, DeviceSecret.Hash("c"), Clerk, "", SmallCity.Noon, Cancellation);
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
        await listening.StopAsync(Cancellation);
    }

    [Fact]
    public async Task The_full_check_ends_sessions_of_ended_and_of_expired_credentials()
    {
        await using var database = await cluster.NewCityAsync();
        var (enrolment, time) = (new EnrolmentRegisters(database.Source), new FakeTimeProvider(SmallCity.Noon));
        await enrolment.Credentials.IssueSecretAsync(SmallCity.Camera, DeviceSecret.Hash("a"), Clerk, "", SmallCity.Noon, Cancellation);
        var stale = (await enrolment.Clients.FindAsync(SmallCity.Camera, Cancellation))!.Credentials[0].Number;
        var certificate = (
            await enrolment.Credentials.RegisterCertificateAsync(
                SmallCity.Reader,
                Certificate,
                SmallCity.Noon.AddMinutes(1),
                Clerk,
                "",
                SmallCity.Noon,
                Cancellation
            )
        ).Value!;
        var sessions = new RecordingSessions((SmallCity.Reader, certificate.Number));
        using var listening = new EnrolmentChangeListener(
            database.Source,
            [sessions],
            [sessions],
            time,
            NullLogger<EnrolmentChangeListener>.Instance
        );
        await listening.StartAsync(Cancellation);
        await listening.Listening.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        await enrolment.Credentials.EndAsync(SmallCity.Camera, stale, Clerk, "", SmallCity.Noon, Cancellation);
        await NextTurnAsync();
        sessions.Begin(SmallCity.Camera, stale); // The credential was read before its end, and the session begins after it.
        time.Advance(EnrolmentChangeListener.FullCheckInterval);
        await NextTurnAsync();
        Assert.Equal(SmallCity.Camera, await sessions.NextEndAsync());
        Assert.Equal(SmallCity.Reader, Assert.Single(sessions.SignedIn()).Id);
        time.Advance(TimeSpan.FromMinutes(1));
        await NextTurnAsync();
        Assert.Equal(SmallCity.Reader, await sessions.NextEndAsync());
        await listening.StopAsync(Cancellation);

        // Notifies of a change that concerns no session, and waits until it was handled.
        async Task NextTurnAsync()
        {
            await database.AskAsync<int>("select 1 from pg_notify('registry_enrolment', 'device:another')");
            Assert.Equal("another", await sessions.NextChangeAsync());
        }
    }

    [Fact]
    public async Task Sessions_whose_credential_ended_while_disconnected_are_ended()
    {
        await using var database = await cluster.NewCityAsync();
        var enrolment = new EnrolmentRegisters(database.Source);
        await enrolment.Credentials.IssueSecretAsync(SmallCity.Camera, DeviceSecret.Hash("a"), Clerk, "", SmallCity.Noon, Cancellation);
        var sessions = new RecordingSessions(
            (SmallCity.Camera, (await enrolment.Clients.FindAsync(SmallCity.Camera, Cancellation))!.Credentials[0].Number)
        );
        using var listening = new EnrolmentChangeListener(
            database.Source,
            [sessions],
            [],
            TimeProvider.System,
            NullLogger<EnrolmentChangeListener>.Instance
        );
        await listening.StartAsync(Cancellation);
        await listening.Listening.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);

        await using (var beside = await database.ConnectAsync())
        {
            // The credential ends while no connection listens: its notification is lost.
            await beside.ExecuteAsync("alter table registry.credential disable trigger credential_changed");
            await beside.ExecuteAsync("update registry.credential set ended_at = now()");
            await beside.ExecuteAsync(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
            );
        }

        Assert.Equal(SmallCity.Camera, await sessions.NextEndAsync());
        await listening.StopAsync(Cancellation);
    }

    [Fact]
    public async Task Revoked_sessions_are_ended_while_other_listeners_are_slow()
    {
        await using var database = await cluster.NewCityAsync();
        var enrolment = new EnrolmentRegisters(database.Source);
        await enrolment.Credentials.IssueSecretAsync(SmallCity.Camera, DeviceSecret.Hash("a"), Clerk, "", SmallCity.Noon, Cancellation);
        var sessions = new RecordingSessions(
            (SmallCity.Camera, (await enrolment.Clients.FindAsync(SmallCity.Camera, Cancellation))!.Credentials[0].Number)
        );
        var listener = new SlowListener();
        using var listening = new EnrolmentChangeListener(
            database.Source,
            [sessions],
            [listener],
            TimeProvider.System,
            NullLogger<EnrolmentChangeListener>.Instance
        );
        await listening.StartAsync(Cancellation);
        await listening.Listening.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        await database.AskAsync<int>("select 1 from pg_notify('registry_enrolment', 'device:another')");
        await listener.Called.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        Assert.Equal("another", await sessions.NextChangeAsync());

        await enrolment.Credentials.IssueSecretAsync(SmallCity.Camera, DeviceSecret.Hash("b"), Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Equal(SmallCity.Camera, await sessions.NextEndAsync());
        await new DeviceRegister(database.Source).ForgetEpochAsync(SmallCity.Camera, Clerk, "", SmallCity.Noon, Cancellation);
        Assert.Equal(
            [$"epochs of {SmallCity.Camera}", SmallCity.Camera],
            new[] { await sessions.NextChangeAsync(), await sessions.NextChangeAsync() }.Order(StringComparer.Ordinal)
        );

        listener.Done.SetResult();
        await listener.Called.WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
        Assert.Equal(["another", SmallCity.Camera], listener.Notified);
        await listening.StopAsync(Cancellation);
    }

    /// <summary>A listener whose notifications complete when the test releases them.</summary>
    private sealed class SlowListener : IEnrolmentListener
    {
        public SemaphoreSlim Called { get; } = new(0);

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<string> Notified { get; } = [];

        public Task ChangedAsync(string id, CancellationToken cancellationToken)
        {
            Notified.Enqueue(id);
            Called.Release();
            return Done.Task;
        }
    }

    /// <summary>Sessions that only record what is called.</summary>
    private sealed class RecordingSessions : ISessions
    {
        private readonly BlockingCollection<string> _ended = [],
            _changed = [];
        private readonly ConcurrentDictionary<string, long> _signedIn;

        public RecordingSessions(params (string Id, long Credential)[] signedIn) =>
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

        public Task ForgetEpochsAsync(string id, CancellationToken cancellationToken) => ChangedAsync("epochs of " + id, cancellationToken);

        public Task<string> NextEndAsync() =>
            Task.Run(() => _ended.TryTake(out var id, TimeSpan.FromSeconds(20)) ? id : "none", Cancellation);

        public Task<string> NextChangeAsync() =>
            Task.Run(() => _changed.TryTake(out var id, TimeSpan.FromSeconds(20)) ? id : "none", Cancellation);
    }
}
