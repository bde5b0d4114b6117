using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using SurveillanceRegistry.Journeys.Tests.Fixtures;
using SurveillanceRegistry.Mqtt.Packets;
using SurveillanceRegistry.Mqtt.Publishing;

namespace SurveillanceRegistry.Journeys.Tests.Devices;

/// <summary>
/// The check of packets against an encoder and a parser of another maker, npm's <c>mqtt-packet</c>. It makes packets of every type that a
/// client may send, and mutates them. The broker refuses more than the parser does, and nothing less: there is no exception.
/// </summary>
public sealed class MqttPacketFuzzTests
{
    private const int Packets = 20_000,
        Seed = 20261130;
    private const byte Made = 1,
        MutatedAndRefused = 3;

    private static bool IsLong => Environment.GetEnvironmentVariable("REGISTRY_LONG") == "1";

    [Fact]
    public async Task Every_packet_of_another_encoder_passes_and_what_its_parser_refuses_is_refused()
    {
        var seed = IsLong ? Environment.TickCount & int.MaxValue : Seed;
        var (made, refused, wrong) = (0, 0, new List<string>());
        await foreach (var (version, verdict, packet) in ReadAsync(seed, IsLong ? 20 * Packets : Packets))
        {
            var result = Check(packet, version == 5);
            made += verdict == Made ? 1 : 0;
            refused += verdict == MutatedAndRefused ? 1 : 0;
            if (verdict == Made && result != PacketCheckResult.WellFormed)
                wrong.Add($"MQTT {version}, made, {result}: {Convert.ToHexStringLower(packet)}");
            if (verdict == MutatedAndRefused && result == PacketCheckResult.WellFormed)
                wrong.Add($"MQTT {version}, refused by the parser: {Convert.ToHexStringLower(packet)}");
        }

        Assert.True(wrong.Count == 0, $"Seed {seed}, {wrong.Count} wrong:\n{string.Join('\n', wrong.Take(20))}");
        Assert.Equal(IsLong ? 20 * Packets : Packets, made);
        Assert.True(refused > Packets / 10, $"Only {refused} mutated packets were refused by the parser.");
    }

    /// <summary>Checks a packet as the broker does: a CONNECT as the first one, every other one after the sign-in.</summary>
    private static PacketCheckResult Check(byte[] packet, bool isVersion5) =>
        ConnectCheck.CanBegin(packet[0]) ? ConnectCheck.Check(packet, out _)
        : PublishPacket.Is(packet[0]) ? PublishPacket.Read(packet, isVersion5, out _)
        : PacketCheck.Check(packet, isVersion5, connectExpirySeconds: 1);

    private static async IAsyncEnumerable<(int Version, byte Verdict, byte[] Packet)> ReadAsync(int seed, int count)
    {
        var program = Path.Combine(Programs.Root, "tests/Journeys.Tests/npm/mqtt-packets.mjs");
        string[] arguments = [program, seed.ToString(CultureInfo.InvariantCulture), count.ToString(CultureInfo.InvariantCulture)];
        using var node = Process.Start(new ProcessStartInfo("node", arguments) { RedirectStandardOutput = true })!;
        var output = node.StandardOutput.BaseStream;
        var head = new byte[6];
        while (await output.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false) == head.Length)
        {
            var packet = new byte[BinaryPrimitives.ReadInt32BigEndian(head) - 2];
            await output.ReadExactlyAsync(packet);
            yield return (head[4], head[5], packet);
        }

        await node.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, node.ExitCode);
    }
}
