using System.Collections.Concurrent;
using System.Net;
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
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// Takes connections from Kestrel and puts each through to the broker as a <see cref="Line"/>: so many in all, so many of one address before
/// they have signed in, so many judged at once. Looks at every line's clock once a second: one look for all, no timer for each.
/// </summary>
internal sealed class Switchboard(Inlet inlet, Admission admission, Senders senders, Sessions sessions, Limits limits, Sight sight, Counters counters, IHostApplicationLifetime house, TimeProvider time, ILogger<Switchboard> logger)
    : ConnectionHandler, IMqttServerAdapter, IHostedService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1), ForgetEvery = TimeSpan.FromMinutes(1), LongestLeaving = TimeSpan.FromSeconds(5);

    /// <summary>When at least so many sessions, and half of all, break within <see cref="Sight.BreakWindow"/>, it is more likely our own network than all of them.</summary>
    private const int FewestBroken = 20;

    /// <summary>What the library writes to a client is short; a greater buffer for each of many thousands would stand empty. It grows when it must.</summary>
    private const int MostAnswerBytes = 256;

    private readonly ConcurrentDictionary<Line, byte> _lines = new();
    private readonly ConcurrentDictionary<IPAddress, int> _waiting = new();
    private readonly SemaphoreSlim _door = new(limits.JudgedAtOnce);
    private readonly Lock _breaking = new();
    private MqttServerOptions _options = new();
    private ITimer? _looking;
    private TimeSpan _forgotAt, _breaksSince;
    private int _breaks, _sessionsBefore;

    /// <summary>The broker's ear; null while it is not running.</summary>
    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        if (ClientHandler is not { } handler || _lines.Count >= limits.Connections || !MayWait(address))
        {
            counters.ConnectionRefused();
            return;
        }

        var formatter = new MqttPacketFormatterAdapter(new MqttBufferWriter(MostAnswerBytes, _options.WriterBufferSizeMax));
        using var line = new Line(connection, new MqttConnectionContext(formatter, connection), inlet, limits, time, RefuseTooLong);
        var isWaiting = true;
        line.OnSignedIn = Through;
        _lines.TryAdd(line, 0);
        using var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested
            .Register(() => line.End(MqttDisconnectReasonCode.ServerShuttingDown, "The registry goes down."));
        try
        {
            await handler(line);
        }
        finally
        {
            Through();
            _lines.TryRemove(line, out _);
            if (line.Session is { } session)
            {
                if (!line.SaidFarewell && !line.EndedByOurFault && !house.ApplicationStopping.IsCancellationRequested)
                    Broke();
                inlet.Ended(session);
            }

            _ = CutAsync(connection);
        }

        void Through()
        {
            if (!isWaiting)
                return;
            isWaiting = false;
            _waiting.AddOrUpdate(address, 0, (_, count) => count - 1);
        }
    }

    /// <summary>Lets in one connection at a time of those that are to be judged, so that ten thousand at once do not ask the register at once.</summary>
    public async Task AdmitAsync(ValidatingConnectionEventArgs connect)
    {
        await _door.WaitAsync(connect.CancellationToken);
        try
        {
            await admission.AdmitAsync(connect);
        }
        finally
        {
            _door.Release();
        }
    }

    /// <summary>Closes a connection for good a moment after its end. Its last words have left by then; who does not take them would hold it open for ever.</summary>
    private async Task CutAsync(ConnectionContext connection)
    {
        await Task.Delay(LongestLeaving, time);
        connection.Abort();
    }

    private bool MayWait(IPAddress address)
    {
        if (_waiting.AddOrUpdate(address, 1, (_, count) => count + 1) <= limits.WaitingPerAddress)
            return true;
        _waiting.AddOrUpdate(address, 0, (_, count) => count - 1);
        return false;
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
        _looking = time.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _looking?.DisposeAsync().AsTask() ?? Task.CompletedTask;

    private void Look()
    {
        var now = time.GetTimestamp();
        foreach (var (line, _) in _lines)
        {
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
        foreach (var (address, count) in _waiting)
        {
            if (count == 0)
                _waiting.TryRemove(new(address, 0));
        }
    }

    /// <summary>How many connections are open.</summary>
    public int Connections => _lines.Count;

    public Task StartAsync(MqttServerOptions options, IMqttNetLogger netLogger)
    {
        _options = options;
        return Task.CompletedTask;
    }

    Task IMqttServerAdapter.StopAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _door.Dispose();
        _looking?.Dispose();
    }

    private void RefuseTooLong(int bytes)
    {
        counters.Refused(Refusal.Size, TopicClass.Unread);
        logger.LogInformation("Refused a packet of {Bytes} bytes before it was read: over the transport cap.", bytes);
    }
}
