using SurveillanceRegistry.Mqtt.Packets;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Packets;

/// <summary>Sections 3.8, 3.10, 4.7 and 4.8 of MQTT 5.0, and the same of 3.1.1.</summary>
public sealed class SubscriptionCheckTests
{
    private static PacketCheckResult Subscribe(byte options, string filter = "a/b", bool isVersion5 = true) =>
        Check(0x82, isVersion5, [.. RawMqttClient.Text(filter), options]);

    private static PacketCheckResult Check(byte first, bool isVersion5, byte[] filters, byte packetId = 7) =>
        PacketCheck.Check(
            RawMqttClient.Packet(first, [0, packetId, .. isVersion5 ? new byte[] { 0 } : [], .. filters]),
            isVersion5,
            connectExpirySeconds: 0
        );

    [Fact]
    public void A_filter_has_the_options_of_its_version()
    {
        for (var options = 0; options < 256; options++)
        {
            var (qos, handling, reserved) = (options & 3, options >> 4 & 3, options >> 6);
            Assert.Equal(
                qos != 3 && handling != 3 && reserved == 0 ? PacketCheckResult.WellFormed : PacketCheckResult.Malformed,
                Subscribe((byte)options)
            );
            Assert.Equal(
                options < 3 ? PacketCheckResult.WellFormed : PacketCheckResult.Malformed,
                Subscribe((byte)options, isVersion5: false)
            );
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData("/")]
    [InlineData("a//b")]
    [InlineData("#")]
    [InlineData("a/#")]
    [InlineData("+")]
    [InlineData("+/a/+")]
    [InlineData("/+")]
    [InlineData("+/#")]
    [InlineData("$SYS/#")]
    [InlineData("", false)]
    [InlineData("a#", false)]
    [InlineData("a/#/b", false)]
    [InlineData("#/a", false)]
    [InlineData("##", false)]
    [InlineData("a+", false)]
    [InlineData("+a/b", false)]
    [InlineData("a/b+/c", false)]
    [InlineData("a\0b", false)]
    [InlineData("a\u0001", false)]
    public void A_wildcard_is_a_whole_level_of_a_filter(string filter, bool isFilter = true)
    {
        var expected = isFilter ? PacketCheckResult.WellFormed : PacketCheckResult.Malformed;
        foreach (var isVersion5 in new[] { true, false })
        {
            Assert.Equal(expected, Subscribe(0, filter, isVersion5));
            Assert.Equal(expected, Check(0xA2, isVersion5, RawMqttClient.Text(filter)));
        }
    }

    [Theory]
    [InlineData("$share/name/a", 0)]
    [InlineData("$share/name/#", 0)]
    [InlineData("$share/name/a", 4, false)] // No Local (section 3.8.3.1).
    [InlineData("$share/name", 0, false)]
    [InlineData("$share/name/", 0, false)]
    [InlineData("$share//a", 0, false)]
    [InlineData("$share/+/a", 0, false)]
    public void A_shared_subscription_has_a_name_and_a_filter(string filter, int options, bool isOne = true) =>
        Assert.Equal(isOne ? PacketCheckResult.WellFormed : PacketCheckResult.ProtocolError, Subscribe((byte)options, filter));

    [Theory]
    [InlineData(0x82)]
    [InlineData(0xA2)]
    public void A_list_of_filters_has_a_packet_id_and_at_least_one_filter(byte first)
    {
        byte[] filter = [.. RawMqttClient.Text("a"), .. first == 0x82 ? new byte[] { 0 } : []];
        foreach (var isVersion5 in new[] { true, false })
        {
            Assert.Equal(PacketCheckResult.WellFormed, Check(first, isVersion5, [.. filter, .. filter]));
            Assert.Equal(PacketCheckResult.ProtocolError, Check(first, isVersion5, filter, packetId: 0));
            Assert.Equal(PacketCheckResult.ProtocolError, Check(first, isVersion5, []));
            for (var cut = 1; cut < filter.Length; cut++)
                Assert.Equal(PacketCheckResult.Malformed, Check(first, isVersion5, [.. filter, .. filter[..cut]]));
        }
    }
}
