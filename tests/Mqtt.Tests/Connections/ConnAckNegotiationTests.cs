using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using SurveillanceRegistry.Mqtt.Tests.Packets;

namespace SurveillanceRegistry.Mqtt.Tests.Connections;

/// <summary>What a CONNECT asks for is kept, or the CONNACK says that it is not.</summary>
public sealed class ConnAckNegotiationTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    private const string Always = "21010024012700010000" + "2A00";

    [Theory]
    [InlineData("", Always)]
    [InlineData("1100000000", Always)]
    [InlineData("110000003C", "1100000000" + Always)] // No session is stored: section 3.2.2.3.2.
    [InlineData("11FFFFFFFF", "1100000000" + Always)]
    public async Task A_CONNACK_tells_that_no_session_is_stored(string asked, string told)
    {
        var connect = PacketExchange.Connect(PacketExchange.NextId(), Convert.FromHexString(asked), willProperties: [0x18, 0, 0, 0, 30]);
        var answers = await PacketExchange.SendAsync(broker.Address, connect);
        Assert.True(answers.IsAlive);
        Assert.Equal($"20{told.Length / 2 + 3:X2}0000{told.Length / 2:X2}{told}", Convert.ToHexString(Assert.Single(answers.Packets)));
    }

    [Fact]
    public async Task An_unsupported_authentication_method_is_refused_without_an_echo()
    {
        var connect = PacketExchange.Connect(PacketExchange.NextId(), [0x15, .. RawMqttClient.Text("SCRAM-SHA-1")]);
        var answers = await PacketExchange.SendAsync(broker.Address, connect);
        Assert.Equal([0x20, 3, 0, 0x8C, 0], Assert.Single(answers.Packets));
        Assert.False(answers.IsAlive);
    }

    [Theory]
    [InlineData(30, false)]
    [InlineData(200, true)]
    public async Task A_message_longer_than_the_client_takes_is_not_sent(byte maximum, bool isSent)
    {
        var id = PacketExchange.NextId();
        await using var client = await RawMqttClient.DialAsync(
            broker.Address,
            PacketExchange.Connect(id, [0x27, 0, 0, 0, maximum]),
            RawMqttClient.Subscribe(7, isVersion5: true, DeviceTopics.Expected(id))
        );
        Assert.Equal(0x20, (await client.ReadPacketAsync())[0]);
        Assert.Equal(0x90, (await client.ReadPacketAsync())[0]);
        if (isSent)
            Assert.InRange((await client.ReadPacketAsync()).Length, 31, maximum);
        await client.SendAsync(RawMqttClient.Publish(1, DeviceTopics.Heartbeat(id), RawMqttClient.Heartbeat(1)));
        Assert.Equal([0x40, 2, 0, 1], await client.ReadPacketAsync());
    }

    [Fact]
    public async Task A_client_that_takes_no_CONNACK_is_disconnected()
    {
        var answers = await PacketExchange.SendAsync(broker.Address, PacketExchange.Connect(PacketExchange.NextId(), [0x27, 0, 0, 0, 2]));
        Assert.Empty(answers.Packets);
        Assert.False(answers.IsAlive);
    }
}
