using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MQTTnet.Adapter;
using MQTTnet.AspNetCore;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using MQTTnet.Server;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Publishing.Rejections;
using SurveillanceRegistry.Mqtt.SignIn;

namespace SurveillanceRegistry.Mqtt.Connections;

/// <summary>
/// Runs each connection that the <see cref="ConnectionGate"/> admitted as a <see cref="ClientConnection"/> of the broker, and limits how
/// many sign-ins are decided at once. One timer checks the timeouts of all connections once a second.
/// </summary>
internal sealed class BrokerConnectionHandler(
    ConnectionGate gate,
    PublishHandler publishes,
    IHeartbeatLog log,
    ConnectAuthenticator authenticator,
    DeviceIngestStates ingestStates,
    SessionRegistry sessions,
    Limits limits,
    IngestHealthMonitor health,
    MqttMetrics metrics,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<BrokerConnectionHandler> logger
) : ConnectionHandler, IMqttServerAdapter, IHostedService
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RemoveIdleEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AbortGrace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StallThreshold = TimeSpan.FromSeconds(3);

    /// <summary>The initial buffer for packets to a client, in bytes. These packets are short; the buffer grows when it must.</summary>
    private const int WriterBufferBytes = 256;

    private readonly ConcurrentDictionary<ClientConnection, byte> _connections = new();
    private readonly SemaphoreSlim _authenticating = new(limits.JudgedAtOnce);
    private readonly LogThrottle _oversizedLog = new();
    private readonly MassDisconnectDetector _losses = new(IngestHealthMonitor.MassDisconnectWindow);
    private MqttServerOptions _options = new();
    private ITimer? _checkTimer;
    private TimeSpan _idleRemovedAt;
    private TimeSpan _checkedAt;
    private TimeSpan _checksTimeoutsFrom;

    /// <summary>The broker's handler of new clients; null while the broker does not run.</summary>
    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    /// <summary>How many connections are open.</summary>
    public int Connections => gate.Open;

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        if (ClientHandler is not { } handler)
        {
            metrics.ConnectionRefused();
            return;
        }

        var formatter = new MqttPacketFormatterAdapter(new MqttBufferWriter(WriterBufferBytes, _options.WriterBufferSizeMax));
        var library = new MqttConnectionContext(formatter, connection);
        using var client = new ClientConnection(connection, library, publishes, limits, time, RecordOversized, metrics.SignInRefused);
        client.OnSignedIn = connection.Features.Get<ConnectionGate.PreAuthSlot>() is { } slot ? slot.Release : null;
        _connections.TryAdd(client, 0);
        using var closing = connection
            .Features.Get<IConnectionLifetimeNotificationFeature>()
            ?.ConnectionClosedRequested.Register(() =>
                client.End(MqttDisconnectReasonCode.ServerShuttingDown, "The registry is shutting down.")
            );
        try
        {
            await handler(client);
        }
        finally
        {
            _connections.TryRemove(client, out _);
            if (client.Session is { } session)
            {
                if (!client.ReceivedNormalDisconnect && !client.EndedByServerFault && !IsShuttingDown)
                    RecordConnectionLoss(session);
                publishes.OnSessionEnded(session);
            }

            _ = AbortAfterGraceAsync(connection);
        }
    }

    /// <summary>Decides a sign-in. Others wait, so that ten thousand sign-ins at once do not query the register at once.</summary>
    public async Task AuthenticateAsync(ValidatingConnectionEventArgs connect)
    {
        var delay = RefusalDelay.Begin();
        await _authenticating.WaitAsync(connect.CancellationToken);
        bool asksRegister;
        try
        {
            asksRegister = await authenticator.OnConnectAsync(connect);
        }
        finally
        {
            _authenticating.Release();
        }

        // After the release: strangers that wait for their refusal hold up no device.
        if (asksRegister || connect.ReasonCode is MqttConnectReasonCode.BadUserNameOrPassword)
            await delay.WaitAsync(connect.CancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _checkedAt = time.MonotonicNow();
        _checkTimer = time.CreateTimer(_ => CheckConnections(), null, CheckEvery, CheckEvery);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _checkTimer?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    public Task StartAsync(MqttServerOptions options, IMqttNetLogger netLogger)
    {
        _options = options;
        return Task.CompletedTask;
    }

    Task IMqttServerAdapter.StopAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _authenticating.Dispose();
        _checkTimer?.Dispose();
    }

    private bool IsShuttingDown => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>
    /// Aborts the socket a few seconds after the session ended. Pending output was sent by then; a client that does not read would
    /// otherwise keep the socket open.
    /// </summary>
    private async Task AbortAfterGraceAsync(ConnectionContext connection)
    {
        await Task.Delay(AbortGrace, time);
        connection.Abort();
    }

    private void RecordConnectionLoss(Session session)
    {
        if (_losses.Record(session.Id, time.MonotonicNow(), sessions.Count) is { } broken)
            health.ReportMassDisconnect(
                $"the sessions of {broken} clients broke within {IngestHealthMonitor.MassDisconnectWindow.TotalSeconds} s"
            );
    }

    private void CheckConnections()
    {
        var timestamp = time.GetTimestamp();
        var now = time.MonotonicNow();
        if (now - _checkedAt > StallThreshold)
            // This process was stalled: it reads what arrived meanwhile before it ends a client as silent.
            _checksTimeoutsFrom = now + CheckEvery;
        _checkedAt = now;
        log.SetConnectionCount(_connections.Count);
        foreach (var (client, _) in _connections)
        {
            if (now >= _checksTimeoutsFrom)
                client.CheckTimeouts(timestamp);
            if (client.Session is { Vendor: not null } gateway)
                publishes.Vendors.Tick(gateway);
        }

        if (time.MonotonicNow() - _idleRemovedAt < RemoveIdleEvery)
            return;
        _idleRemovedAt = time.MonotonicNow();
        authenticator.RemoveIdle();
        var open = _connections.Keys.Select(client => client.Session?.Number ?? -1).ToHashSet();
        ingestStates.RemoveIdle(device => open.Contains(device.LastSession));
        gate.RemoveIdle();
    }

    private void RecordOversized(int bytes)
    {
        metrics.Refused(PublishRejection.Size, TopicClass.Unread);
        if (_oversizedLog.TryLog(time.MonotonicNow(), out var count)) // A client that floods the broker must not fill the log.
            logger.LogInformation(
                "Rejected {Count} packets over the packet cap without reading them; the last had {Bytes} bytes. Its session ends.",
                count,
                bytes
            );
    }
}
