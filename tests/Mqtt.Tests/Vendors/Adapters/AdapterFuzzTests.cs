using System.Buffers;
using System.Text;
using CsCheck;
using SurveillanceRegistry.Mqtt.Tests.Fixtures;
using SurveillanceRegistry.Mqtt.Vendors;
using SurveillanceRegistry.Mqtt.Vendors.Facts;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors.Adapters;

/// <summary>Whatever a vendor sends: no adapter fails, and none lets anything through but closed words and numbers.</summary>
public sealed class AdapterFuzzTests
{
    private static readonly Gen<Golden> AnyGolden = Gen.Int[0, VendorExamples.Goldens.Length - 1].Select(at => VendorExamples.Goldens[at]);

    private static readonly string[] Words =
    [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"message\"",
        "\"data\"",
        "\"ready\"",
        "\"State\"",
        "\"Data\"",
        "\"cameras\"",
        "\"lobby_north\"",
        "\"camera_fps\"",
        "\"state\"",
        "\"timestamp\"",
        "\"connected\"",
        "\"Active\"",
        "\"ON\"",
        "\"1\"",
        "\"\\ud800\"",
        "\"\\u0053tate\"",
        "\"\"",
        "1",
        "-0",
        "1e5",
        "9e999",
        "1763913600123",
        "null",
        "true",
        "false",
        " ",
        "//",
        "\"\xff\"",
        "\"message\":{\"data\":{",
        "\"Data\":{",
        "\"cameras\":{\"lobby_north\":{",
    ];

    private static void Take(Golden golden, byte[] payload, bool isRetained = false)
    {
        var session = VendorExamples.Session(golden.Profile);
        ClosedVocabularyAssert.Holds(
            session.Handle(golden.Topic, new ReadOnlySequence<byte>(payload), isRetained, VendorExamples.Now),
            golden.Profile
        );
        ClosedVocabularyAssert.Holds(session.Tick(VendorExamples.Now.AddMinutes(1)), golden.Profile);
        ClosedVocabularyAssert.Holds(session.Ended(VendorExamples.Now), golden.Profile);
    }

    [Fact]
    public void Random_bytes_make_no_adapter_throw() =>
        Gen.Select(AnyGolden, Gen.Byte.Array[0, 300], Gen.Bool)
            .Sample((golden, bytes, isRetained) => Take(golden, bytes, isRetained), iter: Rounds.Of(20_000));

    [Fact]
    public void Random_JSON_makes_no_adapter_throw() =>
        Gen.Select(AnyGolden, Gen.Int[0, Words.Length - 1].Select(at => Words[at]).Array[0, 30])
            .Sample(
                (golden, words) =>
                {
                    Take(golden, Encoding.Latin1.GetBytes(string.Concat(words)));
                    Take(golden, Encoding.Latin1.GetBytes("{" + string.Concat(words)));
                },
                iter: Rounds.Of(20_000)
            );

    [Fact]
    public void Damaged_messages_yield_only_closed_words() =>
        Gen.Select(AnyGolden, Gen.Select(Gen.Int[0, 400], Gen.Byte, Gen.Int[0, 3]).Array[1, 4])
            .Array[1, 12]
            .Sample(
                messages =>
                {
                    var sessions = new Dictionary<string, VendorStateMachine>();
                    foreach (var (golden, spoils) in messages)
                    {
                        var bytes = golden.Payload.ToList();
                        foreach (var (at, value, act) in spoils)
                        {
                            if (act == 0 && bytes.Count > at)
                                bytes.RemoveAt(at);
                            else if (act == 1)
                                bytes.Insert(Math.Min(at, bytes.Count), value);
                            else if (bytes.Count > at)
                                bytes[at] = value;
                        }

                        if (!sessions.TryGetValue(golden.Profile, out var session))
                            sessions[golden.Profile] = session = VendorExamples.Session(golden.Profile);
                        ClosedVocabularyAssert.Holds(
                            session.Handle(golden.Topic, new ReadOnlySequence<byte>([.. bytes]), false, VendorExamples.Now),
                            golden.Profile
                        );
                        ClosedVocabularyAssert.Holds(session.Tick(VendorExamples.Now.AddSeconds(spoils[0].Item1)), golden.Profile);
                    }
                },
                iter: Rounds.Of(20_000)
            );

    [Fact]
    public void A_payload_in_pieces_is_read_like_a_whole_payload() =>
        Gen.Select(AnyGolden, Gen.Int[0, 1000])
            .Sample(
                (golden, at) =>
                {
                    at %= golden.Payload.Length + 1;
                    var first = new Piece(golden.Payload.AsMemory(0, at));
                    var pieces = new ReadOnlySequence<byte>(first, 0, first.Then(golden.Payload.AsMemory(at)), golden.Payload.Length - at);
                    Assert.Equal(
                        ClosedVocabularyAssert.Text([VendorExamples.Session(golden.Profile).Take(golden)]),
                        ClosedVocabularyAssert.Text([
                            VendorExamples.Session(golden.Profile).Handle(golden.Topic, pieces, false, VendorExamples.Now),
                        ])
                    );
                },
                iter: Rounds.Of(2_000)
            );

    [Fact]
    public void Random_topics_make_no_adapter_throw() =>
        Gen.Select(AnyGolden, Gen.String[Gen.Char["frigateaxis/&$:+#.{}unit"], 0, 60], Gen.Int[0, 60], Gen.Bool)
            .Sample(
                (golden, text, at, isInside) =>
                {
                    var topic = isInside ? golden.Topic.Insert(Math.Min(at, golden.Topic.Length), text) : text;
                    Assert.True(Enum.IsDefined(VendorExamples.Session(golden.Profile).Classify(topic)));
                },
                iter: Rounds.Of(20_000)
            );

    [Theory]
    [InlineData(513, 1)]
    [InlineData(60_000, 1)]
    [InlineData(60_000, 2)]
    public void Long_topics_are_classified_quickly(int length, int every)
    {
        var topic = "frigate/" + string.Concat(Enumerable.Range(0, length).Select(at => at % every == 0 ? '/' : 'a'));
        Assert.Equal(TopicDecision.Ignore, VendorExamples.Session(VendorExamples.Recorder).Classify(topic));
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Piece Then(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
