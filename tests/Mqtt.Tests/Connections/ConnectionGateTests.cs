using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Connections;

/// <summary>The gate limits connections in all, for each address, and before the sign-in.</summary>
public sealed class ConnectionGateTests : IAsyncLifetime
{
    private const byte Failed = 0x86;
    private const byte TooMany = 0x9F;

    private readonly BrokerFixture _broker = new();

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task Unfinished_TLS_handshakes_count_against_the_limit_of_their_address()
    {
        const int Clients = 700;
        var from = IPAddress.Parse("127.0.0.8");
        var connections = await Task.WhenAll(
            Enumerable.Range(0, Clients).Select(_ => RawMqttClient.DialAsync(_broker.TlsAddress, from, null, [0x16, 3, 1]))
        );
        var ends = connections.Select(connection => connection.UntilClosedAsync(isHalfClosed: false)).ToArray();
        for (
            var patience = Stopwatch.StartNew();
            ends.Count(end => end.IsCompleted) < Clients - new Limits().WaitingPerAddress;
            await Task.Delay(1)
        )
            // Which is after five seconds.
            Assert.True(patience.Elapsed < BrokerFixture.Timeout / 3, "They are let in until their handshake is over.");
        await using var neighbour = await (await RawMqttClient.DialAsync(_broker.TlsAddress)).EncryptAsync(); // From another address.
        await neighbour.SendAsync(RawMqttClient.Connect("sim-neighbour"));
        Assert.Equal(0, (await neighbour.ReadPacketAsync())[3]);
        foreach (var connection in connections)
            await connection.DisposeAsync();
    }

    [Fact]
    public async Task Addresses_of_one_IPv6_network_count_as_one_address()
    {
        var gate = new ConnectionGate(new Limits { WaitingPerAddress = 1 }, _broker.Metrics, _broker.Clock);
        var letIn = 0;
        var end = new TaskCompletionSource();
        Task ConnectAsync(string address) =>
            gate.OnConnectionAsync(
                new DefaultConnectionContext { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1) },
                _ =>
                {
                    letIn++;
                    return end.Task;
                }
            );
        Task[] connections = [ConnectAsync("2001:db8:1:2::1"), ConnectAsync("2001:db8:1:2:ffff::2"), ConnectAsync("2001:db8:1:3::1")];
        Assert.Equal(2, letIn);
        end.SetResult();
        await Task.WhenAll(connections);
    }

    [Fact]
    public async Task New_connections_of_one_address_are_rate_limited()
    {
        var from = IPAddress.Parse("127.0.0.9");
        async Task<bool> IsLetInAsync(int number)
        {
            try
            {
                await using var connection = await RawMqttClient.DialAsync(
                    _broker.Address,
                    from,
                    null,
                    RawMqttClient.Connect("sim-hasty", secret: number % 50 == 0 ? null : "")
                );
                await connection.ReadPacketAsync();
                return true;
            }
            catch (Exception closed) when (closed is IOException or SocketException)
            {
                return false;
            }
        }

        async Task<int> LetInAsync(int many)
        {
            var letIn = 0;
            // A refused sign-in is answered late. Twenty at once are far below the limit of those that wait.
            foreach (var some in Enumerable.Range(0, many).Chunk(20))
                letIn += (await Task.WhenAll(some.Select(IsLetInAsync))).Count(isLetIn => isLetIn);
            return letIn;
        }

        var limits = new Limits();
        Assert.Equal(limits.ConnectionBurstPerAddress, await LetInAsync(limits.ConnectionBurstPerAddress + 10));
        await using var neighbour = await RawMqttClient.SignInAsync(_broker.Address, "sim-neighbour"); // From another address.
        _broker.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(limits.ConnectionsPerSecondAndAddress, await LetInAsync(limits.ConnectionsPerSecondAndAddress + 10));
        _broker.Clock.Advance(TimeSpan.FromMinutes(2)); // Forgotten, and let in as before.
        Assert.Equal(300, await LetInAsync(300));
    }

    [Fact]
    public async Task Connections_without_a_sign_in_are_limited_for_each_address()
    {
        const int Clients = 1500;
        var connections = await Task.WhenAll(
            Enumerable.Range(0, Clients).Select(_ => RawMqttClient.DialAsync(_broker.Address, IPAddress.Parse("127.0.0.7"), null))
        );
        var ends = connections.Select(connection => connection.UntilClosedAsync(isHalfClosed: false)).ToArray();
        for (
            var patience = Stopwatch.StartNew();
            ends.Count(end => end.IsCompleted) < Clients - new Limits().WaitingPerAddress;
            await Task.Delay(1)
        )
            Assert.True(patience.Elapsed < BrokerFixture.Timeout);
        Assert.Equal(new Limits().WaitingPerAddress, ends.Count(end => !end.IsCompleted));
        await using var neighbour = await RawMqttClient.SignInAsync(_broker.Address, "sim-neighbour"); // From another address.
        await _broker.AdvanceUntilAsync(() => ends.All(end => end.IsCompleted)); // A client that sends nothing loses its place.
        foreach (var connection in connections)
            await connection.DisposeAsync();
        await using var late = await RawMqttClient.DialAsync(
            _broker.Address,
            IPAddress.Parse("127.0.0.7"),
            null,
            RawMqttClient.Connect("sim-late")
        );
        Assert.Equal(0, (await late.ReadPacketAsync())[3]);
    }

    /// <summary>As many as there are devices, all at once: a city after a power cut, and clients that use the moment.</summary>
    [Slow]
    [Fact]
    public async Task A_device_is_acknowledged_while_ten_thousand_clients_connect_at_once()
    {
        const int Clients = 10_000,
            Addresses = 20,
            AtOnce = 500; // Both ends of each stand in this process, which may open so many files.
        await using var steady = await RawMqttClient.SignInAsync(_broker.Address, "sim-steady");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var burst = new CancellationTokenSource();
        var publishing = Task.Run(() => PublishUntilCancelledAsync(steady, burst));

        using var places = new SemaphoreSlim(AtOnce);
        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(i => ConnectAsync(i, Addresses, places)));
        await burst.CancelAsync();
        var (published, longest) = await publishing;

        Assert.All(answers.Where(answer => answer.Kind == 0), answer => Assert.Equal(0, answer.Code));
        Assert.All(answers.Where(answer => answer.Kind == 1), answer => Assert.Contains(answer.Code, new[] { Failed, TooMany, -1 }));
        Assert.InRange(
            answers.Count(answer => answer is (1, Failed)),
            1,
            Addresses * (new Limits().FailuresPerAddressAndMinute + new Limits().JudgedAtOnce)
        );
        Assert.True(
            published >= 10 && longest < BrokerFixture.Timeout / 2,
            $"It published {published} times, and waited {longest} at most."
        );
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"Acknowledged {published}, after {longest.TotalMilliseconds:F0} ms at most; {ManagedMemory.GrowthInMegabytes(before)} MB more."
        );

        var waited = Stopwatch.StartNew();
        while (_broker.Statistics.Connections() > 1)
        {
            Assert.True(waited.Elapsed < BrokerFixture.Timeout);
            _broker.Clock.Advance(TimeSpan.FromSeconds(1));
            await PingAsync(steady); // However many seconds that takes, it stays within its keep-alive.
        }

        _broker.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(ManagedMemory.GrowthInMegabytes(before) < 200, $"{ManagedMemory.GrowthInMegabytes(before)} MB.");
        await PingAsync(steady);
    }

    private static async Task PingAsync(RawMqttClient client)
    {
        await client.SendAsync(RawMqttClient.Packet(0xC0));
        Assert.Equal([0xD0, 0], await client.ReadPacketAsync());
    }

    /// <summary>Publishes until the burst is over; how often, and the longest wait for an acknowledgement.</summary>
    private static async Task<(int Published, TimeSpan Longest)> PublishUntilCancelledAsync(
        RawMqttClient steady,
        CancellationTokenSource burst
    )
    {
        var (published, longest) = (0, TimeSpan.Zero);
        while (!burst.IsCancellationRequested && published < 9_000)
        {
            var sent = Stopwatch.GetTimestamp();
            await steady.SendAsync(RawMqttClient.Publish(1, DeviceTopics.Heartbeat("sim-steady"), RawMqttClient.Heartbeat(++published)));
            Assert.Equal([0x40, 2, 0, 1], await steady.ReadPacketAsync());
            longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(sent).Ticks));
            await Task.Delay(1);
        }

        return (published, longest);
    }

    /// <summary>
    /// Connects one client of the burst. Of three clients one may sign in, one guesses a secret, and one sends nothing and leaves. Clients
    /// that guess have addresses of their own.
    /// </summary>
    /// <returns>Which of the three the client is, and the code of its CONNACK, or -1 without one.</returns>
    private async Task<(int Kind, int Code)> ConnectAsync(int number, int addresses, SemaphoreSlim places)
    {
        var kind = number % 3;
        await places.WaitAsync();
        try
        {
            await using var client = await RawMqttClient.DialAsync(
                _broker.Address,
                IPAddress.Parse($"127.0.{kind}.{2 + number % addresses}"),
                null,
                kind switch
                {
                    0 => [RawMqttClient.Connect($"sim-burst-{number}")],
                    1 => [RawMqttClient.Connect("sim-burst", secret: "guess")],
                    _ => [],
                }
            );
            return (kind, kind == 2 ? -1 : (await client.ReadPacketAsync())[3]);
        }
        catch (Exception closed) when (closed is IOException or SocketException)
        {
            return (kind, -1);
        }
        finally
        {
            places.Release();
        }
    }
}
