using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Formatter;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Mqtt.Presence;
using SurveillanceRegistry.Mqtt.Vendors;

namespace SurveillanceRegistry.Mqtt.Tests.Fixtures;

/// <summary>
/// The broker on a real socket, with a log whose commits a test can hold back, so that it can see what comes before what. The log on
/// PostgreSQL is tested in Postgres.Tests, both together in Journeys.Tests.
/// </summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    internal static readonly Device Camera = new(
        "lobby-cam-1",
        "facility-camera",
        [Capture.Video, Capture.Audio],
        "lobby",
        null,
        "police",
        Lifecycle.Active
    )
    {
        Number = 1,
    };
    internal static readonly Device Gone = Camera with { Id = "old-cam", Number = 2, Lifecycle = Lifecycle.Removed };
    internal static readonly string Secret = DeviceSecret.New();

    /// <summary>How long a test waits for what must come.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private WebApplication _app = null!;
    private readonly MeterListener _meters = new();

    internal IPEndPoint Address { get; private set; } = null!;

    internal IPEndPoint TlsAddress { get; private set; } = null!;

    private static X509Certificate2 Certificate { get; } = MakeCertificate();

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );
    }

    /// <summary>The registry's clock: it stands until a test lets it go on.</summary>
    internal WallClock Clock { get; } = new(new DateTimeOffset(2026, 11, 23, 20, 0, 0, TimeSpan.Zero));

    internal PausableHeartbeatLog Kept { get; } = new();

    internal RecordingPartitions Told { get; } = new();

    /// <summary>What clients may ask of the broker.</summary>
    internal Limits Limits { get; init; } = new();

    internal IngestStatistics Figures => Part<IngestStatistics>();

    internal MqttMetrics Counters => Part<MqttMetrics>();

    /// <summary>One of the broker's parts.</summary>
    internal T Part<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    internal ConcurrentQueue<string> Logged { get; } = new();

    /// <summary>A log that goes where the registry's goes.</summary>
    internal ILogger Log => new CapturingLogger(Logged);

    internal ConcurrentQueue<string> Counted { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == MqttMetrics.Meter)
                listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<long>(
            (instrument, count, tags, _) =>
                Counted.Enqueue(
                    $"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))} {count}".Replace(
                        "  ",
                        " ",
                        StringComparison.Ordinal
                    )
                )
        );
        _meters.Start();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(new CapturingLogger(Logged)).SetMinimumLevel(LogLevel.Trace);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseRegistryBroker());
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseRegistryBroker(Certificate));
        });
        builder.Services.AddSingleton(Limits);
        builder.Services.AddMqtt();
        builder
            .Services.AddSingleton<TimeProvider>(Clock)
            .AddSingleton<IHeartbeatLog>(Kept)
            .AddSingleton<IPresencePartitions>(Told)
            .AddSingleton<IEnrolment>(Enrolled)
            .AddSingleton<IObservedPeriodRegister>(new FakeObservedPeriods())
            .AddSingleton<IExpectedStateRegister>(Expecting)
            .AddSingleton<IngestHealthMonitor>()
            .AddSingleton(new VendorProfiles(VendorExamples.Tables.Values.Select(table => table.Profile)));
        _app = builder.Build();
        var broker = _app.UseRegistryBroker();
        await _app.StartAsync();
        await broker;
        var ports = _app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Select(address => new Uri(address).Port)
            .ToArray();
        (Address, TlsAddress) = (new IPEndPoint(IPAddress.Loopback, ports[0]), new IPEndPoint(IPAddress.Loopback, ports[1]));
    }

    internal Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _meters.Dispose();
    }

    internal static MqttClientOptionsBuilder As(
        Device device,
        string? secret = null,
        MqttProtocolVersion version = MqttProtocolVersion.V500
    ) =>
        new MqttClientOptionsBuilder()
            .WithProtocolVersion(version)
            .WithClientId(device.Id)
            .WithCredentials(device.Id, secret ?? Secret)
            .WithTimeout(TimeSpan.FromSeconds(10));

    internal async Task<IMqttClient> ConnectAsync(MqttClientOptionsBuilder? options = null)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync((options ?? As(Camera)).WithTcpServer(Address.Address.ToString(), Address.Port).Build());
        return client;
    }

    /// <summary>Keeps heartbeats; while held, no commit returns.</summary>
    internal sealed class PausableHeartbeatLog : IHeartbeatLog
    {
        private TaskCompletionSource? _held;

        public ConcurrentQueue<Heartbeat> Heartbeats { get; } = new();

        public SemaphoreSlim Asked { get; } = new(0);

        public bool IsBroken { get; set; }

        /// <summary>Those that the log had to look for before it wrote them.</summary>
        public ConcurrentQueue<Heartbeat> LookedFor { get; } = new();

        /// <summary>How many places are left in the queue. As many as in the log on PostgreSQL; who finds none waits.</summary>
        public SemaphoreSlim Places { get; } = new(8192);

        public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release()
        {
            _held?.SetResult();
            _held = null;
        }

        public ValueTask AppendAsync(LogWrite delivery)
        {
            if (!Places.Wait(0))
                return WaitAsync();
            _ = SettleAsync(delivery);
            return ValueTask.CompletedTask;

            async ValueTask WaitAsync()
            {
                await Places.WaitAsync();
                _ = SettleAsync(delivery);
            }
        }

        /// <summary>In the order in which they came, as the log does.</summary>
        private Task _settling = Task.CompletedTask;

        private Task SettleAsync(LogWrite delivery)
        {
            lock (Asked)
                return _settling = AfterAsync(_settling, _held?.Task ?? Task.CompletedTask);

            async Task AfterAsync(Task before, Task held)
            {
                Asked.Release();
                await before;
                await held;
                Places.Release();
                if (delivery is { MayBeStored: true, Heartbeat: { } looked })
                    LookedFor.Enqueue(looked);
                if (!IsBroken && delivery.Heartbeat is not null)
                    Heartbeats.Enqueue(delivery.Heartbeat);
                delivery.Complete(IsBroken ? WriteResult.Failed : WriteResult.Durable);
                delivery.Flush();
            }
        }

        public Task<ImmutableArray<Heartbeat>> LatestAsync(int partition, CancellationToken cancellationToken) =>
            Task.FromResult(ImmutableArray<Heartbeat>.Empty);
    }

    /// <summary>The partitions that are told; while held, no call returns.</summary>
    internal sealed class RecordingPartitions : IPresencePartitions
    {
        private readonly Channel<ImmutableArray<Heartbeat>> _calls = Channel.CreateUnbounded<ImmutableArray<Heartbeat>>();
        private readonly Channel<long> _deaths = Channel.CreateUnbounded<long>();
        private readonly Channel<(SessionEnd, bool)> _ends = Channel.CreateUnbounded<(SessionEnd, bool)>();
        private TaskCompletionSource? _held;

        public ConcurrentQueue<Heartbeat> Heartbeats { get; } = new();

        public ConcurrentQueue<long> Deaths { get; } = new();

        public bool IsDeaf { get; set; }

        public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release()
        {
            _held?.SetResult();
            _held = null;
        }

        /// <summary>The next call, as soon as it begins.</summary>
        public Task<ImmutableArray<Heartbeat>> CallAsync() => _calls.Reader.ReadAsync().AsTask().WaitAsync(Patience);

        /// <summary>How the next session ended, and whether somebody died of it.</summary>
        public Task<(SessionEnd End, bool IsDeath)> EndAsync() => _ends.Reader.ReadAsync().AsTask().WaitAsync(Patience);

        public Task<long> DeathAsync() => _deaths.Reader.ReadAsync().AsTask().WaitAsync(Patience);

        public async Task ApplyHeartbeats(int partition, ImmutableArray<Heartbeat> heartbeats)
        {
            await _calls.Writer.WriteAsync(heartbeats);
            if (_held is { } held)
                await held.Task;
            if (IsDeaf)
                throw new TimeoutException("The partition does not answer.");
            foreach (var heartbeat in heartbeats)
                Heartbeats.Enqueue(heartbeat);
        }

        /// <summary>While it is held, no death is kept; then it is, or is not.</summary>
        public TaskCompletionSource? HeldDeath { get; set; }

        public SemaphoreSlim DeathsAsked { get; } = new(0);

        public async Task ApplyDeath(int partition, int number, long epoch, long session, SessionEnd end)
        {
            await _ends.Writer.WriteAsync((end, true));
            Deaths.Enqueue(epoch);
            await _deaths.Writer.WriteAsync(epoch);
        }

        public async Task WaitUntilRecorded(int partition, int number)
        {
            DeathsAsked.Release();
            if (HeldDeath is { } held)
                await held.Task;
        }

        public async Task RecordSessionEnd(int partition, int number, long session, SessionEnd end) =>
            await _ends.Writer.WriteAsync((end, false));

        /// <summary>The greatest that the partitions know of devices from before.</summary>
        public ConcurrentDictionary<int, (long, long)> Known { get; } = new();

        public Task<(long Epoch, long Seq)> NewestSequence(int partition, int number) =>
            Task.FromResult(Known.GetValueOrDefault(number, (-1L, -1L)));
    }

    internal FakeEnrolment Enrolled { get; } = new();

    /// <summary>
    /// A camera, one that was removed, any that is called sim-…, and a gateway with those that are called behind-…, and a recorder.
    /// </summary>
    internal sealed class FakeEnrolment : IEnrolment
    {
        public const string Gateway = "garage-gateway";

        /// <summary>A recorder, and two of the cameras that its profile names.</summary>
        public const string Recorder = "lobby-recorder-gateway",
            North = "east-precinct-lobby-1",
            Counter = "city-hall-lobby-1";

        private static readonly ConcurrentDictionary<string, int> Numbers = new();
        private static int _last = 9; // No two devices ever have one number.

        /// <summary>When set, the register is out of reach.</summary>
        public bool IsOutOfReach { get; set; }

        public byte[]? Certificate { get; set; }

        /// <summary>The profile of the gateway, and who is registered behind it for its vendor's words.</summary>
        public string? Profile { get; set; }

        public ImmutableArray<Device> Behind { get; set; } = [];

        public Task<EnrolledClient?> FindAsync(string id, CancellationToken cancellationToken)
        {
            if (IsOutOfReach)
                throw new IOException("The register does not answer.");
            ImmutableArray<Credential> credentials =
            [
                new Credential(1, CredentialKind.Secret, [.. DeviceSecret.Hash(Secret)]),
                .. Certificate is null ? [] : new[] { new Credential(2, CredentialKind.Certificate, [.. Certificate]) },
            ];
            return Task.FromResult(
                id is Gateway or Recorder ? new EnrolledClient(id, null, id == Recorder ? VendorExamples.Recorder : Profile, credentials)
                : Says.TryGetValue(id, out var said) ? new EnrolledClient(id, said, null, credentials)
                : (
                    id == Camera.Id ? Camera
                    : id == Gone.Id ? Gone
                    : id.StartsWith("sim-", StringComparison.Ordinal) || id.StartsWith("behind-", StringComparison.Ordinal) ? Numbered(id)
                    : null
                )
                    is { } device
                    ? new EnrolledClient(id, device, null, credentials)
                : null
            );
        }

        /// <summary>How often it was asked who stands behind a gateway.</summary>
        public int AskedBehind;

        /// <summary>What it says of devices that a test registers or changes.</summary>
        public ConcurrentDictionary<string, Device> Says { get; } = new();

        /// <summary>Registers a device, or changes it; the broker hears of it.</summary>
        public Device Say(Device device) => Says[device.Id] = device with { Number = Numbered(device.Id).Number };

        public Task<Device?> BehindAsync(string gateway, string deviceId, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref AskedBehind);
            return Task.FromResult(
                Says.TryGetValue(deviceId, out var said)
                    ? said.Gateway == gateway
                        ? said
                        : null
                    : deviceId.StartsWith("behind-", StringComparison.Ordinal)
                        ? Numbered(deviceId)
                        : null
            );
        }

        public Task<ImmutableArray<Device>> AllBehindAsync(string gateway, CancellationToken cancellationToken) =>
            Task.FromResult<ImmutableArray<Device>>([
                .. gateway == Recorder
                    ? new[] { Numbered(North), Numbered(Counter) with { Sensors = [Capture.Video] } }.Where(device =>
                        !Says.ContainsKey(device.Id)
                    )
                    : [],
                .. Says.Values.Where(device => device.Gateway == gateway),
                .. gateway == Gateway ? Behind : [],
            ]);

        public Task<ImmutableArray<Gateway>> GatewaysAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ImmutableArray<Credential>> CredentialsAsync(string holder, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<Outcome<Gateway>> RegisterAsync(
            Gateway gateway,
            Attribution by,
            string reason,
            DateTimeOffset at,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public Task<Outcome<Gateway>> ChangeAsync(
            Gateway gateway,
            int version,
            Attribution by,
            string reason,
            DateTimeOffset at,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public Task<bool> IssueSecretAsync(
            string holder,
            byte[] sha256,
            Attribution by,
            string reason,
            DateTimeOffset at,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public Task IssueSecretsAsync(
            IReadOnlyCollection<(string Holder, byte[] Sha256)> secrets,
            Attribution by,
            string reason,
            DateTimeOffset at,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public Task<Outcome<Credential>> RegisterCertificateAsync(
            string holder,
            byte[] sha256,
            DateTimeOffset notAfter,
            Attribution by,
            string reason,
            DateTimeOffset at,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public Task<bool> EndAsync(
            string holder,
            long number,
            Attribution by,
            string reason,
            DateTimeOffset at,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public Task<bool> MakeClaimAsync(
            string holder,
            byte[] sha256,
            DateTimeOffset expiresAt,
            Attribution by,
            string reason,
            DateTimeOffset at,
            CancellationToken cancellationToken
        ) => throw new NotSupportedException();

        public Task<DateTimeOffset?> ClaimOpenUntilAsync(string holder, DateTimeOffset at, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<string?> ClaimAsync(byte[] claimSha256, byte[] secretSha256, DateTimeOffset at, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        internal static Device Numbered(string id) =>
            Camera with
            {
                Id = id,
                Number = Numbers.GetOrAdd(id, _ => Interlocked.Increment(ref _last)),
                Gateway = id.StartsWith("behind-", StringComparison.Ordinal) ? Gateway : null,
            };
    }

    internal FakeExpectedStates Expecting { get; } = new();

    /// <summary>Expects the same of everybody, until a test says something new.</summary>
    internal sealed class FakeExpectedStates : IExpectedStateRegister
    {
        private readonly List<(long, string)> _news = [];

        public ExpectedState Of { get; private set; } =
            new(
                1,
                default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, Mode.Off),
                [new ExpectedRule("manual-1", 3)]
            );

        public void Expect(string deviceId, ExpectedState expected)
        {
            Of = expected;
            _news.Add((_news.Count + 1, deviceId));
        }

        public Task<long> RegisterVersionAsync(CancellationToken cancellationToken) => Task.FromResult(1L);

        public Task<ImmutableArray<DeviceGroup>> GroupsAsync(CancellationToken cancellationToken) =>
            Task.FromResult(ImmutableArray<DeviceGroup>.Empty);

        public Task<int> RecordAsync(
            DeviceGroup likeness,
            ExpectedStateDraft expectation,
            DateTimeOffset at,
            CancellationToken cancellationToken
        ) => Task.FromResult(0);

        /// <summary>While it is held, nobody is answered.</summary>
        public TaskCompletionSource? Held { get; set; }

        public int Asked;

        public async Task<ExpectedState?> FindAsync(string deviceId, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref Asked);
            if (Held is { } held)
                await held.Task;
            return Of;
        }

        public Task<ImmutableArray<(long Entry, string DeviceId)>> ListAfterAsync(
            long afterEntry,
            int most,
            CancellationToken cancellationToken
        ) => Task.FromResult(_news.Where(one => one.Item1 > afterEntry).ToImmutableArray());

        public Task<long> LastEntryAsync(CancellationToken cancellationToken) => Task.FromResult(0L);
    }

    private sealed class FakeObservedPeriods : IObservedPeriodRegister
    {
        public Task<long> BeginAsync(DateTimeOffset at, CancellationToken cancellationToken) => Task.FromResult(1L);

        public Task ExtendAsync(long period, DateTimeOffset at, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class CapturingLogger(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => lines.Enqueue(formatter(state, exception) + exception);

        public void Dispose() { }
    }
}
