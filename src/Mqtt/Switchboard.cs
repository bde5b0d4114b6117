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

namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// Takes connections that the <see cref="Door"/> let in, and puts each through to the broker as a <see cref="Line"/>; so many are judged at
/// once. Looks at every line's clock once a second: one look for all, no timer for each.
/// </summary>
internal sealed class Switchboard(Door door, Inlet inlet, IHeartbeatLog log, Admission admission, Senders senders, Sessions sessions, Limits limits, Sight sight, Counters counters, IHostApplicationLifetime house, TimeProvider time, ILogger<Switchboard> logger)
    : ConnectionHandler, IMqttServerAdapter, IHostedService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1), ForgetEvery = TimeSpan.FromMinutes(1), LongestLeaving = TimeSpan.FromSeconds(5), LongestPause = TimeSpan.FromSeconds(3);

    /// <summary>When at least so many sessions, and half of all, break within <see cref="Sight.BreakWindow"/>, it is more likely our own network than all of them.</summary>
    private const int FewestBroken = 20;

    /// <summary>What the library writes to a client is short; a greater buffer for each of many thousands would stand empty. It grows when it must.</summary>
    private const int MostAnswerBytes = 256;

    private readonly ConcurrentDictionary<Line, byte> _lines = new();
    private readonly SemaphoreSlim _judging = new(limits.JudgedAtOnce);
    private readonly Remark _tooLong = new();
    private readonly Lock _breaking = new();
    private MqttServerOptions _options = new();
    private ITimer? _looking;
    private TimeSpan _forgotAt, _breaksSince, _lookedAt, _judgesFrom;
    private int _breaks, _sessionsBefore;

    /// <summary>The broker's ear; null while it is not running.</summary>
    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        if (ClientHandler is not { } handler)
        {
            counters.ConnectionRefused();
            return;
        }

        var formatter = new MqttPacketFormatterAdapter(new MqttBufferWriter(MostAnswerBytes, _options.WriterBufferSizeMax));
        using var line = new Line(connection, new MqttConnectionContext(formatter, connection), inlet, limits, time, RefuseTooLong);
        line.OnSignedIn = connection.Features.Get<Door.Place>() is { } place ? place.Leave : null;
        _lines.TryAdd(line, 0);
        using var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested
            .Register(() => line.End(MqttDisconnectReasonCode.ServerShuttingDown, "The registry goes down."));
        try
        {
            await handler(line);
        }
        finally
        {
            _lines.TryRemove(line, out _);
            if (line.Session is { } session)
            {
                if (!line.SaidFarewell && !line.EndedByOurFault && !house.ApplicationStopping.IsCancellationRequested)
                    Broke();
                inlet.Ended(session);
            }

            _ = CutAsync(connection);
        }
    }

    /// <summary>Lets in one connection at a time of those that are to be judged, so that ten thousand at once do not ask the register at once.</summary>
    public async Task AdmitAsync(ValidatingConnectionEventArgs connect)
    {
        await _judging.WaitAsync(connect.CancellationToken);
        try
        {
            await admission.AdmitAsync(connect);
        }
        finally
        {
            _judging.Release();
        }
    }

    /// <summary>Closes a connection for good a moment after its end. Its last words have left by then; who does not take them would hold it open for ever.</summary>
    private async Task CutAsync(ConnectionContext connection)
    {
        await Task.Delay(LongestLeaving, time);
        connection.Abort();
    }

    private void Broke()
    {
        lock (_breaking)
        {
            var now = time.Steady();
            if (now - _breaksSince > Sight.BreakWindow)
                (_breaksSince, _breaks, _sessionsBefore) = (now, 0, sessions.Count);
            if (++_breaks == Math.Max(FewestBroken, (_sessionsBefore + 1) / 2))
                sight.Broke($"{_breaks} of {_sessionsBefore} sessions broke within {Sight.BreakWindow.TotalSeconds} s");
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _lookedAt = time.Steady();
        _looking = time.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _looking?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    private void Look()
    {
        var (now, steady) = (time.GetTimestamp(), time.Steady());
        if (steady - _lookedAt > LongestPause)
            _judgesFrom = steady + LookEvery; // We stood still: what came meanwhile waits to be read before anybody is called silent.
        _lookedAt = steady;
        log.Expect(_lines.Count);
        foreach (var (line, _) in _lines)
        {
            if (steady >= _judgesFrom)
                line.LookAtClock(now);
            if (line.Session is { Vendor: not null } gateway)
                inlet.Tick(gateway);
        }

        if (time.Steady() - _forgotAt < ForgetEvery)
            return;
        _forgotAt = time.Steady();
        admission.Forget();
        var live = _lines.Keys.Select(line => line.Session?.Connection ?? -1).ToHashSet();
        senders.Forget(sender => live.Contains(sender.Session));
        door.Forget();
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
        _judging.Dispose();
        _looking?.Dispose();
    }

    private void RefuseTooLong(int bytes)
    {
        counters.Refused(Refusal.Size, TopicClass.Unread);
        if (_tooLong.IsDue(time.Steady(), out var count)) // Who floods must not fill the log.
            logger.LogInformation("Refused {Count} packets before they were read, the last of {Bytes} bytes: over the transport cap.", count, bytes);
    }
}
