using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;
using MQTTnet.Adapter;
using MQTTnet.AspNetCore;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Server;

namespace SurveillanceRegistry.Mqtt;

/// <summary>Takes connections from Kestrel and puts each through to the broker as a <see cref="Line"/>.</summary>
internal sealed class Switchboard(Counters counters, ILogger<Switchboard> logger) : ConnectionHandler, IMqttServerAdapter
{
    private MqttServerOptions _options = new();

    /// <summary>The broker's ear; null while it is not running.</summary>
    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        if (ClientHandler is not { } handler)
            return;
        var formatter = new MqttPacketFormatterAdapter(new MqttBufferWriter(_options.WriterBufferSize, _options.WriterBufferSizeMax));
        using var line = new Line(connection.Transport.Input, new MqttConnectionContext(formatter, connection), RefuseTooLong);
        using var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested.Register(line.Close);
        await handler(line);
    }

    public Task StartAsync(MqttServerOptions options, IMqttNetLogger netLogger)
    {
        _options = options;
        return Task.CompletedTask;
    }

    public Task StopAsync() => Task.CompletedTask;

    public void Dispose() { }

    private void RefuseTooLong(int bytes)
    {
        counters.Refused(Refusal.Size, TopicClass.Unread);
        logger.LogInformation("Refused a packet of {Bytes} bytes before it was read: over the transport cap.", bytes);
    }
}
