using System.Diagnostics;
using System.Net;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Connections;

/// <summary>The broker stops reading from a client whose answers pile up.</summary>
public sealed class AcknowledgementWriterTests : IAsyncLifetime
{
    private readonly BrokerFixture _broker = new();

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Heartbeats_do_not_fill_the_memory_while_no_commit_returns()
    {
        const int Queue = 8192,
            Others = 40,
            Much = 40_000; // 20 MB: no two sockets hold that.
        await using var flood = await RawMqttClient.SignInAsync(_broker.Address, "sim-flood");
        var clients = await Task.WhenAll(
            Enumerable.Range(0, Others).Select(i => RawMqttClient.SignInAsync(_broker.Address, $"sim-held-{i}"))
        );
        _broker.Log.Hold();
        var much = Heartbeats("sim-flood", Much, length: 500);
        var each = clients.Select((_, device) => Heartbeats($"sim-held-{device}", 300)).ToArray();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var flooding = flood.SendAsync(much);
        await UntilPlacesAsync(Queue - new Limits().InFlight);
        for (var i = 0; i < 20; i++)
            await (await RawMqttClient.SignInAsync(_broker.Address, "sim-passer-by")).DisposeAsync();
        Assert.Equal(Queue - new Limits().InFlight, _broker.Log.Places.CurrentCount); // So many of one connection, and no more.
        await Task.WhenAll(clients.Select((client, device) => client.SendAsync(each[device])));
        await UntilPlacesAsync(0);

        for (var i = 0; i < 50; i++) // A client without heartbeats is served meanwhile; a client that floods is not read.
            await (await RawMqttClient.SignInAsync(_broker.Address, "sim-passer-by")).DisposeAsync();
        Assert.False(flooding.IsCompleted, "20 MB were read of a client whose heartbeats cannot be stored.");
        Assert.True(ManagedMemory.GrowthInMegabytes(before) < 50, $"{ManagedMemory.GrowthInMegabytes(before)} MB.");
        Assert.Empty(_broker.Log.Heartbeats);

        _broker.Log.Release();
        await Task.WhenAll(clients.Select(client => ReadAnswersAsync(client, 300)).Append(ReadAnswersAsync(flood, Much)));
        await flooding;
        Assert.Equal(300 * Others + new Limits().BurstPerDevice, _broker.Log.Heartbeats.Count);
        foreach (var client in clients)
            await client.DisposeAsync();
    }

    /// <summary>The bytes of so many heartbeats of a device, each padded to a length.</summary>
    private static byte[] Heartbeats(string device, int count, int length = 0) =>
        [
            .. Enumerable
                .Range(1, count)
                .SelectMany(i =>
                    RawMqttClient.Publish((ushort)(i % 60_000), DeviceTopics.Heartbeat(device), RawMqttClient.Heartbeat(i).PadRight(length))
                ),
        ];

    /// <summary>Waits until the log has no more than so many free places.</summary>
    private async Task UntilPlacesAsync(int most)
    {
        for (var patience = Stopwatch.StartNew(); _broker.Log.Places.CurrentCount > most; await Task.Delay(1))
            Assert.True(patience.Elapsed < BrokerFixture.Timeout);
    }

    private static async Task ReadAnswersAsync(RawMqttClient client, int count)
    {
        for (var i = 1; i <= count; i++)
        {
            var answer = await client.ReadPacketAsync();
            Assert.Equal(
                (0x40, i % 60_000, i <= new Limits().BurstPerDevice ? 0 : 0x97),
                (answer[0], answer[2] << 8 | answer[3], answer.Length > 4 ? answer[4] : 0)
            );
        }
    }

    [Fact]
    public async Task A_client_that_never_reads_its_answers_is_disconnected()
    {
        // Two bytes that are answered with two.
        var asked = Enumerable.Repeat(RawMqttClient.Packet(0xC0), 32 * 1024).SelectMany(bytes => bytes).ToArray();
        await using var broker = new BrokerFixture { SendBufferBytes = 4096 };
        await broker.InitializeAsync();
        ClientConnection? connection = null;
        var connections = broker.GetService<BrokerConnectionHandler>();
        var serve = connections.ClientHandler!;
        connections.ClientHandler = client => serve(connection = (ClientConnection)client);
        await using var client = await RawMqttClient.DialAsync(
            broker.Address,
            IPAddress.Any,
            takes: 1024,
            RawMqttClient.Connect("sim-deaf")
        );
        await client.ReadPacketAsync();
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        var sent = 0;
        var asking = AskAsync();
        // Time passes only while the broker waits for this client, and after its end: a starved reader would look like a silent client.
        await broker.AdvanceUntilAsync(
            () => asking.IsCompleted,
            timeouts: 6,
            mayPass: () => connection!.Writer.BackpressureSince > 0 || broker.Statistics.Connections() == 0
        );
        Assert.True(await asking, "It never had to wait, and was never disconnected.");
        Assert.True(ManagedMemory.GrowthInMegabytes(memory) < 60);
        Assert.Equal(0, broker.Statistics.Connections());
        await using var other = await RawMqttClient.SignInAsync(broker.Address, "sim-patient"); // No other client had to wait.

        async Task<bool> AskAsync()
        {
            try
            {
                for (; sent < 512; sent++)
                    await client.SendAsync(asked);
                return false;
            }
            catch (IOException)
            {
                return true;
            }
        }
    }
}
