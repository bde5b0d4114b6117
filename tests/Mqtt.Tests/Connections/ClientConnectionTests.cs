using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using MQTTnet.Adapter;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Connections;

/// <summary>Moments that no socket can be made to hit.</summary>
public sealed class ClientConnectionTests
{
    [Fact]
    public async Task A_session_ends_though_MQTTnet_consumed_the_cancelled_read()
    {
        var (toBroker, fromBroker) = (new Pipe(), new Pipe());
        var connection = new DefaultConnectionContext { Transport = new Duplex(toBroker.Reader, fromBroker.Writer) };
        var library = new Library(toBroker.Reader);
        using var client = new ClientConnection(connection, library, null!, new Limits(), TimeProvider.System, _ => { }, _ => { });
        library.BeforeReading = () =>
            client.End(MqttDisconnectReasonCode.NotAuthorized, "The credential of this client is no longer valid.");
        await toBroker.Writer.WriteAsync(RawMqttClient.Connect("sim-1"), TestContext.Current.CancellationToken);
        Assert.IsType<MqttPingReqPacket>(
            await client.ReceivePacketAsync(CancellationToken.None).WaitAsync(BrokerFixture.Timeout, TestContext.Current.CancellationToken)
        );
        await Assert.ThrowsAsync<MqttCommunicationException>(() =>
            client.ReceivePacketAsync(CancellationToken.None).WaitAsync(BrokerFixture.Timeout, TestContext.Current.CancellationToken)
        );
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Reads as the library does: a reading that was cancelled is begun again.</summary>
    private sealed class Library(PipeReader input) : IMqttChannelAdapter
    {
        public Action BeforeReading { get; set; } = () => { };

        public async Task<MqttPacket> ReceivePacketAsync(CancellationToken cancellationToken)
        {
            BeforeReading();
            while (true)
            {
                var read = await input.ReadAsync(cancellationToken);
                input.AdvanceTo(read.IsCanceled ? read.Buffer.Start : read.Buffer.End);
                if (!read.IsCanceled)
                    return MqttPingReqPacket.Instance;
            }
        }

        public long BytesReceived => 0;
        public long BytesSent => 0;
        public X509Certificate2? ClientCertificate => null;
        public EndPoint RemoteEndPoint => new IPEndPoint(IPAddress.Loopback, 0);
        public EndPoint LocalEndPoint => RemoteEndPoint;
        public bool IsSecureConnection => false;
        public MqttPacketFormatterAdapter PacketFormatterAdapter => throw new NotSupportedException();

        public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task DisconnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken) => Task.CompletedTask;

        public void ResetStatistics() { }

        public void Dispose() { }
    }
}
