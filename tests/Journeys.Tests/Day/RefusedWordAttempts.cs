using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace SurveillanceRegistry.Journeys.Tests.Day;

/// <summary>A camera says what it captures, and the registry refuses the message. It said before that it captures nothing.</summary>
internal static class RefusedWordAttempts
{
    private const string Sound = """{"video":"off","audio":"recorded"}""",
        Video = """{"video":"recorded"}""";

    public static IEnumerable<Attempt> All => [.. BeyondTheRegister, .. Ways, .. WrongForms];

    /// <summary>It names what no registered sensor captures.</summary>
    private static IEnumerable<Attempt> BeyondTheRegister =>
        from word in new[] { "audio", "faces", "plates", "stills", "location" }
        from mode in word == "audio" ? new[] { "recorded", "live" } : ["recorded"]
        select new Attempt(
            $"A camera without the sensor says that {word} is {mode}",
            false,
            corner => corner.Camera.TryToSayAsync($$"""{"video":"off","{{word}}":"{{mode}}"}"""),
            [word]
        );

    /// <summary>It names a microphone that is not registered, and something else is unusual too.</summary>
    private static IEnumerable<Attempt> Ways =>
        [
            Says("with RETAIN", camera => camera.TryAsync(camera.Payload(Sound), message => message.WithRetainFlag())),
            Says("with QoS 0", camera => camera.TryAsync(camera.Payload(Sound), AtMostOnce)),
            Says("with QoS 2", camera => camera.TryAsync(camera.Payload(Sound), ExactlyOnce)),
            Says(
                "with the number of an older heartbeat",
                async camera =>
                {
                    await camera.SayAsync("""{"video":"off"}""");
                    camera.Seq = 0;
                    await camera.TryToSayAsync(Sound);
                }
            ),
            Says(
                "with an older epoch",
                async camera =>
                {
                    camera.Epoch--;
                    await camera.TryToSayAsync(Sound);
                }
            ),
            Says(
                "and a member that the contract does not have",
                camera => camera.TryAsync(camera.Payload(Sound, "\"health\":\"ok\",\"firmware\":\"1\",\"model\":\"x\""))
            ),
            Says("in a payload that ends early", camera => camera.TryAsync(camera.Payload(Sound)[..^1])),
            Says("with an escape", camera => camera.TryAsync(camera.Payload("""{"video":"off","\u0061udio":"recorded"}"""))),
            Says("over and over, beyond its rate", camera => camera.FloodAsync(Sound)),
            Says(
                "after it used up its rate",
                async camera =>
                {
                    await camera.FloodAsync("""{"video":"off"}""");
                    await camera.TryToSayAsync(Sound);
                }
            ),
            Says(
                "and then takes it back",
                async camera =>
                {
                    await camera.TryToSayAsync(Sound);
                    await camera.SayAsync("""{"video":"off"}""");
                }
            ),
            Says(
                "and leaves in order",
                async camera =>
                {
                    await camera.TryToSayAsync(Sound);
                    await camera.LeaveAsync();
                }
            ),
            Says(
                "and its wire is cut",
                async camera =>
                {
                    await camera.TryToSayAsync(Sound);
                    camera.Cut();
                }
            ),
            new Attempt(
                "A camera on MQTT 3.1.1 names a microphone, is closed, and comes back without a word of it",
                false,
                async corner =>
                {
                    await corner.ConnectAgainAsync(MqttProtocolVersion.V311);
                    await corner.Camera.TryToSayAsync(Sound);
                    await corner.ConnectAgainAsync(MqttProtocolVersion.V311);
                    await corner.Camera.SayAsync(corner.Nothing);
                },
                ["audio"]
            ),
        ];

    /// <summary>It says that its camera records, in a form that the registry refuses.</summary>
    private static IEnumerable<Attempt> WrongForms =>
        from form in new (string Name, Func<CornerCamera, string> Payload)[]
        {
            ("an unknown member", camera => camera.Payload(Video, "\"health\":\"ok\",\"firmware\":\"1\",\"model\":\"x\"")),
            ("an unknown health", camera => camera.Payload(Video, "\"health\":\"fine\",\"firmware\":\"1\"")),
            ("a firmware in letters", camera => camera.Payload(Video, "\"health\":\"ok\",\"firmware\":\"v1-beta\"")),
            ("no firmware", camera => camera.Payload(Video, "\"health\":\"ok\"")),
            ("a time that is none", camera => camera.Payload(Video, "\"at\":\"noon\",\"health\":\"ok\",\"firmware\":\"1\"")),
            ("a number that is too large", camera => camera.Payload(Video, "\"ruleVersion\":1e30,\"health\":\"ok\",\"firmware\":\"1\"")),
            ("a mode of its own", camera => camera.Payload("""{"video":"streaming"}""")),
            ("a capture of its own", camera => camera.Payload("""{"video":"recorded","smell":"recorded"}""")),
            ("a capital letter", camera => camera.Payload("""{"Video":"recorded"}""")),
            ("the same member twice", camera => camera.Payload("""{"video":"recorded","video":"off"}""")),
            ("the same member twice, the other way", camera => camera.Payload("""{"video":"off","video":"recorded"}""")),
            ("nothing about its sensor", camera => camera.Payload("{}")),
            ("no epoch", camera => """{"seq":9,"capture":{"video":"recorded"},"health":"ok","firmware":"1"}"""),
            ("a number as text", camera => """{"epoch":"1","seq":9,"capture":{"video":"recorded"},"health":"ok","firmware":"1"}"""),
            ("JSON that ends early", camera => camera.Payload(Video)[..^1]),
            ("no JSON", _ => "video recorded"),
            ("no content", _ => ""),
            ("600 bytes", camera => camera.Payload(Video, "\"health\":\"ok\",\"firmware\":\"1\"" + new string(' ', 600))),
        }
        select new Attempt(
            $"A camera that begins to record says so with {form.Name}",
            false,
            corner => corner.Camera.TryAsync(form.Payload(corner.Camera)),
            ["video"]
        );

    private static Attempt Says(string how, Func<CornerCamera, Task> act) =>
        new("A camera names a microphone " + how, false, corner => act(corner.Camera), ["audio"]);

    private static void AtMostOnce(MQTTnet.MqttApplicationMessageBuilder message) =>
        message.WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtMostOnce);

    private static void ExactlyOnce(MQTTnet.MqttApplicationMessageBuilder message) =>
        message.WithQualityOfServiceLevel(MqttQualityOfServiceLevel.ExactlyOnce);
}
