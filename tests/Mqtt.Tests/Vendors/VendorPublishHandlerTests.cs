using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.SignIn;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using SurveillanceRegistry.Mqtt.Tests.Packets;
using SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors;

/// <summary>What the registry sends a Sparkplug node: only what the node subscribed to (Eclipse Sparkplug 3.0 chapters 5 and 6).</summary>
public sealed class VendorPublishHandlerTests : IAsyncLifetime
{
    private const string State = "spBv1.0/STATE/registry",
        Command = "spBv1.0/Harbor/NCMD/bridge-edge",
        Traffic = "harbor-bridge-traffic-1";

    private readonly BrokerFixture _broker = new();

    public async ValueTask InitializeAsync()
    {
        _broker.Enrolment.Profile = VendorExamples.Node;
        _broker.Enrolment.Behind =
        [
            _broker.Enrolment.Register(FakeEnrolment.Numbered(Traffic) with { Sensors = [Capture.Video], Gateway = FakeEnrolment.Gateway }),
        ];
        await _broker.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private Task<RawMqttClient> SignInAsync(bool isVersion5 = false) =>
        RawMqttClient.SignInAsync(_broker.Address, FakeEnrolment.Gateway, isVersion5);

    private static byte[] Publish(string type, int seq, string? device = null, params byte[][] metrics)
    {
        var payload = VendorExamples.Sparkplug(seq, metrics);
        byte[] body = [.. RawMqttClient.Text($"spBv1.0/Harbor/{type}/bridge-edge{(device is null ? "" : "/" + device)}"), 0, 7, .. payload];
        return RawMqttClient.Packet(0x32, body);
    }

    private static async Task<byte[]> SubscribeAsync(RawMqttClient client, string filter)
    {
        await client.SendAsync(RawMqttClient.Subscribe(9, isVersion5: false, filter));
        return await client.ReadPacketAsync();
    }

    private static bool IsOn(byte[] publish, string topic) =>
        System.Text.Encoding.ASCII.GetString(publish).Contains(topic, StringComparison.Ordinal);

    [Fact]
    public async Task The_state_of_the_registry_is_sent_at_QoS_1_retained_and_once_at_a_time()
    {
        await using var node = await SignInAsync();
        Assert.Equal([0x90, 3, 0, 9, 1], await SubscribeAsync(node, State));
        var first = await node.ReadPacketAsync();
        Assert.Equal((0x33, true), (first[0], IsOn(first, State)));
        var at = 4 + State.Length;
        Assert.Equal([0, 1], first[at..(at + 2)]);

        Assert.Equal([0x90, 3, 0, 9, 1], await SubscribeAsync(node, State)); // It waits for the acknowledgement.
        await node.SendAsync(new byte[] { 0xC0, 0 });
        Assert.Equal([0xD0, 0], await node.ReadPacketAsync());
        await node.SendAsync(new byte[] { 0x40, 2, 0, 1 });
        Assert.Equal(0x33, (await node.ReadPacketAsync())[0]);
    }

    [Theory]
    [InlineData("spBv1.0/STATE/registry", true)]
    [InlineData("spBv1.0/STATE/+", true)]
    [InlineData("spBv1.0/STATE/#", true)]
    [InlineData("spBv1.0/STATE/another-host", false)]
    [InlineData("spBv1.0/STATE/registry2", false)]
    [InlineData("spBv1.0/#", false)]
    [InlineData("#", false)]
    public async Task The_registry_tells_the_state_of_its_own_host_id_and_of_no_other(string filter, bool isTold)
    {
        await using var node = await SignInAsync();
        Assert.Equal([0x90, 3, 0, 9, isTold ? (byte)1 : (byte)0x80], await SubscribeAsync(node, filter));
        if (isTold)
            Assert.Equal(0x33, (await node.ReadPacketAsync())[0]);
        await node.SendAsync(new byte[] { 0xC0, 0 });
        Assert.Equal([0xD0, 0], await node.ReadPacketAsync());
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(Command, true)]
    [InlineData("spBv1.0/Harbor/NCMD/#", true)]
    [InlineData("spBv1.0/Harbor/NCMD/another", false)]
    [InlineData("spBv1.0/Harbor/DCMD/bridge-edge/traffic-1", false)]
    public async Task A_rebirth_is_asked_only_of_a_node_that_subscribed_to_commands(string? filter, bool isAsked)
    {
        await using var node = await SignInAsync();
        if (filter is not null)
            Assert.Equal([0x90, 3, 0, 9, 1], await SubscribeAsync(node, filter));
        await node.SendAsync(Publish("DDATA", 5, "traffic-1", VendorExamples.Metric("Video/Mode", "off"))); // No birth came before.
        var answer = await node.ReadPacketAsync();
        if (isAsked)
        {
            Assert.Equal((0x30, true), (answer[0], IsOn(answer, Command))); // NCMD has QoS 0.
            answer = await node.ReadPacketAsync();
        }

        Assert.Equal([0x40, 2, 0, 7], answer);
    }

    [Fact]
    public async Task A_node_that_unsubscribed_from_commands_gets_none()
    {
        await using var node = await SignInAsync();
        await SubscribeAsync(node, Command);
        await node.SendAsync(RawMqttClient.Packet(0xA2, [0, 8, .. RawMqttClient.Text(Command)]));
        Assert.Equal([0xB0, 2, 0, 8], await node.ReadPacketAsync());
        await node.SendAsync(Publish("DDATA", 5, "traffic-1", VendorExamples.Metric("Video/Mode", "off")));
        Assert.Equal([0x40, 2, 0, 7], await node.ReadPacketAsync());
    }

    /// <summary>A later report must not be appended before an earlier one of the thread that reads the connection.</summary>
    [Fact]
    public async Task The_check_timer_appends_nothing_while_the_connection_has_the_turn()
    {
        await using var node = await SignInAsync();
        await SubscribeAsync(node, DeviceTopics.Expected(Traffic));
        await node.ReadPacketAsync(); // The expected state.
        await node.SendAsync(Publish("NBIRTH", 0));
        await node.SendAsync(Publish("DBIRTH", 1, "traffic-1", VendorExamples.Metric("Video/Mode", "recorded")));
        await node.SendAsync(Publish("DDATA", 3, "traffic-1", VendorExamples.Metric("Video/Mode", "off"))); // It waits for number 2.
        await node.SendAsync(new byte[] { 0xC0, 0 });
        while (!(await node.ReadPacketAsync()).SequenceEqual(new byte[] { 0xD0, 0 })) { } // Until all of them were read.
        var stored = _broker.Log.Heartbeats.Count;
        var turn = _broker.GetService<SessionRegistry>().SubscribersOf(Traffic).Single().Vendor!.Turn;
        Assert.True(turn.TryTake());
        _broker.Clock.Advance(SparkplugHost.ReorderWindow);
        _broker.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(stored, _broker.Log.Heartbeats.Count);

        turn.End();
        await _broker.AdvanceUntilAsync(() => _broker.Log.Heartbeats.Count > stored);
        await _broker.AdvanceUntilAsync(() => turn.TryTake()); // It gave the turn back.
    }

    [Fact]
    public async Task The_receive_maximum_of_a_node_is_kept()
    {
        var connect = PacketExchange.Connect(FakeEnrolment.Gateway, [0x21, 0, 1]);
        var subscribe = RawMqttClient.Subscribe(9, isVersion5: true, State);
        var answers = await PacketExchange.SendAsync(_broker.Address, connect, subscribe, subscribe, subscribe);
        Assert.True(answers.IsAlive);
        Assert.InRange(answers.Packets.Count(packet => packet[0] == 0x33), 0, 1);
    }

    [Fact]
    public async Task A_Mosquitto_bridge_signs_in_with_its_own_will_and_its_topics_are_refused()
    {
        const string topic = "$SYS/broker/connection/" + FakeEnrolment.Gateway + "/state";
        byte[] connect =
        [
            .. RawMqttClient.Text("MQTT"),
            0x84,
            0xEE, // A retained will at QoS 1.
            0,
            60,
            .. RawMqttClient.Text(FakeEnrolment.Gateway),
            .. RawMqttClient.Text(topic),
            .. RawMqttClient.Text("0"),
            .. RawMqttClient.Text(FakeEnrolment.Gateway),
            .. RawMqttClient.Text(BrokerFixture.Secret),
        ];
        await using var bridge = await RawMqttClient.DialAsync(_broker.Address, RawMqttClient.Packet(0x10, connect));
        Assert.Equal([0x20, 2, 0, 0], await bridge.ReadPacketAsync());
        await bridge.SendAsync(RawMqttClient.Publish(7, topic, "1", first: 0x33, isVersion5: false));
        Assert.Equal([0x40, 2, 0, 7], await bridge.ReadPacketAsync());
        Assert.Contains("registry.publishes.refused topic vendor 1", _broker.Measurements);
    }
}
