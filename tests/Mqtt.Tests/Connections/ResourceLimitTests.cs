using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Connections;

/// <summary>The broker bounds the memory, the log and the time that any client can take.</summary>
public sealed class ResourceLimitTests : IAsyncLifetime
{
    private readonly BrokerFixture _broker = new();

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task The_broker_allocates_no_256_megabytes_for_a_length_field(bool hasSignedIn, bool isTls)
    {
        var clients = isTls ? 40 : 200;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var connections = await Task.WhenAll(
            Enumerable
                .Range(0, clients)
                .Select(async i =>
                {
                    var connection = isTls
                        ? await (await RawMqttClient.DialAsync(_broker.TlsAddress)).EncryptAsync()
                        : await RawMqttClient.DialAsync(_broker.Address);
                    if (hasSignedIn)
                    {
                        await connection.SendAsync(RawMqttClient.Connect($"sim-large-{i}"));
                        Assert.Equal(0, (await connection.ReadPacketAsync())[3]);
                    }

                    return connection;
                })
        );
        await Task.WhenAll(
            connections.Select(async connection =>
            {
                await connection.SendAsync(new byte[] { hasSignedIn ? (byte)0x32 : (byte)0x10, 0xFF, 0xFF, 0xFF, 0x7F });
                if (hasSignedIn)
                    Assert.Equal([0xE0, 2, 0x95, 0], await connection.ReadPacketAsync());
                try
                {
                    for (var i = 0; i < 16; i++) // It goes on all the same.
                        await connection.SendAsync(new byte[64 * 1024]);
                }
                catch (IOException)
                {
                    // Closed by then, or it is read and thrown away.
                }

                await connection.UntilClosedAsync();
            })
        );
        Assert.True(ManagedMemory.GrowthInMegabytes(before) < 100, $"{ManagedMemory.GrowthInMegabytes(before)} MB for {clients} clients.");
        Assert.Equal(clients, _broker.Measurements.Count(counted => counted == "registry.publishes.refused size unread 1"));
        foreach (var connection in connections)
            await connection.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_packet_that_arrives_a_byte_a_second_ends_the_connection(bool hasSignedIn)
    {
        await using var connection = hasSignedIn
            ? await RawMqttClient.SignInAsync(_broker.Address, "sim-drip")
            : await RawMqttClient.DialAsync(_broker.Address);
        var bytes = hasSignedIn
            ? RawMqttClient.Publish(1, DeviceTopics.Heartbeat("sim-drip"), RawMqttClient.Heartbeat(1))
            : RawMqttClient.Connect("sim-drip");
        var end = hasSignedIn ? connection.ReadPacketAsync() : connection.UntilClosedAsync(isHalfClosed: false);
        var sent = 0;
        for (; !end.IsCompleted && sent < bytes.Length; sent++)
        {
            try
            {
                await connection.SendAsync(bytes.AsMemory(sent, 1));
            }
            catch (IOException)
            {
                break;
            }

            _broker.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(end, Task.Delay(10)); // For the byte to arrive before the next second.
        }

        Assert.InRange(sent, 10, bytes.Length / 2); // Ten seconds are given.
        Assert.Equal(hasSignedIn ? [0xE0, 2, 0x80, 0] : Array.Empty<byte>(), await end);
        Assert.Empty(_broker.Log.Heartbeats);
    }

    [Fact]
    public async Task Packets_that_end_within_the_next_read_are_no_slow_packets()
    {
        await using var connection = await RawMqttClient.SignInAsync(_broker.Address, "sim-uploads", keepAlive: 60);
        const int Half = 20;
        var before = Array.Empty<byte>();
        for (ushort i = 1; i <= 12; i++)
        {
            var packet = RawMqttClient.Publish(i, DeviceTopics.Heartbeat("sim-uploads"), RawMqttClient.Heartbeat(i));
            await connection.SendAsync(before.Concat(packet[..Half]).ToArray());
            if (i > 1)
                Assert.Equal([0x40, 2, 0, (byte)(i - 1)], await connection.ReadPacketAsync());
            before = packet[Half..];
            _broker.Clock.Advance(TimeSpan.FromSeconds(3));
        }
    }

    [Theory]
    [InlineData(1_500, 0x87)]
    [InlineData(10_001, 0x97)] // More than it may send.
    public async Task Unknown_ids_that_a_gateway_names_are_cached_only_up_to_a_limit(int strangers, int code)
    {
        await using var connection = await RawMqttClient.SignInAsync(_broker.Address, FakeEnrolment.Gateway);
        var sending = connection.SendAsync(
            Enumerable
                .Range(0, strangers)
                .SelectMany(i => RawMqttClient.Publish((ushort)(i + 1), DeviceTopics.Heartbeat($"stranger-{i}"), ""))
                .ToArray()
        );
        byte[] answer = [];
        for (var i = 1; i <= strangers; i++)
            Assert.Equal((0x40, i), ((answer = await connection.ReadPacketAsync())[0], answer[2] << 8 | answer[3]));
        await sending;
        Assert.Equal(code, answer[4]);
        Assert.InRange(_broker.Enrolment.BehindQueries, 1000, 10_000 + 10); // A few questions beyond its limit.
        Assert.InRange(_broker.Logged.Count(line => line.Contains("Rejected", StringComparison.Ordinal)), 1, 2);

        var asked = _broker.Enrolment.BehindQueries;
        _broker.Clock.Advance(TimeSpan.FromMinutes(1));
        for (ushort i = 0; i < 2; i++)
        {
            await connection.SendAsync(RawMqttClient.Publish(9, DeviceTopics.Heartbeat($"stranger-{i * 1400}"), ""));
            Assert.Equal([0x40, 3, 0, 9, 0x87], await connection.ReadPacketAsync());
            Assert.Equal(asked + i, _broker.Enrolment.BehindQueries); // Stranger 0 is remembered; stranger 1400 is not.
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_floods_the_broker_does_not_fill_the_log(bool hasSignedIn)
    {
        if (hasSignedIn)
        {
            await using var connection = await RawMqttClient.SignInAsync(_broker.Address, FakeEnrolment.Gateway);
            var sending = connection.SendAsync(
                Enumerable.Repeat(RawMqttClient.Publish(9, "a/b", ""), 11_000).SelectMany(bytes => bytes).ToArray()
            );
            for (var i = 0; i < 11_000; i++)
                Assert.Equal([0x40, 3, 0, 9, (byte)(i < 10_000 ? 0x87 : 0x97)], await connection.ReadPacketAsync());
            await sending;
            _broker.Clock.Advance(TimeSpan.FromSeconds(6));
            await connection.SendAsync(RawMqttClient.Publish(9, "a/b", ""));
            await connection.ReadPacketAsync();
        }
        else
        {
            for (var i = 0; i <= 100; i++)
            {
                if (i == 100)
                    _broker.Clock.Advance(TimeSpan.FromSeconds(6));
                await using var connection = await RawMqttClient.DialAsync(_broker.Address, new byte[] { 0x10, 0xFF, 0xFF, 0xFF, 0x7F });
                Assert.Empty(await connection.UntilClosedAsync());
            }
        }

        var refusals = _broker.Logged.Where(line => line.StartsWith("Rejected", StringComparison.Ordinal)).ToArray();
        Assert.InRange(refusals.Length, 2, 3);
        Assert.Contains(
            refusals,
            line => line.StartsWith(hasSignedIn ? "Rejected 10000 publishes" : "Rejected 100 packets", StringComparison.Ordinal)
        );
    }
}
