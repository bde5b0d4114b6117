using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.ExpectedStates;

/// <summary>The options of a subscription are kept, and an UNSUBSCRIBE is done (MQTT 5.0 sections 3.8 to 3.11).</summary>
public sealed class SubscribeRequestTests : IAsyncLifetime
{
    private const string Id = "sim-options";
    private readonly BrokerFixture _broker = new();

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private static byte[] Subscribe(byte options, params byte[] properties) =>
        Subscribe([(DeviceTopics.Expected(Id), options)], properties);

    private static byte[] Subscribe((string Filter, byte Options)[] filters, params byte[] properties) =>
        RawMqttClient.Packet(
            0x82,
            [
                0,
                9,
                .. RawMqttClient.Length(properties.Length),
                .. properties,
                .. filters.SelectMany(one => RawMqttClient.Text(one.Filter).Append(one.Options)),
            ]
        );

    private static byte[] Unsubscribe(string filter) => RawMqttClient.Packet(0xA2, [0, 8, 0, .. RawMqttClient.Text(filter)]);

    /// <summary>Changes what is expected, and waits until every subscriber was told.</summary>
    private void Change()
    {
        _broker.ExpectedStates.Expect(Id, new ExpectedState(2, default, []));
        _broker.Clock.Advance(TimeSpan.FromSeconds(2));
    }

    /// <summary>A PUBLISH behind its topic: its properties, without the payload.</summary>
    private static byte[] PropertiesOf(byte[] publish)
    {
        var at = (publish[1] & 0x80) == 0 ? 2 : 3;
        at += 2 + (publish[at] << 8 | publish[at + 1]);
        return publish[(at + 1)..(at + 1 + publish[at])];
    }

    [Fact]
    public async Task A_subscription_that_ended_receives_nothing_more()
    {
        await using var client = await RawMqttClient.SignInAsync(_broker.Address, Id);
        await client.SendAsync(Subscribe(0));
        Assert.Equal([0x90, 4, 0, 9, 0, 0], await client.ReadPacketAsync());
        Assert.Equal(0x31, (await client.ReadPacketAsync())[0]);
        await client.SendAsync(Unsubscribe(DeviceTopics.Expected(Id)));
        Assert.Equal([0xB0, 4, 0, 8, 0, 0x00], await client.ReadPacketAsync());
        Change();
        await client.SendAsync(Unsubscribe(DeviceTopics.Expected(Id)));
        Assert.Equal([0xB0, 4, 0, 8, 0, 0x11], await client.ReadPacketAsync()); // No subscription existed, and no message came before.
        await client.SendAsync(Subscribe(0x20)); // Without the retained message.
        Assert.Equal([0x90, 4, 0, 9, 0, 0], await client.ReadPacketAsync());
        Change();
        Assert.Equal(0x30, (await client.ReadPacketAsync())[0]);
    }

    [Fact]
    public async Task A_subscription_identifier_comes_back_with_each_message()
    {
        await using var client = await RawMqttClient.SignInAsync(_broker.Address, Id);
        await client.SendAsync(Subscribe(0, 0x0B, 0x80, 0x01)); // 128.
        Assert.Equal(0x90, (await client.ReadPacketAsync())[0]);
        Assert.Equal([0x0B, 0x80, 0x01], PropertiesOf(await client.ReadPacketAsync()));
        Change();
        Assert.Equal([0x0B, 0x80, 0x01], PropertiesOf(await client.ReadPacketAsync()));
        await client.SendAsync(Subscribe(0)); // The subscription is replaced, and with it the identifier.
        Assert.Equal(0x90, (await client.ReadPacketAsync())[0]);
        Assert.Empty(PropertiesOf(await client.ReadPacketAsync()));
    }

    [Theory]
    [InlineData(0x00, true, true)]
    [InlineData(0x10, true, false)]
    [InlineData(0x20, false, false)]
    public async Task A_retained_message_is_sent_as_retain_handling_says(byte options, bool atFirst, bool again)
    {
        await using var client = await RawMqttClient.SignInAsync(_broker.Address, Id);
        foreach (var isSent in new[] { atFirst, again })
        {
            await client.SendAsync(Subscribe(options));
            Assert.Equal(0x90, (await client.ReadPacketAsync())[0]);
            if (isSent)
                Assert.Equal(0x31, (await client.ReadPacketAsync())[0]);
        }

        Change();
        Assert.Equal(0x30, (await client.ReadPacketAsync())[0]); // Nothing came between.
    }

    [Fact]
    public async Task A_forwarded_message_keeps_its_RETAIN_flag_if_the_client_asks_for_it()
    {
        await using var client = await RawMqttClient.SignInAsync(_broker.Address, Id);
        await client.SendAsync(Subscribe(0x28));
        Assert.Equal(0x90, (await client.ReadPacketAsync())[0]);
        Change();
        Assert.Equal(0x31, (await client.ReadPacketAsync())[0]);
    }

    [Theory]
    [InlineData(true, "00 87 01 9E 01")]
    [InlineData(false, "00 80 01 80 01")]
    public async Task A_SUBACK_answers_the_filters_in_their_order_and_grants_at_most_QoS_1(bool isVersion5, string codes)
    {
        await using var client = await RawMqttClient.SignInAsync(_broker.Address, Id, isVersion5);
        (string, byte)[] filters =
        [
            (DeviceTopics.Expected(Id), 0),
            ("a/b", 2),
            (DeviceTopics.Expected(Id), 1),
            ("$share/all/a", 2),
            (DeviceTopics.Expected(Id), 2),
        ];
        var packet = Subscribe(filters);
        await client.SendAsync(isVersion5 ? packet : [packet[0], .. RawMqttClient.Length(packet.Length - 4), 0, 9, .. packet[6..]]);
        var answer = await client.ReadPacketAsync();
        Assert.Equal(codes, Convert.ToHexString(answer[^5..]).Chunk(2).Select(pair => new string(pair)).Aggregate((a, b) => a + " " + b));
    }
}
