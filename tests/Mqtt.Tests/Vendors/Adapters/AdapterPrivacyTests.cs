using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using SurveillanceRegistry.Mqtt.Vendors;
using SurveillanceRegistry.Mqtt.Vendors.Adapters;
using SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors.Adapters;

/// <summary>
/// Plates, names, pictures and positions are put wherever a vendor could put them. Nothing that comes out holds any of them.
/// </summary>
public sealed class AdapterPrivacyTests
{
    private const string Plate = "7CANARY",
        Name = "Ofelia Canary",
        Position = "47.60621,-122.33207",
        Picture = "\u00FF\u00D8\u00FF\u00E0\0\u0010CANARYJFIF";

    private static readonly string[] Markers = [Plate, Name, Position, Picture];

    public static TheoryData<string> EveryMarker() => [.. Markers];

    /// <summary>Shorter than the markers: whatever way they are written, a part of them would show.</summary>
    private static readonly string[] Traces =
    [
        "CANARY",
        "Canary",
        "Ofelia",
        "47.606",
        "122.33",
        "JFIF",
        Convert.ToBase64String(Encoding.Latin1.GetBytes(Picture))[..12],
    ];

    private static void Shows_nothing(IEnumerable<VendorAnswer> answers)
    {
        var text = ClosedVocabularyAssert.Text(answers);
        Assert.All(Traces, trace => Assert.DoesNotContain(trace, text, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(EveryMarker))]
    public void No_text_of_any_message_gets_through(string marker)
    {
        foreach (var golden in VendorExamples.Goldens.Where(golden => golden.Profile != VendorExamples.Node))
        {
            foreach (var payload in Poisoned(Encoding.UTF8.GetString(golden.Payload), marker))
            {
                var session = VendorExamples.Session(golden.Profile);
                Shows_nothing([
                    session.Take(golden.Topic, payload),
                    session.Take(golden),
                    session.Take(golden.Topic, payload, isRetained: true),
                    session.Ended(VendorExamples.Now),
                ]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(EveryMarker))]
    public void No_text_of_a_forbidden_topic_gets_through(string marker)
    {
        foreach (var (profile, topic) in VendorExamples.Forbidden)
        {
            var session = VendorExamples.Session(profile);
            var answer = session.Take(topic, $$"""{"plate":"{{marker}}","snapshot":"{{marker}}"}""");
            Assert.Equal(VendorRefusal.Forbidden, answer.Refusal);
            Shows_nothing([answer, session.Ended(VendorExamples.Now)]);
        }
    }

    [Fact]
    public void A_payload_on_a_forbidden_topic_is_not_read_at_all()
    {
        foreach (var (profile, topic) in VendorExamples.Forbidden)
            Assert.Equal(
                VendorRefusal.Forbidden,
                VendorExamples
                    .Session(profile)
                    .Handle(topic, new ReadOnlySequence<byte>(new Untouchable().Memory), false, VendorExamples.Now)
                    .Refusal
            );
        // The adapters do not read what stands after these characters.
        foreach (var golden in VendorExamples.Goldens.Where(golden => golden.Topic.IndexOfAny(['&', '$']) < 0))
            Assert.Equal(
                VendorRefusal.NotMapped,
                VendorExamples
                    .Session(golden.Profile)
                    .Handle(golden.Topic + "/more", new ReadOnlySequence<byte>(new Untouchable().Memory), false, VendorExamples.Now)
                    .Refusal
            );
    }

    [Fact]
    public void No_text_of_a_topic_gets_through()
    {
        foreach (var golden in VendorExamples.Goldens)
        {
            var levels = golden.Topic.Split('/');
            for (var at = 0; at < levels.Length; at++)
                Shows_nothing([
                    VendorExamples
                        .Session(golden.Profile)
                        .Handle(
                            string.Join('/', [.. levels[..at], Plate, .. levels[(at + 1)..]]),
                            new ReadOnlySequence<byte>(golden.Payload),
                            false,
                            VendorExamples.Now
                        ),
                ]);
        }
    }

    [Theory]
    [MemberData(nameof(EveryMarker))]
    public void No_text_of_any_field_of_a_Sparkplug_metric_gets_through(string marker)
    {
        var session = VendorExamples.Session(VendorExamples.Node);
        var raw = Encoding.Latin1.GetBytes(marker);
        byte[][] metrics =
        [
            VendorExamples.Metric("bdSeq", 0),
            VendorExamples.Metric("bdSeq", marker),
            VendorExamples.Metric(marker, marker),
            VendorExamples.Metric("Firmware", marker),
            VendorExamples.Metric("Video/Mode", marker),
            VendorExamples.Metric("Health", marker, alias: 5),
            VendorExamples.Metric(null, marker, alias: 5),
            VendorExamples.Metric("Firmware", raw),
            VendorExamples.Metric(marker, raw, alias: 6),
            [.. VendorExamples.Metric("Video/Mode", "live"), 0x42, (byte)raw.Length, .. raw, 0x4A, (byte)raw.Length, .. raw],
        ];
        byte[] more = [0x22, (byte)raw.Length, .. raw, 0x2A, (byte)raw.Length, .. raw];
        VendorAnswer Says(string verb, int? seq, string device = "") =>
            session.Handle(
                $"spBv1.0/Harbor/{verb}/bridge-edge{device}",
                new ReadOnlySequence<byte>([.. VendorExamples.Sparkplug(seq, metrics), .. more]),
                false,
                VendorExamples.Now
            );
        VendorAnswer[] answers =
        [
            Says("NBIRTH", 0),
            Says("DBIRTH", 1, "/traffic-1"),
            Says("DDATA", 2, "/traffic-1"),
            Says("DDATA", 3, "/plates-1"),
            Says("DDATA", 5, "/traffic-1"),
            Says("NDATA", 9),
            Says("DDATA", 77, "/traffic-1"),
            session.Tick(VendorExamples.Now.AddHours(1)),
            Says("DDEATH", 3, "/traffic-1"),
            Says("NDEATH", null),
            session.Ended(VendorExamples.Now),
        ];
        Assert.All(answers, answer => Assert.Null(answer.Refusal));
        Shows_nothing(answers);
    }

    [Theory]
    [MemberData(nameof(EveryMarker))]
    public void No_text_of_a_waiting_Sparkplug_message_is_stored(string marker)
    {
        var sparkplug = (SparkplugB)AdapterCatalogue.ForKind(Domain.Devices.AdapterKind.Sparkplug);
        var payload = VendorExamples.Sparkplug(
            3,
            VendorExamples.Metric("Video/Mode", marker),
            VendorExamples.Metric("Firmware", marker),
            VendorExamples.Metric(marker, "live"),
            VendorExamples.Metric(null, marker, alias: 4)
        );
        var message = sparkplug.Read(VendorExamples.Tables[VendorExamples.Node], "spBv1.0/Harbor/DDATA/bridge-edge/traffic-1", payload)!;
        Assert.Equal(3, message.Metrics.Length);
        Assert.All(message.Metrics, metric => Assert.Equal((null, null), (metric.Word, metric.Firmware)));
    }

    [Fact]
    public void The_privacy_tests_would_find_a_text_that_got_through() =>
        Assert.Throws<Xunit.Sdk.AllException>(() => Shows_nothing([VendorAnswer_with(Plate)]));

    private static VendorAnswer VendorAnswer_with(string firmware)
    {
        var word = Assert.Single(
            VendorExamples.Session(VendorExamples.Recorder).Take("frigate/lobby_north/status/record", "online").Reports
        );
        return new([word with { Firmware = firmware }], [], [], null, 0, false);
    }

    /// <summary>
    /// A good payload with the marker in the place of each of its texts, of each of its numbers, of each of its names, and in all of them.
    /// </summary>
    private static IEnumerable<string> Poisoned(string payload, string marker)
    {
        yield return marker;
        yield return payload + marker;
        if (!payload.StartsWith('{'))
            yield break;
        var count = Leaves(JsonNode.Parse(payload)!).Count();
        for (var at = -1; at < count; at++)
        {
            var root = JsonNode.Parse(payload)!;
            foreach (var (leaf, number) in Leaves(root).ToArray().Select((leaf, number) => (leaf, number)))
            {
                if (at == -1 || at == number)
                    leaf.Parent![leaf.Key] = marker;
            }

            yield return root.ToJsonString();
        }

        var named = JsonNode.Parse(payload)!;
        foreach (var inner in Objects(named).ToArray())
        {
            inner[marker] = marker;
            inner["plate"] = new JsonArray(marker, new JsonObject { ["who"] = marker });
        }

        yield return named.ToJsonString();
        yield return named.ToJsonString(
            new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
    }

    private static IEnumerable<JsonObject> Objects(JsonNode node) =>
        node is JsonObject inner ? inner.Select(member => member.Value).OfType<JsonNode>().SelectMany(Objects).Prepend(inner) : [];

    private static IEnumerable<(JsonObject Parent, string Key)> Leaves(JsonNode node) =>
        Objects(node).SelectMany(inner => inner.Where(member => member.Value is JsonValue).Select(member => (inner, member.Key)));

    /// <summary>Memory that fails when it is read.</summary>
    private sealed class Untouchable : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(100);

        public override Span<byte> GetSpan() => throw new InvalidOperationException("An adapter read a payload that it must not read.");

        public override MemoryHandle Pin(int elementIndex = 0) =>
            throw new InvalidOperationException("An adapter read a payload that it must not read.");

        public override void Unpin() { }

        protected override void Dispose(bool disposing) { }
    }
}
