using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Formatter;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Mqtt.Presence;
using SurveillanceRegistry.Mqtt.Vendors;

namespace SurveillanceRegistry.Mqtt.Tests.Fixtures;

/// <summary>
/// The broker on a real socket, with a fake heartbeat log. A test can pause its commits, to check what happens before and after one. The
/// log on PostgreSQL is tested in Postgres.Tests, both together in Journeys.Tests.
/// </summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    internal static readonly Device Camera = Device.Of(
        "lobby-cam-1",
        "facility-camera",
        [Capture.Video, Capture.Audio],
        "lobby",
        null,
        "police",
        Lifecycle.Active
    ) with
    {
        Number = 1,
    };
    internal static readonly Device RemovedCamera = Camera with { Id = "old-cam", Number = 2, Lifecycle = Lifecycle.Removed };
    internal static readonly string Secret = DeviceSecret.New();

    /// <summary>How long a test waits for what must happen.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private WebApplication _app = null!;
    private readonly MeterListener _meters = new();

    internal IPEndPoint Address { get; private set; } = null!;

    internal IPEndPoint TlsAddress { get; private set; } = null!;

    private static SslStreamCertificateContext Chain { get; } = SslStreamCertificateContext.Create(MakeCertificate(), null, offline: true);

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );
    }

    /// <summary>The registry's clock. It stands still until a test advances it.</summary>
    internal WallClock Clock { get; } = new(new DateTimeOffset(2026, 11, 23, 20, 0, 0, TimeSpan.Zero));

    internal PausableHeartbeatLog Log { get; } = new();

    internal RecordingPartitions Partitions { get; } = new();

    /// <summary>What clients may ask of the broker.</summary>
    internal Limits Limits { get; init; } = new();

    /// <summary>How many bytes the system takes of a connection that its client does not read; null for what the system likes.</summary>
    internal int? SendBufferBytes { get; init; }

    /// <summary>The proxies whose PROXY protocol counts.</summary>
    internal TrustedProxies Proxies { get; init; } = TrustedProxies.None;

    internal IngestStatistics Statistics => GetService<IngestStatistics>();

    internal MqttMetrics Metrics => GetService<MqttMetrics>();

    /// <summary>Returns one of the broker's services.</summary>
    internal T GetService<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    internal ConcurrentQueue<string> Logged { get; } = new();

    /// <summary>A logger that writes to <see cref="Logged"/>.</summary>
    internal ILogger Logger => new CapturingLogger(Logged);

    internal ConcurrentQueue<string> Measurements { get; } = new();

    public async ValueTask InitializeAsync()
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == MqttMetrics.Meter)
                listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<long>(
            (instrument, count, tags, _) =>
                Measurements.Enqueue(
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
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = Listen);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseRegistryBroker());
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseRegistryBroker(() => Chain));
        });
        builder.Services.AddSingleton(Limits);
        builder.Services.AddMqtt();
        builder
            .Services.AddSingleton<TimeProvider>(Clock)
            .AddSingleton(Proxies)
            .AddSingleton<IHeartbeatLog>(Log)
            .AddSingleton<IPresencePartitions>(Partitions)
            .AddSingleton<IEnrolment>(Enrolment)
            .AddSingleton<IObservedPeriodRegister>(new FakeObservedPeriods())
            .AddSingleton<IExpectedStateRegister>(ExpectedStates)
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

    /// <summary>Advances the clock second by second until a condition holds.</summary>
    /// <param name="timeouts">How many times <see cref="Timeout"/> the test waits.</param>
    /// <param name="mayPass">Whether time may pass now; it always may when this is null.</param>
    internal async Task AdvanceUntilAsync(Func<bool> isTrue, int timeouts = 1, Func<bool>? mayPass = null)
    {
        for (var waited = Stopwatch.StartNew(); !isTrue(); await Task.Delay(1))
        {
            Assert.True(waited.Elapsed < Timeout * timeouts);
            if (mayPass?.Invoke() != false)
                Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private Socket Listen(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        if (SendBufferBytes is { } bytes)
            socket.SendBufferSize = bytes; // Its connections inherit it.
        return socket;
    }

    internal Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _meters.Dispose();
    }

    internal static MqttClientOptionsBuilder OptionsFor(
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
        await client.ConnectAsync((options ?? OptionsFor(Camera)).WithTcpServer(Address.Address.ToString(), Address.Port).Build());
        return client;
    }

    internal FakeEnrolment Enrolment { get; } = new();

    internal FakeExpectedStates ExpectedStates { get; } = new();
}
