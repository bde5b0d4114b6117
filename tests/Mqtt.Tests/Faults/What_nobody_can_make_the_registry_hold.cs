using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace SurveillanceRegistry.Mqtt.Tests.Faults;

/// <summary>Memory, patience and places at the door are bounded, whoever asks for them and however many.</summary>
public sealed class What_nobody_can_make_the_registry_hold : IAsyncLifetime
{
    private const byte Failed = 0x86, TooMany = 0x9F;

    private readonly Antenna _antenna = new();

    public ValueTask InitializeAsync() => _antenna.InitializeAsync();

    public ValueTask DisposeAsync() => _antenna.DisposeAsync();

    /// <summary>How much more is held than at the beginning, in MB, when the garbage is out.</summary>
    private static long MoreMegabytes(long before) => (GC.GetTotalMemory(forceFullCollection: true) - before) / 1_000_000;

    /// <summary>Lets time pass until something is so.</summary>
    private async Task PassUntilAsync(Func<bool> isSo)
    {
        for (var patience = Stopwatch.StartNew(); !isSo(); await Task.Delay(1))
        {
            Assert.True(patience.Elapsed < Antenna.Patience);
            _antenna.Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_256_megabytes_that_a_length_may_promise(bool hasSignedIn)
    {
        const int Clients = 200;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var lines = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async i =>
            hasSignedIn ? await Wire.SignInAsync(_antenna.Address, $"sim-large-{i}") : await Wire.DialAsync(_antenna.Address)));
        await Task.WhenAll(lines.Select(async line =>
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
        }));
        Assert.True(MoreMegabytes(before) < 100, $"{MoreMegabytes(before)} MB for {Clients} clients.");
        Assert.Equal(Clients, _antenna.Counted.Count(counted => counted == "registry.publishes.refused size unread 1"));
        foreach (var line in lines)
            await line.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_packet_that_comes_a_byte_a_second(bool hasSignedIn)
    {
        await using var line = hasSignedIn ? await Wire.SignInAsync(_antenna.Address, "sim-drip") : await Wire.DialAsync(_antenna.Address);
        var bytes = hasSignedIn ? Wire.Publish(1, Topic.Heartbeat("sim-drip"), Wire.Heartbeat(1)) : Wire.Connect("sim-drip");
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
    public async Task Answers_that_a_client_asks_for_and_never_takes()
    {
        var asked = Enumerable.Repeat(Wire.Packet(0xC0), 32 * 1024).SelectMany(bytes => bytes).ToArray(); // Two bytes that are answered with two.
        await using var line = await Wire.DialAsync(_antenna.Address, IPAddress.Any, takes: 1024, Wire.Connect("sim-deaf"));
        await line.ReadPacketAsync();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var sent = 0;
        var asking = AskAsync();
        await PassUntilAsync(() => asking.IsCompleted);
        Assert.True(await asking, "It was never told to wait, and never cut.");
        Assert.True(MoreMegabytes(before) < 60);
        Assert.Equal(0, _antenna.Figures.Connections());
        await using var other = await Wire.SignInAsync(_antenna.Address, "sim-patient"); // Nobody else was kept waiting.

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
        var lines = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Wire.DialAsync(_antenna.Address, IPAddress.Parse("127.0.0.7"), null)));
        var ends = lines.Select(line => line.UntilClosedAsync(isHalfClosed: false)).ToArray();
        for (var patience = Stopwatch.StartNew(); ends.Count(end => end.IsCompleted) < Clients - new Limits().WaitingPerAddress; await Task.Delay(1))
            Assert.True(patience.Elapsed < Antenna.Patience);
        Assert.Equal(new Limits().WaitingPerAddress, ends.Count(end => !end.IsCompleted));
        await using var neighbour = await Wire.SignInAsync(_antenna.Address, "sim-neighbour"); // From another address.
        await PassUntilAsync(() => ends.All(end => end.IsCompleted)); // Who says nothing does not keep its place.
        foreach (var line in lines)
            await line.DisposeAsync();
        await using var late = await Wire.DialAsync(_antenna.Address, IPAddress.Parse("127.0.0.7"), null, Wire.Connect("sim-late"));
        Assert.Equal(0, (await late.ReadPacketAsync())[3]);
    }

    /// <summary>As many as there are devices, all at once: a city after a power cut, and whoever uses the moment.</summary>
    [Fact]
    public async Task Ten_thousand_that_come_at_once_while_one_that_was_there_speaks_on()
    {
        const int Clients = 10_000, Addresses = 20, AtOnce = 500; // Both ends of each stand in this process, which may open so many files.
        await using var steady = await Wire.SignInAsync(_antenna.Address, "sim-steady");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var burst = new CancellationTokenSource();
        var (spoken, longest) = (0, TimeSpan.Zero);
        var speaking = Task.Run(async () =>
        {
            while (!burst.IsCancellationRequested && spoken < 9_000)
            {
                var asked = Stopwatch.GetTimestamp();
                await steady.SendAsync(Wire.Publish(1, Topic.Heartbeat("sim-steady"), Wire.Heartbeat(++spoken)));
                Assert.Equal([0x40, 2, 0, 1], await steady.ReadPacketAsync());
                longest = TimeSpan.FromTicks(Math.Max(longest.Ticks, Stopwatch.GetElapsedTime(asked).Ticks));
                await Task.Delay(1);
            }
        });

        using var door = new SemaphoreSlim(AtOnce);
        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(async i =>
        {
            await door.WaitAsync();
            try
            {
                // Of three one is welcome, one guesses, one says nothing and goes. Who guesses has addresses of its own.
                var from = IPAddress.Parse($"127.0.{i % 3}.{2 + i % Addresses}");
                await using var line = await Wire.DialAsync(_antenna.Address, from, null, (i % 3) switch { 0 => [Wire.Connect($"sim-burst-{i}")], 1 => [Wire.Connect("sim-burst", secret: "guess")], _ => [] });
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
        }));
        await burst.CancelAsync();
        await speaking;

        Assert.All(answers.Where(answer => answer.Item1 == 0), answer => Assert.Equal(0, answer.Item2));
        Assert.All(answers.Where(answer => answer.Item1 == 1), answer => Assert.Contains(answer.Item2, new[] { Failed, TooMany, -1 }));
        Assert.InRange(answers.Count(answer => answer is (1, Failed)), 1, Addresses * (new Limits().FailuresPerAddressAndMinute + new Limits().JudgedAtOnce));
        Assert.True(spoken >= 10 && longest < Antenna.Patience / 2, $"It spoke {spoken} times, and waited {longest} at most.");
        TestContext.Current.TestOutputHelper?.WriteLine($"Acknowledged {spoken}, after {longest.TotalMilliseconds:F0} ms at most; {MoreMegabytes(before)} MB more.");

        await PassUntilAsync(() => _antenna.Figures.Connections() == 1);
        _antenna.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.True(MoreMegabytes(before) < 200, $"{MoreMegabytes(before)} MB.");
        await steady.SendAsync(Wire.Packet(0xC0));
        Assert.Equal([0xD0, 0], await steady.ReadPacketAsync());
    }
}
