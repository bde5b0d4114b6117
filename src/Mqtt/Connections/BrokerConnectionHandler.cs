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
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.SignIn;

namespace SurveillanceRegistry.Mqtt.Connections;

/// <summary>
/// Takes connections that the <see cref="ConnectionGate"/> let in, and puts each through to the broker as a <see cref="ClientConnection"/>;
/// so many are judged at
/// once. Looks at every line's clock once a second: one look for all, no timer for each.
/// </summary>
internal sealed class BrokerConnectionHandler(
    ConnectionGate door,
    PublishHandler inlet,
    IHeartbeatLog log,
    ConnectAuthenticator admission,
    DeviceIngestStates senders,
    SessionRegistry sessions,
    Limits limits,
    IngestHealthMonitor sight,
    MqttMetrics counters,
    IHostApplicationLifetime house,
    TimeProvider time,
    ILogger<BrokerConnectionHandler> logger
) : ConnectionHandler, IMqttServerAdapter, IHostedService
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(1),
        RemoveIdleEvery = TimeSpan.FromMinutes(1),
        AbortGrace = TimeSpan.FromSeconds(5),
        StallThreshold = TimeSpan.FromSeconds(3);

    /// <summary>
    /// When at least so many sessions, and half of all, break within <see cref="IngestHealthMonitor.MassDisconnectWindow"/>, it is more
    /// likely our own network than all of them.
    /// </summary>
    private const int MinMassDisconnect = 20;

    /// <summary>
    /// What the library writes to a client is short; a greater buffer for each of many thousands would stand empty. It grows when it must.
    /// </summary>
    private const int MaxAnswerBytes = 256;

    private readonly ConcurrentDictionary<ClientConnection, byte> _connections = new();
    private readonly SemaphoreSlim _authenticating = new(limits.JudgedAtOnce);
    private readonly LogThrottle _oversizedLog = new();
    private readonly Lock _losses = new();
    private MqttServerOptions _options = new();
    private ITimer? _checkTimer;
    private TimeSpan _idleRemovedAt,
        _lossesSince,
        _checkedAt,
        _detectsLossesFrom;
    private int _lossCount,
        _sessionsBefore;

    /// <summary>The broker's ear; null while it is not running.</summary>
    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        if (ClientHandler is not { } handler)
        {
            counters.ConnectionRefused();
            return;
        }

        var formatter = new MqttPacketFormatterAdapter(new MqttBufferWriter(MaxAnswerBytes, _options.WriterBufferSizeMax));
        using var line = new ClientConnection(
            connection,
            new MqttConnectionContext(formatter, connection),
            inlet,
            limits,
            time,
            RejectOversized
        );
        line.OnSignedIn = connection.Features.Get<ConnectionGate.PreAuthSlot>() is { } place ? place.Release : null;
        _connections.TryAdd(line, 0);
        using var closing = connection
            .Features.Get<IConnectionLifetimeNotificationFeature>()
            ?.ConnectionClosedRequested.Register(() => line.End(MqttDisconnectReasonCode.ServerShuttingDown, "The registry goes down."));
        try
        {
            await handler(line);
        }
        finally
        {
            _connections.TryRemove(line, out _);
            if (line.Session is { } session)
            {
                if (!line.ReceivedNormalDisconnect && !line.EndedByServerFault && !house.ApplicationStopping.IsCancellationRequested)
                    RecordConnectionLoss();
                inlet.OnSessionEnded(session);
            }

            _ = AbortAfterGraceAsync(connection);
        }
    }

    /// <summary>
    /// Lets in one connection at a time of those that are to be judged, so that ten thousand at once do not ask the register at once.
    /// </summary>
    public async Task AdmitAsync(ValidatingConnectionEventArgs connect)
    {
        await _authenticating.WaitAsync(connect.CancellationToken);
        try
        {
            await admission.OnConnectAsync(connect);
        }
        finally
        {
            _authenticating.Release();
        }
    }

    /// <summary>
    /// Closes a connection for good a moment after its end. Its last words have left by then; who does not take them would hold it open for
    /// ever.
    /// </summary>
    private async Task AbortAfterGraceAsync(ConnectionContext connection)
    {
        await Task.Delay(AbortGrace, time);
        connection.Abort();
    }

    private void RecordConnectionLoss()
    {
        lock (_losses)
        {
            var now = time.MonotonicNow();
            if (now - _lossesSince > IngestHealthMonitor.MassDisconnectWindow)
                (_lossesSince, _lossCount, _sessionsBefore) = (now, 0, sessions.Count);
            if (++_lossCount == Math.Max(MinMassDisconnect, (_sessionsBefore + 1) / 2))
                sight.ReportMassDisconnect(
                    $"{_lossCount} of {_sessionsBefore} sessions broke within {IngestHealthMonitor.MassDisconnectWindow.TotalSeconds} s"
                );
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _checkedAt = time.MonotonicNow();
        _checkTimer = time.CreateTimer(_ => CheckConnections(), null, CheckEvery, CheckEvery);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _checkTimer?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    private void CheckConnections()
    {
        var (now, steady) = (time.GetTimestamp(), time.MonotonicNow());
        if (steady - _checkedAt > StallThreshold)
            // We stood still: what came meanwhile waits to be read before anybody is called silent.
            _detectsLossesFrom = steady + CheckEvery;
        _checkedAt = steady;
        log.SetConnectionCount(_connections.Count);
        foreach (var (line, _) in _connections)
        {
            if (steady >= _detectsLossesFrom)
                line.CheckTimeouts(now);
            if (line.Session is { Vendor: not null } gateway)
                inlet.Tick(gateway);
        }

        if (time.MonotonicNow() - _idleRemovedAt < RemoveIdleEvery)
            return;
        _idleRemovedAt = time.MonotonicNow();
        admission.RemoveIdle();
        var live = _connections.Keys.Select(line => line.Session?.Connection ?? -1).ToHashSet();
        senders.RemoveIdle(sender => live.Contains(sender.Session));
        door.RemoveIdle();
    }

    /// <summary>How many connections are open.</summary>
    public int Connections => door.Open;

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

    private void RejectOversized(int bytes)
    {
        counters.Refused(PublishRejection.Size, TopicClass.Unread);
        if (_oversizedLog.TryLog(time.MonotonicNow(), out var count)) // Who floods must not fill the log.
            logger.LogInformation(
                "Refused {Count} packets before they were read, the last of {Bytes} bytes: over the transport cap.",
                count,
                bytes
            );
    }
}
