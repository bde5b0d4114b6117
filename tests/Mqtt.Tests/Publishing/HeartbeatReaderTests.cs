using System.Text;
using CsCheck;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;

namespace SurveillanceRegistry.Mqtt.Tests.Publishing;

/// <summary>The parser of bytes from outside: reads the contract's heartbeat and refuses everything else, whatever the bytes.</summary>
public sealed class HeartbeatReaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 20, 0, 0, TimeSpan.Zero);

    private const string Good =
        """{"epoch":1764000000123,"seq":42,"at":"2026-11-23T15:00:00.000Z","capture":{"video":"recorded","audio":"off"}"""
        + ""","health":"ok","firmware":"10.12.1","ruleVersion":7}""";

    private static readonly string[] Words =
    [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"epoch\"",
        "\"seq\"",
        "\"at\"",
        "\"capture\"",
        "\"video\"",
        "\"off\"",
        "\"health\"",
        "\"\\ud800\"",
        "\"\\u0065poch\"",
        "\"\\n\"",
        "\"\"",
        "1",
        "-0",
        "1e5",
        "9e999",
        "null",
        "true",
        " ",
        "//",
        "\"\xff\"",
    ];

    private static bool Read(byte[] bytes, out Heartbeat heartbeat)
    {
        var firmware = "";
        return HeartbeatReader.TryRead(bytes, BrokerFixture.Camera, Now, 3, ref firmware, out heartbeat);
    }

    private static bool Read(string payload, out Heartbeat heartbeat) => Read(Encoding.UTF8.GetBytes(payload), out heartbeat);

    [Fact]
    public void The_reader_accepts_every_named_value()
    {
        Assert.True(Read(Good, out var heartbeat));
        Assert.Equal(
            new Heartbeat(
                1,
                "lobby-cam-1",
                1764000000123,
                42,
                Now,
                new DateTimeOffset(2026, 11, 23, 15, 0, 0, TimeSpan.Zero),
                default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, Mode.Off),
                Health.Ok,
                "10.12.1",
                7,
                Session: 3
            ),
            heartbeat
        );
    }

    [Theory]
    [InlineData(",\"at\":\"2026-11-23T15:00:00.000Z\"", "")]
    [InlineData("15:00:00.000Z", "15:00:00.000+00:00")]
    [InlineData("15:00:00.000Z", "15:00:00+00:00")]
    [InlineData(",\"ruleVersion\":7", "")]
    [InlineData("1764000000123", "9007199254740991")]
    [InlineData("1764000000123", "0")]
    [InlineData("10.12.1", "1")]
    [InlineData("10.12.1", "1.2.3.4.5")]
    [InlineData("\"ok\"", "\"docked\"")]
    public void The_reader_accepts_what_the_contract_lets_vary(string words, string others) =>
        Assert.True(Read(Good.Replace(words, others, StringComparison.Ordinal), out _));

    [Theory]
    [InlineData("\"seq\":42,", "")]
    [InlineData("\"health\":\"ok\",", "")]
    [InlineData("42", "-1")]
    [InlineData("42", "4.2")]
    [InlineData("42", "\"42\"")]
    [InlineData("42", "9007199254740992")]
    [InlineData("42", "null")]
    [InlineData("\"audio\":\"off\"", "\"plates\":\"off\"")]
    [InlineData(",\"audio\":\"off\"", "")]
    [InlineData("\"audio\":\"off\"", "\"audio\":\"off\",\"audio\":\"recorded\"")]
    [InlineData("\"audio\":\"off\"", "\"audio\":\"off\",\"faces\":\"off\"")]
    [InlineData("\"off\"", "\"OFF\"")]
    [InlineData("\"off\"", "false")]
    [InlineData("\"ok\"", "\"fine\"")]
    [InlineData("10.12.1", "10.12.1-beta")]
    [InlineData("10.12.1", "1.2.3.4.5.6")]
    [InlineData("10.12.1", "123456")]
    [InlineData("10.12.1", ".1")]
    [InlineData("10.12.1", "1.")]
    [InlineData("10.12.1", "")]
    [InlineData("15:00:00.000Z", "15:00:00.000+01:00")]
    [InlineData("15:00:00.000Z", "25:00:00.000Z")]
    [InlineData("\"ruleVersion\":7", "\"officer\":7")]
    [InlineData("\"ruleVersion\":7", "\"ruleVersion\":7,\"ruleVersion\":7")]
    [InlineData("\"epoch\"", "\"\\u0065poch\"")]
    [InlineData("\"epoch\"", "\"\\ud800\"")]
    [InlineData("\"off\"", "\"\\ud800\"")]
    [InlineData("\"ok\"", "\"\\udc00\"")]
    [InlineData("\"10.12.1\"", "\"\\ud800\"")]
    [InlineData("\"2026-11-23T15:00:00.000Z\"", "\"\\ud800\"")]
    [InlineData("15:00:00.000Z", "15:00Z")]
    [InlineData("15:00:00.000Z", "15:00+00:00")]
    [InlineData("15:00:00.000Z", "15:00:00-00:00")]
    [InlineData("15:00:00.000Z", "15:00:00 00:00")]
    [InlineData("{\"epoch\"", "[{\"epoch\"")]
    [InlineData("\"ruleVersion\":7}", "\"ruleVersion\":7} ,")]
    [InlineData("\"ruleVersion\":7}", "\"ruleVersion\":7}{}")]
    public void The_reader_refuses_everything_else(string words, string others)
    {
        Assert.Contains(words, Good, StringComparison.Ordinal);
        Assert.False(Read(Good.Replace(words, others, StringComparison.Ordinal), out _));
    }

    [Fact]
    public void The_reader_never_throws_on_any_bytes() =>
        Gen
            .Byte.Array[0, 600]
            .Sample(
                bytes =>
                {
                    Read(bytes, out _);
                    HeartbeatReader.TryReadDeath(bytes, out _);
                },
                iter: Rounds.Of(20_000)
            );

    [Fact]
    public void The_reader_never_throws_on_any_JSON_tokens() =>
        Gen.Int[0, Words.Length - 1]
            .Select(at => Words[at])
            .Array[0, 30]
            .Sample(
                words =>
                {
                    var bytes = Encoding.Latin1.GetBytes(string.Concat(words));
                    Read(bytes, out _);
                    HeartbeatReader.TryReadDeath(bytes, out _);
                    HeartbeatReader.TryReadDeath([.. "{"u8, .. bytes], out _);
                    Read([.. Encoding.Latin1.GetBytes(Good[..^1] + ","), .. bytes], out _);
                },
                iter: Rounds.Of(20_000)
            );

    [Fact]
    public void The_reader_never_throws_on_a_damaged_heartbeat() =>
        Gen.Select(Gen.Int[0, Good.Length - 1], Gen.Byte, Gen.Int[0, 3])
            .Array[1, 4]
            .Sample(
                spoils =>
                {
                    var bytes = Encoding.UTF8.GetBytes(Good).ToList();
                    foreach (var (at, value, act) in spoils)
                    {
                        if (act == 0 && bytes.Count > at)
                            bytes.RemoveAt(at);
                        else if (act == 1)
                            bytes.Insert(Math.Min(at, bytes.Count), value);
                        else if (bytes.Count > at)
                            bytes[at] = value;
                    }

                    if (Read([.. bytes], out var heartbeat))
                    {
                        Assert.True(heartbeat.Capture.Names(BrokerFixture.Camera.Sensors));
                        Assert.Matches(@"^[0-9]{1,5}(\.[0-9]{1,5}){0,4}$", heartbeat.Firmware);
                        Assert.InRange(heartbeat.Seq, 0, Heartbeat.MaxNumber);
                    }
                },
                iter: Rounds.Of(20_000)
            );

    [Fact]
    public void The_reader_refuses_any_member_that_the_contract_does_not_name() =>
        Gen.String[Gen.Char["abcdefghijklmnopqrstuvwxyz_0123456789"], 1, 20]
            .Sample(
                name =>
                {
                    if (name is not ("epoch" or "seq" or "at" or "capture" or "health" or "firmware"))
                        Assert.False(Read(Good.Replace("\"ruleVersion\":7", $"\"{name}\":7", StringComparison.Ordinal), out _));
                },
                iter: Rounds.Of(2_000)
            );

    [Theory]
    [InlineData("""{"epoch":5}""", true)]
    [InlineData("""{"epoch":5,"why":"x"}""", false)]
    [InlineData("""{"epoch":-5}""", false)]
    [InlineData("""{"seq":5}""", false)]
    [InlineData("""{"\ud800":5}""", false)]
    [InlineData("""{}""", false)]
    [InlineData("", false)]
    public void The_reader_reads_a_death_as_strictly_as_a_heartbeat(string payload, bool isOne) =>
        Assert.Equal(isOne, HeartbeatReader.TryReadDeath(Encoding.UTF8.GetBytes(payload), out _));
}
