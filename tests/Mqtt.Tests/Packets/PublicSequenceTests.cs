using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Packets;

/// <summary>
/// Replays the raw packets of Mosquitto's own tests (its <c>test/broker/data</c>, not copied here) from the folder in
/// REGISTRY_MQTT_SEQUENCES. Run it with <c>-explicit only</c>. Each sequence gets the answer that its file expects, or stands in the list
/// of exceptions in docs/guide/device-integrators.md.
/// </summary>
public sealed class PublicSequenceTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly BrokerFixture _broker = new()
    {
        Limits = new Limits
        {
            TakeoversPerMinute = 1_000_000,
            FailuresPerAddressAndMinute = 1_000_000,
            ConnectionBurstPerAddress = 1_000_000,
        },
    };

    public ValueTask InitializeAsync() => _broker.InitializeAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact(Explicit = true)]
    public async Task Every_public_sequence_gets_its_answer_or_is_a_listed_exception()
    {
        var folder = Environment.GetEnvironmentVariable("REGISTRY_MQTT_SEQUENCES");
        Assert.SkipWhen(folder is null, "Set REGISTRY_MQTT_SEQUENCES to a folder of Mosquitto's test/broker/data.");
        var results = new List<(string Name, string Result)>();
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            using var document = JsonDocument.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
            foreach (var group in document.RootElement.EnumerateArray())
            {
                foreach (var sequence in group.GetProperty("tests").EnumerateArray())
                {
                    var name =
                        $"{Path.GetFileName(file)} {group.GetProperty("group").GetString()}: {sequence.GetProperty("name").GetString()}";
                    results.Add((name, await ReplayAsync(group, sequence)));
                }
            }
        }

        foreach (var kind in results.GroupBy(one => one.Result.Split(':')[0]).OrderByDescending(kind => kind.Count()))
            output.WriteLine($"{kind.Count()} {kind.Key}");
        foreach (var (name, result) in results.Where(one => !one.Result.StartsWith("right", StringComparison.Ordinal)))
            output.WriteLine($"{result} | {name}");
        Assert.DoesNotContain(results, one => one.Result.StartsWith("wrong", StringComparison.Ordinal));
    }

    private async Task<string> ReplayAsync(JsonElement group, JsonElement sequence)
    {
        var isVersion5 = Setting("ver", 4) == 5;
        var steps = sequence.GetProperty("msgs").EnumerateArray().ToArray();
        if (steps.Any(step => step.GetProperty("type").GetString() is not ("send" or "recv")))
            return "exception routing: another client publishes";
        var isKnown =
            Setting("connect", 1) == 1 && !sequence.GetProperty("name").GetString()!.Contains("[MQTT-3.1.0-1]", StringComparison.Ordinal);
        await using var client = isKnown
            ? await RawMqttClient.SignInAsync(_broker.Address, FakeEnrolment.Recorder, isVersion5)
            : await RawMqttClient.DialAsync(_broker.Address);
        byte[] sent = [];
        byte[]? answer = [];
        foreach (var step in steps)
        {
            var bytes = Bytes(step.GetProperty("payload").GetString()!);
            if (step.GetProperty("type").GetString() == "send")
            {
                sent = bytes;
                await SendAsync(client, bytes);
                continue;
            }

            answer = await ReadAsync(client);
            if (!IsLike(bytes, answer))
                return Judge(sent, bytes, answer);
        }

        var isAlive = answer is not [0xE0, ..] && await IsAliveAsync(client);
        return isAlive != (Setting("expect_disconnect", 1) == 1) ? "right" : Judge(sent, [], isAlive ? [] : null);

        int Setting(string key, int otherwise) =>
            sequence.TryGetProperty(key, out var own) || group.TryGetProperty(key, out own)
                ? own.ValueKind is JsonValueKind.Number
                    ? own.GetInt32()
                    : own.GetBoolean()
                        ? 1
                        : 0
                : otherwise;
    }

    /// <summary>Whether an answer is of the expected type, and a success or failure as expected. Codes of one meaning differ.</summary>
    private static bool IsLike(byte[] expected, byte[]? answer) =>
        answer is [_, ..]
        && (expected[0] & 0xF0) == (answer[0] & 0xF0)
        && (expected[0] != 0x20 || (expected[3] == 0) == (answer[3] == 0))
        && (expected[0] & 0xF0) != 0x30;

    /// <summary>Why an answer may differ; "wrong" when it may not.</summary>
    private static string Judge(byte[] sent, byte[] expected, byte[]? answer) =>
        sent is [0x10 or 0x14, ..] && answer is [0x20, _, _, 2 or 4 or 5 or 0x86 or 0x87, ..] ? "exception sign-in: no credential"
        : sent.AsSpan().IndexOf("MQIsdp"u8) == 4 ? "exception MQTT 3.1: held to the rules of 3.1.1"
        : answer is [0xE0, _, 0x9B, ..] || answer is null && (sent[0] & 0xF6) == 0x34 ? "exception QoS 2: not supported"
        : answer is [0xE0, _, 0x94, ..] ? "exception alias: none is allowed"
        : expected is [>= 0x30 and < 0x40, ..] ? "exception routing: nothing is routed"
        : $"wrong: sent {Hex(sent)}, expected {Hex(expected)}, got {Hex(answer)}";

    private static string Hex(byte[]? packet) => packet is null ? "the end" : Convert.ToHexString(packet);

    private static async Task SendAsync(RawMqttClient client, byte[] bytes)
    {
        try
        {
            await client.SendAsync(bytes);
        }
        catch (IOException)
        {
            // It is closed; the next step tells.
        }
    }

    /// <summary>The next packet; null when the connection ended.</summary>
    private static async Task<byte[]?> ReadAsync(RawMqttClient client)
    {
        var reading = client.ReadPacketAsync();
        try
        {
            return await reading.WaitAsync(TimeSpan.FromSeconds(1));
        }
        catch (IOException)
        {
            return null;
        }
        catch (TimeoutException)
        {
            return [];
        }
    }

    private static async Task<bool> IsAliveAsync(RawMqttClient client)
    {
        await SendAsync(client, [0xC0, 0]);
        while (await ReadAsync(client) is { } packet)
        {
            if (packet is [0xD0, ..])
                return true;
            if (packet is [] or [0xE0, ..])
                break;
        }

        return false;
    }

    /// <summary>Parses the notation of those files: numbers of several lengths, quoted text, and hexadecimal bytes.</summary>
    private static byte[] Bytes(string payload)
    {
        var bytes = new List<byte>();
        for (var rest = payload.AsSpan().Trim(); !rest.IsEmpty; rest = rest.Trim())
        {
            if (rest[0] == '\'')
            {
                var end = 1 + rest[1..].IndexOf('\'');
                bytes.AddRange(Encoding.UTF8.GetBytes(rest[1..end].ToString()));
                rest = rest[(end + 1)..];
                continue;
            }

            var space = rest.IndexOf(' ');
            var token = space < 0 ? rest : rest[..space];
            rest = rest[token.Length..];
            bytes.AddRange(
                token[0] switch
                {
                    'i' => [byte.Parse(token[1..], CultureInfo.InvariantCulture)],
                    'H' or 'k' or 'm' or 's' => BigEndian(Number(token), 2),
                    'L' => BigEndian(Number(token), 4),
                    'v' or 'r' => Variable(Number(token)),
                    _ => Convert.FromHexString(token),
                }
            );
        }

        return [.. bytes];

        static uint Number(ReadOnlySpan<char> token) => uint.Parse(token[1..], CultureInfo.InvariantCulture);
        static byte[] Variable(uint value) => value < 128 ? [(byte)value] : [(byte)(value | 0x80), .. Variable(value >> 7)];
        static byte[] BigEndian(uint value, int length)
        {
            var four = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(four, value);
            return four[^length..];
        }
    }
}
