using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Connections;

/// <summary>A gateway's publish over the packet cap costs neither memory nor its session.</summary>
public sealed class PacketReceiverTests : IAsyncLifetime
{
    private const string Snapshot = "frigate/lobby_north/person/snapshot",
        Status = "frigate/lobby_north/status/record";

    private readonly BrokerFixture _broker = new();

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    /// <summary>The start of a PUBLISH, whose payload of this many bytes follows.</summary>
    private static byte[] Start(string topic, int bytes, byte first, bool isVersion5)
    {
        byte[] head = [.. RawMqttClient.Text(topic), .. (first & 6) == 0 ? [] : new byte[] { 0, 7 }, .. isVersion5 ? new byte[] { 0 } : []];
        return [first, .. RawMqttClient.Length(head.Length + bytes), .. head];
    }

    [Theory]
    [InlineData(Snapshot, true, 0x32, 0x83)]
    [InlineData(Snapshot, true, 0x31, null)]
    [InlineData(Snapshot, false, 0x33, 0x00)] // MQTT 3.1.1 knows no refusal.
    [InlineData(Snapshot, false, 0x30, null)]
    [InlineData(Status, true, 0x32, 0x99)]
    [InlineData("frigate/other", true, 0x32, 0x87)]
    public async Task A_vendor_message_over_the_cap_is_skipped_and_the_session_goes_on(string topic, bool isVersion5, byte first, int? code)
    {
        await using var recorder = await RawMqttClient.SignInAsync(_broker.Address, FakeEnrolment.Recorder, isVersion5);
        foreach (var bytes in new[] { 65_536, 70_000, 3_000_000 })
        {
            await recorder.SendAsync(Start(topic, bytes, first, isVersion5));
            await recorder.SendAsync(new byte[bytes]);
            if (code is { } expected)
                Assert.Equal(
                    expected == 0 ? [0x40, 2, 0, 7] : new byte[] { 0x40, 3, 0, 7, (byte)expected },
                    await recorder.ReadPacketAsync()
                );
            await recorder.SendAsync(RawMqttClient.Publish(8, Status, "online", isVersion5: isVersion5));
            Assert.Equal([0x40, 2, 0, 8], await recorder.ReadPacketAsync());
        }

        Assert.Equal(3, _broker.Log.Heartbeats.Count(heartbeat => heartbeat.ProvesLife));
        // What a message on a topic that is read may have said is not known any more.
        var lost = _broker.Log.Heartbeats.Where(heartbeat => !heartbeat.ProvesLife).ToArray();
        Assert.Equal(topic == Status ? 3 : 0, lost.Length);
        Assert.All(lost, heartbeat => Assert.Equal(default, heartbeat.Capture));
        Assert.Equal(3, _broker.Measurements.Count(line => line == "registry.publishes.refused size vendor 1"));
    }

    [Fact]
    public async Task A_skipped_message_takes_no_memory_and_may_take_its_time()
    {
        const int Bytes = 100_000_000;
        await using var recorder = await RawMqttClient.SignInAsync(_broker.Address, FakeEnrolment.Recorder, keepAlive: 20);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await recorder.SendAsync(Start(Snapshot, Bytes, 0x32, isVersion5: true));
        var part = new byte[1_000_000];
        for (var sent = 0; sent < Bytes; sent += part.Length)
        {
            await recorder.SendAsync(part);
            if (sent % 20_000_000 != 0)
                continue;
            _broker.Clock.Advance(TimeSpan.FromSeconds(9)); // More than ten seconds in all, and no long silence.
        }

        Assert.Equal([0x40, 3, 0, 7, 0x83], await recorder.ReadPacketAsync());
        Assert.InRange(ManagedMemory.GrowthInMegabytes(before), long.MinValue, 20);
    }

    [Theory]
    [InlineData(FakeEnrolment.Recorder, "registry/v1/devices/behind-1/heartbeat", 0x32)]
    [InlineData(FakeEnrolment.Recorder, Snapshot, 0x34)] // QoS 2.
    [InlineData(FakeEnrolment.Recorder, "frigate/+/snapshot", 0x32)]
    [InlineData(FakeEnrolment.Gateway, Snapshot, 0x32)] // Without a profile.
    [InlineData("sim-large", Snapshot, 0x32)]
    public async Task Any_other_packet_over_the_cap_ends_the_session(string client, string topic, byte first)
    {
        await using var sender = await RawMqttClient.SignInAsync(_broker.Address, client);
        await sender.SendAsync(Start(topic, 70_000, first, isVersion5: true));
        await sender.SendAsync(new byte[70_000]);
        Assert.Equal([0xE0, 2, 0x95, 0], await sender.ReadPacketAsync());
    }

    [Fact]
    public async Task A_skipped_message_that_stops_ends_the_session_after_the_keep_alive()
    {
        await using var recorder = await RawMqttClient.SignInAsync(_broker.Address, FakeEnrolment.Recorder, keepAlive: 20);
        await recorder.SendAsync(Start(Snapshot, 200_000, 0x32, isVersion5: true));
        await recorder.SendAsync(new byte[100_000]);
        var end = recorder.ReadPacketAsync();
        await _broker.AdvanceUntilAsync(() => end.IsCompleted);
        Assert.Equal([0xE0, 2, 0x8D, 0], await end);
    }

    [Theory]
    [InlineData("0A C0", 0x81)] // It has not come whole, and cannot be one.
    [InlineData("36", 0x81)]
    [InlineData("30 80 80 80 80 01", 0x81)]
    public async Task A_start_that_no_packet_has_ends_the_session_with_a_reason(string bytes, byte code)
    {
        await using var client = await RawMqttClient.SignInAsync(_broker.Address, "sim-start");
        await client.SendAsync(Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)));
        if (bytes == "36") // The rest of a PUBLISH decides.
            await client.SendAsync(new byte[] { 5, 0, 1, (byte)'a', 0, 1 });
        Assert.Equal([0xE0, 2, code, 0], await client.ReadPacketAsync());
    }

    [Fact]
    public async Task A_client_has_ten_seconds_for_its_CONNECT()
    {
        await using var slow = await RawMqttClient.DialAsync(_broker.Address, RawMqttClient.Connect("sim-slow")[..20]);
        await using var idle = await RawMqttClient.DialAsync(_broker.Address);
        await using var other = await RawMqttClient.SignInAsync(_broker.Address, "sim-other"); // The broker has read what came before.
        _broker.Clock.Advance(TimeSpan.FromSeconds(9));
        await slow.SendAsync(RawMqttClient.Connect("sim-slow").AsMemory(20));
        Assert.Equal(0x20, (await slow.ReadPacketAsync())[0]);
        var closed = idle.UntilClosedAsync(isHalfClosed: false);
        await _broker.AdvanceUntilAsync(() => closed.IsCompleted);
        // MQTTnet's own limit, in real time, must not come before.
        Assert.True(_broker.GetService<MQTTnet.Server.MqttServerOptions>().DefaultCommunicationTimeout > TimeSpan.FromSeconds(10));
    }
}
