using SurveillanceRegistry.Mqtt.Packets;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Packets;

/// <summary>The reason codes that a client may send (MQTT 5.0 tables 3-4 to 3-7 and 3-13), and the shapes of their packets.</summary>
public sealed class AnswerCheckTests : IAsyncLifetime
{
    private readonly BrokerFixture _broker = new();

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    private const string Received = "00 10 80 83 87 90 91 97 99";

    [Theory]
    [InlineData(0x40, "00 07", Received)]
    [InlineData(0x50, "00 07", Received)]
    [InlineData(0x62, "00 07", "00 92")]
    [InlineData(0x70, "00 07", "00 92")]
    [InlineData(0xE0, "", "00 04 80 81 82 83 90 93 94 95 96 97 98 99")]
    public void A_client_may_send_only_the_reason_codes_of_its_own(byte first, string before, string codes)
    {
        var allowed = Bytes(codes);
        foreach (var tail in new byte[][] { [], [0] })
        {
            for (var code = 0; code < 256; code++)
                Assert.Equal(
                    allowed.Contains((byte)code) ? PacketCheckResult.WellFormed : PacketCheckResult.ProtocolError,
                    Check(first, isVersion5: true, [.. Bytes(before), (byte)code, .. tail])
                );
        }
    }

    [Theory]
    [InlineData(0x40)]
    [InlineData(0x50)]
    [InlineData(0x62)]
    [InlineData(0x70)]
    public void An_acknowledgement_has_a_packet_id_and_nothing_beyond_its_properties(byte first)
    {
        foreach (var isVersion5 in new[] { true, false })
        {
            Assert.Equal(PacketCheckResult.WellFormed, Check(first, isVersion5, 0, 7));
            Assert.Equal(PacketCheckResult.ProtocolError, Check(first, isVersion5, 0, 0));
            Assert.Equal(PacketCheckResult.Malformed, Check(first, isVersion5, 7));
            Assert.Equal(PacketCheckResult.Malformed, Check(first, isVersion5));
        }

        Assert.Equal(PacketCheckResult.ProtocolError, Check(first, isVersion5: true, 0, 0, 0));
        Assert.Equal(PacketCheckResult.Malformed, Check(first, isVersion5: true, 0, 7, 0, 0, 0));
        Assert.Equal(PacketCheckResult.Malformed, Check(first, isVersion5: false, 0, 7, 0));
    }

    [Theory]
    [InlineData("", 0x00, false)]
    [InlineData("11 00 00 00 00", 0x00, false)]
    [InlineData("11 00 00 00 1E", 0x82, true)] // MQTT 5.0 section 3.14.2.2.2.
    public async Task A_DISCONNECT_may_not_raise_a_session_expiry_of_0_and_leaves_the_will(string properties, int code, bool isRefused)
    {
        var id = PacketExchange.NextId();
        var answers = await PacketExchange.SendAsync(
            _broker.Address,
            PacketExchange.Connect(id, [], willProperties: []),
            PacketExchange.With("DISCONNECT", id, Bytes(properties))
        );
        Assert.Equal(isRefused ? (byte)code : null, answers.Disconnect);
        Assert.Equal(isRefused, (await _broker.Partitions.EndAsync()).IsDeath);
    }

    [Fact]
    public void A_DISCONNECT_may_change_a_session_expiry_that_is_not_0() =>
        Assert.Equal(
            PacketCheckResult.WellFormed,
            PacketCheck.Check(RawMqttClient.Packet(0xE0, [0, 5, .. Bytes("11 00 00 00 1E")]), isVersion5: true, connectExpirySeconds: 60)
        );

    [Fact]
    public async Task A_step_of_QoS_2_without_a_message_is_answered_with_its_code()
    {
        var answers = await PacketExchange.SendAsync(
            _broker.Address,
            RawMqttClient.Connect(PacketExchange.NextId()),
            [0x50, 2, 0, 7],
            [0x62, 2, 0, 8],
            [0x40, 2, 0, 9],
            [0x70, 2, 0, 9]
        );
        Assert.True(answers.IsAlive);
        Assert.All(
            answers.Packets.Skip(1),
            answer => Assert.True(answer is [0x62, 4, 0, 7, 0x92, 0] or [0x70, 4, 0, 8, 0x92, 0] or [_, 3, ..])
        );
    }

    private static PacketCheckResult Check(byte first, bool isVersion5, params byte[] body) =>
        PacketCheck.Check(RawMqttClient.Packet(first, body), isVersion5, connectExpirySeconds: 0);

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
