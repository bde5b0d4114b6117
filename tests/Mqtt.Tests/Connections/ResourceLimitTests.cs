using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Connections;

/// <summary>Memory, patience and places at the door are bounded, whoever asks for them and however many.</summary>
public sealed class ResourceLimitTests : IAsyncLifetime
{
    private const byte Failed = 0x86,
        TooMany = 0x9F;

    private readonly BrokerFixture _antenna = new();

    public ValueTask InitializeAsync() => _antenna.InitializeAsync();

    public ValueTask DisposeAsync() => _antenna.DisposeAsync();

    /// <summary>How much more is held than at the beginning, in MB, when the garbage is out.</summary>
    private static long MoreMegabytes(long before) => (GC.GetTotalMemory(forceFullCollection: true) - before) / 1_000_000;

    /// <summary>Lets time pass until something is so.</summary>
    private async Task PassUntilAsync(Func<bool> isSo, int patiences = 1)
    {
        for (var patience = Stopwatch.StartNew(); !isSo(); await Task.Delay(1))
        {
            Assert.True(patience.Elapsed < BrokerFixture.Patience * patiences);
            _antenna.Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task The_256_megabytes_that_a_length_may_promise(bool hasSignedIn, bool isTls)
    {
        var clients = isTls ? 40 : 200;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var lines = await Task.WhenAll(
            Enumerable
                .Range(0, clients)
                .Select(async i =>
                {
                    var line = isTls
                        ? await (await RawMqttClient.DialAsync(_antenna.TlsAddress)).EncryptAsync()
                        : await RawMqttClient.DialAsync(_antenna.Address);
                    if (hasSignedIn)
                    {
                        await line.SendAsync(RawMqttClient.Connect($"sim-large-{i}"));
                        Assert.Equal(0, (await line.ReadPacketAsync())[3]);
                    }

                    return line;
                })
        );
        await Task.WhenAll(
            lines.Select(async line =>
            {
                await line.SendAsync(new byte[] { hasSignedIn ? (byte)0x32 : (byte)0x10, 0xFF, 0xFF, 0xFF, 0x7F });
                if (hasSignedIn)
                    Assert.Equal([0xE0, 2, 0x95, 0], await line.ReadPacketAsync());
                try
                {
                    for (var i = 0; i < 16; i++) // It goes on all the same.
                        await line.SendAsync(new byte[64 * 1024]);
                }
                catch (IOException)
                {
                    // Closed by then, or it is read and thrown away.
                }

                await line.UntilClosedAsync();
            })
        );
        Assert.True(MoreMegabytes(before) < 100, $"{MoreMegabytes(before)} MB for {clients} clients.");
        Assert.Equal(clients, _antenna.Counted.Count(counted => counted == "registry.publishes.refused size unread 1"));
        foreach (var line in lines)
            await line.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_packet_that_comes_a_byte_a_second(bool hasSignedIn)
    {
        await using var line = hasSignedIn
            ? await RawMqttClient.SignInAsync(_antenna.Address, "sim-drip")
            : await RawMqttClient.DialAsync(_antenna.Address);
        var bytes = hasSignedIn
            ? RawMqttClient.Publish(1, DeviceTopics.Heartbeat("sim-drip"), RawMqttClient.Heartbeat(1))
            : RawMqttClient.Connect("sim-drip");
        var end = hasSignedIn ? line.ReadPacketAsync() : line.UntilClosedAsync(isHalfClosed: false);
        var sent = 0;
        for (; !end.IsCompleted && sent < bytes.Length; sent++)
        {
            try
            {
                await line.SendAsync(bytes.AsMemory(sent, 1));
            }
            catch (IOException)
            {
                break;
            }

            _antenna.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(end, Task.Delay(10)); // For the byte to arrive before the next second.
        }

        Assert.InRange(sent, 10, bytes.Length / 2); // Ten seconds are given.
        Assert.Equal(hasSignedIn ? [0xE0, 2, 0x80, 0] : Array.Empty<byte>(), await end);
        Assert.Empty(_antenna.Kept.Heartbeats);
    }

    [Fact]
    public async Task Packets_of_which_each_reading_ends_within_the_next_are_no_slow_packet()
    {
        await using var line = await RawMqttClient.SignInAsync(_antenna.Address, "sim-uploads", keepAlive: 60);
        const int Half = 20;
        var before = Array.Empty<byte>();
        for (ushort i = 1; i <= 12; i++)
        {
            var packet = RawMqttClient.Publish(i, DeviceTopics.Heartbeat("sim-uploads"), RawMqttClient.Heartbeat(i));
            await line.SendAsync(before.Concat(packet[..Half]).ToArray());
            if (i > 1)
                Assert.Equal([0x40, 2, 0, (byte)(i - 1)], await line.ReadPacketAsync());
            before = packet[Half..];
            _antenna.Clock.Advance(TimeSpan.FromSeconds(3));
        }
    }

    [Theory]
    [InlineData(1_500, 0x87)]
    [InlineData(10_001, 0x97)] // More than it may send.
    public async Task Strangers_that_a_gateway_names_without_end(int strangers, int code)
    {
        await using var line = await RawMqttClient.SignInAsync(_antenna.Address, BrokerFixture.FakeEnrolment.Gateway);
        var sending = line.SendAsync(
            Enumerable
                .Range(0, strangers)
                .SelectMany(i => RawMqttClient.Publish((ushort)(i + 1), DeviceTopics.Heartbeat($"stranger-{i}"), ""))
                .ToArray()
        );
        byte[] answer = [];
        for (var i = 1; i <= strangers; i++)
            Assert.Equal((0x40, i), ((answer = await line.ReadPacketAsync())[0], answer[2] << 8 | answer[3]));
        await sending;
        Assert.Equal(code, answer[4]);
        Assert.InRange(_antenna.Enrolled.AskedBehind, 1000, 10_000);
        Assert.InRange(_antenna.Logged.Count(said => said.Contains("Refused", StringComparison.Ordinal)), 1, 2);

        var asked = _antenna.Enrolled.AskedBehind;
        _antenna.Clock.Advance(TimeSpan.FromMinutes(1));
        for (ushort i = 0; i < 2; i++)
        {
            await line.SendAsync(RawMqttClient.Publish(9, DeviceTopics.Heartbeat($"stranger-{i * 1400}"), ""));
            Assert.Equal([0x40, 3, 0, 9, 0x87], await line.ReadPacketAsync());
            Assert.Equal(asked + i, _antenna.Enrolled.AskedBehind); // Of the first it is known; nobody remembers them all.
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Lines_in_the_log_of_who_floods(bool hasSignedIn)
    {
        if (hasSignedIn)
        {
            await using var line = await RawMqttClient.SignInAsync(_antenna.Address, BrokerFixture.FakeEnrolment.Gateway);
            var sending = line.SendAsync(
                Enumerable.Repeat(RawMqttClient.Publish(9, "a/b", ""), 11_000).SelectMany(bytes => bytes).ToArray()
            );
            for (var i = 0; i < 11_000; i++)
                Assert.Equal([0x40, 3, 0, 9, (byte)(i < 10_000 ? 0x87 : 0x97)], await line.ReadPacketAsync());
            await sending;
            _antenna.Clock.Advance(TimeSpan.FromSeconds(6));
            await line.SendAsync(RawMqttClient.Publish(9, "a/b", ""));
            await line.ReadPacketAsync();
        }
        else
        {
            for (var i = 0; i <= 100; i++)
            {
                if (i == 100)
                    _antenna.Clock.Advance(TimeSpan.FromSeconds(6));
                await using var line = await RawMqttClient.DialAsync(_antenna.Address, new byte[] { 0x10, 0xFF, 0xFF, 0xFF, 0x7F });
                Assert.Empty(await line.UntilClosedAsync());
            }
        }

        var said = _antenna.Logged.Where(said => said.StartsWith("Refused", StringComparison.Ordinal)).ToArray();
        Assert.InRange(said.Length, 2, 3);
        Assert.Contains(
            said,
            line => line.StartsWith(hasSignedIn ? "Refused 10000 publishes" : "Refused 100 packets", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Handshakes_that_are_begun_and_never_ended()
    {
        const int Clients = 700;
        var from = IPAddress.Parse("127.0.0.8");
        var lines = await Task.WhenAll(
            Enumerable.Range(0, Clients).Select(_ => RawMqttClient.DialAsync(_antenna.TlsAddress, from, null, [0x16, 3, 1]))
        );
        var ends = lines.Select(line => line.UntilClosedAsync(isHalfClosed: false)).ToArray();
        for (
            var patience = Stopwatch.StartNew();
            ends.Count(end => end.IsCompleted) < Clients - new Limits().WaitingPerAddress;
            await Task.Delay(1)
        )
            // Which is after five seconds.
            Assert.True(patience.Elapsed < BrokerFixture.Patience / 3, "They are let in until their handshake is over.");
        await using var neighbour = await (await RawMqttClient.DialAsync(_antenna.TlsAddress)).EncryptAsync(); // From another address.
        await neighbour.SendAsync(RawMqttClient.Connect("sim-neighbour"));
        Assert.Equal(0, (await neighbour.ReadPacketAsync())[3]);
        foreach (var line in lines)
            await line.DisposeAsync();
    }

    [Fact]
    public async Task Connections_of_one_address_that_come_too_fast()
    {
        var from = IPAddress.Parse("127.0.0.9");
        async Task<int> LetInAsync(int many)
        {
            var letIn = 0;
            for (var i = 0; i < many; i++)
            {
                try
                {
                    await using var line = await RawMqttClient.DialAsync(
                        _antenna.Address,
                        from,
                        null,
                        RawMqttClient.Connect("sim-hasty", secret: i % 50 == 0 ? null : "")
                    );
                    await line.ReadPacketAsync();
                    letIn++;
                }
                catch (Exception closed) when (closed is IOException or SocketException)
                {
                    // Not let in.
                }
            }

            return letIn;
        }

        var limits = new Limits();
        Assert.Equal(limits.ConnectionBurstPerAddress, await LetInAsync(limits.ConnectionBurstPerAddress + 10));
        await using var neighbour = await RawMqttClient.SignInAsync(_antenna.Address, "sim-neighbour"); // From another address.
        _antenna.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(limits.ConnectionsPerSecondAndAddress, await LetInAsync(limits.ConnectionsPerSecondAndAddress + 10));
        _antenna.Clock.Advance(TimeSpan.FromMinutes(2)); // Forgotten, and let in as before.
        Assert.Equal(300, await LetInAsync(300));
    }

    [Fact]
    public async Task Subscriptions_that_are_asked_for_again_and_again()
    {
        await using var line = await RawMqttClient.SignInAsync(_antenna.Address, "sim-curious");
        _antenna.Expecting.Held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < 10; i++)
        {
            await line.SendAsync(RawMqttClient.Subscribe(1, true, Enumerable.Repeat(DeviceTopics.Expected("sim-curious"), 1001)));
            var answer = await line.ReadPacketAsync();
            Assert.Equal((0x90, 1001, i < 9 ? 1 : 0x97), (answer[0], answer.AsSpan(6).Length, answer[^1]));
        }

        _antenna.Expecting.Held.SetResult();
        Assert.Equal(0x30, (await line.ReadPacketAsync())[0] & 0xF0);
        Assert.Equal(0x30, (await line.ReadPacketAsync())[0] & 0xF0);
        await line.SendAsync(RawMqttClient.Packet(0xC0));
        Assert.Equal([0xD0, 0], await line.ReadPacketAsync());
        Assert.Equal(2, _antenna.Expecting.Asked); // Once for the first, once for all that were asked meanwhile.
        Assert.Contains("registry.subscribes.refused quota-exceeded 1", _antenna.Counted);
    }

    [Fact]
    public async Task Questions_to_the_database_of_many_that_subscribe_at_once()
    {
        var lines = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => RawMqttClient.SignInAsync(_antenna.Address, $"sim-many-{i}")));
        _antenna.Expecting.Held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < lines.Length; i++)
        {
            await lines[i].SendAsync(RawMqttClient.Subscribe(1, true, DeviceTopics.Expected($"sim-many-{i}")));
            Assert.Equal(0x90, (await lines[i].ReadPacketAsync())[0]);
        }

        Assert.InRange(_antenna.Expecting.Asked, 1, 8);
        _antenna.Expecting.Held.SetResult();
        foreach (var line in lines)
        {
            Assert.Equal(0x30, (await line.ReadPacketAsync())[0] & 0xF0);
            await line.DisposeAsync();
        }
    }

    [Fact]
    public async Task Heartbeats_while_no_commit_returns()
    {
        const int Queue = 8192,
            Others = 40,
            Much = 40_000; // 20 MB: no two sockets hold that.
        await using var flood = await RawMqttClient.SignInAsync(_antenna.Address, "sim-flood");
        var lines = await Task.WhenAll(
            Enumerable.Range(0, Others).Select(i => RawMqttClient.SignInAsync(_antenna.Address, $"sim-held-{i}"))
        );
        _antenna.Kept.Hold();
        var much = Enumerable
            .Range(1, Much)
            .SelectMany(i =>
                RawMqttClient.Publish((ushort)(i % 60_000), DeviceTopics.Heartbeat("sim-flood"), RawMqttClient.Heartbeat(i).PadRight(500))
            )
            .ToArray();
        var each = lines
            .Select(
                (_, unit) =>
                    Enumerable
                        .Range(1, 300)
                        .SelectMany(i =>
                            RawMqttClient.Publish((ushort)i, DeviceTopics.Heartbeat($"sim-held-{unit}"), RawMqttClient.Heartbeat(i))
                        )
                        .ToArray()
            )
            .ToArray();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var flooding = flood.SendAsync(much);
        for (var patience = Stopwatch.StartNew(); _antenna.Kept.Places.CurrentCount > Queue - new Limits().InFlight; await Task.Delay(1))
            Assert.True(patience.Elapsed < BrokerFixture.Patience);
        for (var i = 0; i < 20; i++)
            await (await RawMqttClient.SignInAsync(_antenna.Address, "sim-passer-by")).DisposeAsync();
        Assert.Equal(Queue - new Limits().InFlight, _antenna.Kept.Places.CurrentCount); // So many of one connection, and no more.
        await Task.WhenAll(lines.Select((line, unit) => line.SendAsync(each[unit])));
        for (var patience = Stopwatch.StartNew(); _antenna.Kept.Places.CurrentCount > 0; await Task.Delay(1))
            Assert.True(patience.Elapsed < BrokerFixture.Patience);

        for (var i = 0; i < 50; i++) // Whoever has nothing to keep is served meanwhile; who floods is not read.
            await (await RawMqttClient.SignInAsync(_antenna.Address, "sim-passer-by")).DisposeAsync();
        Assert.False(flooding.IsCompleted, "20 MB were read of a client whose heartbeats cannot be kept.");
        Assert.True(MoreMegabytes(before) < 50, $"{MoreMegabytes(before)} MB.");
        Assert.Empty(_antenna.Kept.Heartbeats);

        _antenna.Kept.Release();
        await Task.WhenAll(lines.Select(line => AnsweredAsync(line, 300)).Append(AnsweredAsync(flood, Much)));
        await flooding;
        Assert.Equal(300 * Others + new Limits().BurstPerDevice, _antenna.Kept.Heartbeats.Count);
        foreach (var line in lines)
            await line.DisposeAsync();

        static async Task AnsweredAsync(RawMqttClient line, int many)
        {
            for (var i = 1; i <= many; i++)
            {
                var answer = await line.ReadPacketAsync();
                Assert.Equal(
                    (0x40, i % 60_000, i <= new Limits().BurstPerDevice ? 0 : 0x97),
                    (answer[0], answer[2] << 8 | answer[3], answer.Length > 4 ? answer[4] : 0)
                );
            }
        }
    }

    [Fact]
    public async Task Answers_that_a_client_asks_for_and_never_takes()
    {
        // Two bytes that are answered with two.
        var asked = Enumerable.Repeat(RawMqttClient.Packet(0xC0), 32 * 1024).SelectMany(bytes => bytes).ToArray();
        await using var line = await RawMqttClient.DialAsync(
            _antenna.Address,
            IPAddress.Any,
            takes: 1024,
            RawMqttClient.Connect("sim-deaf")
        );
        await line.ReadPacketAsync();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var sent = 0;
        var asking = AskAsync();
        // A million answers fit into the buffers between the two before nothing more does.
        await PassUntilAsync(() => asking.IsCompleted, patiences: 6);
        Assert.True(await asking, "It was never told to wait, and never cut.");
        Assert.True(MoreMegabytes(before) < 60);
        Assert.Equal(0, _antenna.Figures.Connections());
        await using var other = await RawMqttClient.SignInAsync(_antenna.Address, "sim-patient"); // Nobody else was kept waiting.

        async Task<bool> AskAsync()
        {
            try
            {
                for (; sent < 512; sent++)
                    await line.SendAsync(asked);
                return false;
            }
            catch (IOException)
            {
                return true;
            }
        }
    }

    [Fact]
    public async Task More_places_at_the_door_than_an_address_may_have()
    {
        const int Clients = 1500;
        var lines = await Task.WhenAll(
            Enumerable.Range(0, Clients).Select(_ => RawMqttClient.DialAsync(_antenna.Address, IPAddress.Parse("127.0.0.7"), null))
        );
        var ends = lines.Select(line => line.UntilClosedAsync(isHalfClosed: false)).ToArray();
        for (
            var patience = Stopwatch.StartNew();
            ends.Count(end => end.IsCompleted) < Clients - new Limits().WaitingPerAddress;
            await Task.Delay(1)
        )
            Assert.True(patience.Elapsed < BrokerFixture.Patience);
        Assert.Equal(new Limits().WaitingPerAddress, ends.Count(end => !end.IsCompleted));
        await using var neighbour = await RawMqttClient.SignInAsync(_antenna.Address, "sim-neighbour"); // From another address.
        await PassUntilAsync(() => ends.All(end => end.IsCompleted)); // Who says nothing does not keep its place.
        foreach (var line in lines)
            await line.DisposeAsync();
        await using var late = await RawMqttClient.DialAsync(
            _antenna.Address,
            IPAddress.Parse("127.0.0.7"),
            null,
            RawMqttClient.Connect("sim-late")
        );
        Assert.Equal(0, (await late.ReadPacketAsync())[3]);
    }

    /// <summary>As many as there are devices, all at once: a city after a power cut, and whoever uses the moment.</summary>
    [Fact]
    public async Task Ten_thousand_that_come_at_once_while_one_that_was_there_speaks_on()
    {
        const int Clients = 10_000,
            Addresses = 20,
            AtOnce = 500; // Both ends of each stand in this process, which may open so many files.
        await using var steady = await RawMqttClient.SignInAsync(_antenna.Address, "sim-steady");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var burst = new CancellationTokenSource();
        var (spoken, longest) = (0, TimeSpan.Zero);
        var speaking = Task.Run(async () =>
        {
            while (!burst.IsCancellationRequested && spoken < 9_000)
            {
                var asked = Stopwatch.GetTimestamp();
                await steady.SendAsync(RawMqttClient.Publish(1, DeviceTopics.Heartbeat("sim-steady"), RawMqttClient.Heartbeat(++spoken)));
                Assert.Equal([0x40, 2, 0, 1], await steady.ReadPacketAsync());
                longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(asked).Ticks));
                await Task.Delay(1);
            }
        });

        using var door = new SemaphoreSlim(AtOnce);
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, Clients)
                .Select(async i =>
                {
                    await door.WaitAsync();
                    try
                    {
                        // Of three one is welcome, one guesses, one says nothing and goes. Who guesses has addresses of its own.
                        var from = IPAddress.Parse($"127.0.{i % 3}.{2 + i % Addresses}");
                        await using var line = await RawMqttClient.DialAsync(
                            _antenna.Address,
                            from,
                            null,
                            (i % 3) switch
                            {
                                0 => [RawMqttClient.Connect($"sim-burst-{i}")],
                                1 => [RawMqttClient.Connect("sim-burst", secret: "guess")],
                                _ => [],
                            }
                        );
                        if (i % 3 == 2)
                            return (i % 3, -1);
                        return (i % 3, (int)(await line.ReadPacketAsync())[3]);
                    }
                    catch (Exception closed) when (closed is IOException or SocketException)
                    {
                        return (i % 3, -1);
                    }
                    finally
                    {
                        door.Release();
                    }
                })
        );
        await burst.CancelAsync();
        await speaking;

        Assert.All(answers.Where(answer => answer.Item1 == 0), answer => Assert.Equal(0, answer.Item2));
        Assert.All(answers.Where(answer => answer.Item1 == 1), answer => Assert.Contains(answer.Item2, new[] { Failed, TooMany, -1 }));
        Assert.InRange(
            answers.Count(answer => answer is (1, Failed)),
            1,
            Addresses * (new Limits().FailuresPerAddressAndMinute + new Limits().JudgedAtOnce)
        );
        Assert.True(spoken >= 10 && longest < BrokerFixture.Patience / 2, $"It spoke {spoken} times, and waited {longest} at most.");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"Acknowledged {spoken}, after {longest.TotalMilliseconds:F0} ms at most; {MoreMegabytes(before)} MB more."
        );

        await PassUntilAsync(() => _antenna.Figures.Connections() == 1);
        _antenna.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(MoreMegabytes(before) < 200, $"{MoreMegabytes(before)} MB.");
        await steady.SendAsync(RawMqttClient.Packet(0xC0));
        Assert.Equal([0xD0, 0], await steady.ReadPacketAsync());
    }
}
