using System.Buffers;
using System.Net;
using System.Text;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Mqtt.Proxies;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Proxies;

/// <summary>A trusted proxy says whose connection it passes on; no other client can.</summary>
public sealed class ProxyProtocolTests
{
    private const string Text = "PROXY TCP4 203.0.113.7 192.0.2.1 51234 8883\r\n";

    private static readonly byte[] Signature = [0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    private static readonly byte[] Binary =
    [
        .. Signature,
        0x21,
        0x11,
        0,
        15,
        .. new byte[] { 203, 0, 113, 7, 192, 0, 2, 1, 0xC8, 0x22, 0x22, 0xB3 },
        4,
        0,
        0,
    ];

    private static (ProxyHeader Header, IPEndPoint? Client, int Length) Read(byte[] bytes) =>
        (ProxyProtocol.TryRead(new ReadOnlySequence<byte>(bytes), out var client, out var length), client, length);

    [Fact]
    public void Both_versions_name_the_client_and_leave_the_rest_to_the_broker()
    {
        var client = new IPEndPoint(IPAddress.Parse("203.0.113.7"), 51234);
        Assert.Equal((ProxyHeader.Read, client, Text.Length), Read([.. Encoding.ASCII.GetBytes(Text), 0x10, 0x20]));
        Assert.Equal((ProxyHeader.Read, client, Binary.Length), Read([.. Binary, 0x10, 0x20]));
        var ipv6 = Encoding.ASCII.GetBytes("PROXY TCP6 2001:db8::7 2001:db8::1 1 2\r\n");
        Assert.Equal(IPAddress.Parse("2001:db8::7"), Read(ipv6).Client!.Address);
    }

    [Fact]
    public void A_part_of_a_header_is_waited_for()
    {
        for (var length = 0; length < Text.Length; length++)
            Assert.Equal(ProxyHeader.Incomplete, Read(Encoding.ASCII.GetBytes(Text)[..length]).Header);
        for (var length = 0; length < Binary.Length; length++)
            Assert.Equal(ProxyHeader.Incomplete, Read(Binary[..length]).Header);
    }

    [Theory]
    [InlineData("PROXY TCP4 203.0.113 x 1\r\n")]
    [InlineData("PROXY TCP4 203.0.113.7 192.0.2.1 99999 1\r\n")]
    [InlineData("PROXY UDP4 203.0.113.7 192.0.2.1 1 1\r\n")]
    [InlineData("\u0010\u0020\u0000\u0004MQTT")]
    public void A_malformed_header_is_refused(string text) => Assert.Equal(ProxyHeader.Invalid, Read(Encoding.ASCII.GetBytes(text)).Header);

    [Fact]
    public void A_header_without_an_end_is_refused() =>
        Assert.Equal(ProxyHeader.Invalid, Read(Encoding.ASCII.GetBytes("PROXY TCP4 " + new string('1', 200))).Header);

    [Fact]
    public void A_proxy_that_speaks_for_itself_names_no_client()
    {
        Assert.Equal((ProxyHeader.Read, null, 16), Read([.. Signature, 0x20, 0, 0, 0]));
        Assert.Equal(ProxyHeader.Read, Read(Encoding.ASCII.GetBytes("PROXY UNKNOWN\r\n")).Header);
    }

    [Fact]
    public async Task The_limits_of_the_broker_count_the_client_and_not_the_proxy()
    {
        await using var broker = new BrokerFixture
        {
            Proxies = TrustedProxies.Parse("127.0.0.20", out _),
            Limits = new Limits { WaitingPerAddress = 2 },
        };
        await broker.InitializeAsync();
        async Task<RawMqttClient> DialAsync(string from, string client) =>
            await RawMqttClient.DialAsync(
                broker.Address,
                IPAddress.Parse(from),
                null,
                Encoding.ASCII.GetBytes($"PROXY TCP4 {client} 192.0.2.1 51234 1883\r\n")
            );
        await using var first = await DialAsync("127.0.0.20", "203.0.113.7");
        await using var second = await DialAsync("127.0.0.20", "203.0.113.7");
        while (broker.Statistics.Connections() < 2)
            await Task.Yield(); // Until both are counted; the broker may read the headers in any order.
        await using var third = await DialAsync("127.0.0.20", "203.0.113.7");
        await third.UntilClosedAsync(isHalfClosed: false).WaitAsync(BrokerFixture.Timeout);

        await using var neighbour = await DialAsync("127.0.0.20", "203.0.113.8");
        await neighbour.SendAsync(RawMqttClient.Connect("sim-neighbour"));
        Assert.Equal(0, (await neighbour.ReadPacketAsync())[3]);

        await using var liar = await DialAsync("127.0.0.21", "203.0.113.9"); // Its first packet is no CONNECT.
        await liar.UntilClosedAsync(isHalfClosed: false).WaitAsync(BrokerFixture.Timeout);
    }
}
