using System.Collections.Immutable;
using Google.Protobuf;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Vendors.Adapters;
using SurveillanceRegistry.Mqtt.Vendors.Facts;

namespace SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

/// <summary>
/// Reads Sparkplug B messages one by one (Eclipse Sparkplug 3.0 chapter 6). Any text that is neither a name nor a word of the profile is
/// dropped. <see cref="SparkplugHost"/> decides what the messages mean together.
/// </summary>
public sealed class SparkplugB : Adapter
{
    private const string Sequenced = "{group}/NBIRTH,NDATA,DBIRTH,DDATA,DDEATH/{edge}/{device}";
    private const string Every = "{group}/NBIRTH,NDEATH,NDATA,DBIRTH,DDATA,DDEATH/{edge}/{device}";

    /// <summary>The numbers of the allowed fields in the protocol's schema (sparkplug_b.proto): of a payload, and of a metric.</summary>
    private static readonly ImmutableArray<(string Field, bool OfMetric, int Number)> Schema =
    [
        ("timestamp", false, 1),
        ("metrics", false, 2),
        ("seq", false, 3),
        ("metrics.name", true, 1),
        ("metrics.alias", true, 2),
        ("metrics.is_historical", true, 5),
        ("metrics.is_null", true, 7),
        ("metrics.int_value", true, 10),
        ("metrics.long_value", true, 11),
        ("metrics.boolean_value", true, 14),
        ("metrics.string_value", true, 15),
    ];

    /// <summary>
    /// For each message type the allowed fields, as bits of their numbers: of a payload, and of a metric. Zero: the type is not read.
    /// </summary>
    private readonly (int Payload, int Metric)[] _allowed = new (int, int)[Enum.GetValues<SparkplugMessageType>().Length];

    /// <summary>Creates an adapter that reads by this list only.</summary>
    public SparkplugB(FieldAllowList allowList)
        : base(allowList)
    {
        foreach (var field in allowList.Allowed)
        {
            var (_, ofMetric, number) = Schema.Single(entry => entry.Field == field.Field);
            foreach (var messageType in field.Topic.Split('/')[1].Split(',').Select(Enum.Parse<SparkplugMessageType>))
            {
                ref var allowed = ref _allowed[(int)messageType];
                allowed = ofMetric
                    ? (allowed.Payload | 1 << 2, allowed.Metric | 1 << number)
                    : (allowed.Payload | 1 << number, allowed.Metric);
            }
        }
    }

    /// <summary>The fields that are read, and the topics that are refused unread.</summary>
    public static FieldAllowList List { get; } =
        new(
            AdapterKind.Sparkplug,
            [
                new(Every, "timestamp", AllowedType.Instant, [], "the node's clock, for skew only"),
                new(Sequenced, "seq", AllowedType.Protocol, [], "the order of messages, 0 to 255"),
                new(Every, "metrics.name", AllowedType.ProfileWord, [], "which of the profile's names it is, or bdSeq; compared as bytes"),
                new(Sequenced, "metrics.alias", AllowedType.Protocol, [], "a number for one of these names"),
                new(Sequenced, "metrics.is_historical", AllowedType.Protocol, [], "that the metric tells of the past and is passed over"),
                new(Sequenced, "metrics.is_null", AllowedType.Protocol, [], "that the metric has no value: not known"),
                new(
                    Every,
                    "metrics.int_value",
                    AllowedType.ProfileWord,
                    [],
                    "a mode, health or availability by the profile's words; bdSeq"
                ),
                new(
                    Every,
                    "metrics.long_value",
                    AllowedType.ProfileWord,
                    [],
                    "a mode, health or availability by the profile's words; bdSeq"
                ),
                new(
                    Sequenced,
                    "metrics.boolean_value",
                    AllowedType.ProfileWord,
                    [],
                    "a mode, health or availability by the profile's words (true, false)"
                ),
                new(
                    Sequenced,
                    "metrics.string_value",
                    AllowedType.ProfileWord,
                    [],
                    "a mode, health or availability by the profile's words; firmware where the profile asks for it, in digits and dots; "
                        + "compared as bytes"
                ),
            ],
            [
                new("STATE/#", "whether the registry is there is for the registry to say"),
                new("{any}/NCMD/{any}", "commands: only the registry gives them"),
                new("{any}/DCMD/{any}", "commands: only the registry gives them"),
            ],
            MaxBytes: 64 * 1024
        );

    /// <summary>
    /// Reads a message on a topic that <see cref="Adapter.Classify(UnitIndex, string)"/> lets through. Null when the payload does not have
    /// the shape of a Sparkplug payload.
    /// </summary>
    public SparkplugMessage? Read(UnitIndex units, string topic, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(units);
        ArgumentNullException.ThrowIfNull(topic);
        Span<char> letters = stackalloc char[MaxTopicCharacters];
        if (
            payload.Length > AllowList.MaxBytes
            || !TryBelow(units, topic, letters, out var below)
            || !TryTopic(units, below, out var messageType, out var node, out var unit)
        )
            return null;
        try
        {
            var (ofPayload, ofMetric) = _allowed[(int)messageType];
            // A message of an unknown device counts in the sequence of its node only: its metrics are not read.
            if (unit < 0 && messageType is not (SparkplugMessageType.NBIRTH or SparkplugMessageType.NDEATH))
                ofPayload &= ~(1 << 2);
            var decoder = new SparkplugDecoder(units, ofPayload, ofMetric, new CodedInputStream(payload.ToArray()));
            return decoder.Read(messageType, node, unit);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>The node of a topic that <see cref="Adapter.Classify(UnitIndex, string)"/> lets through.</summary>
    internal int NodeOf(UnitIndex units, string topic)
    {
        Span<char> letters = stackalloc char[MaxTopicCharacters];
        return TryBelow(units, topic, letters, out var below) && TryTopic(units, below, out _, out var node, out _)
            ? node
            : throw new ArgumentException("The topic is not read.", nameof(topic));
    }

    private protected override TopicDecision Classify(UnitIndex units, ReadOnlySpan<char> below) =>
        TryTopic(units, below, out _, out _, out _) ? TopicDecision.Read : base.Classify(units, below);

    /// <summary>
    /// Parses <c>group/type/edge[/device]</c>. False when the message type is not read, or the profile does not name the node.
    /// </summary>
    private bool TryTopic(UnitIndex units, ReadOnlySpan<char> below, out SparkplugMessageType messageType, out int node, out int unit)
    {
        messageType = default;
        node = -1;
        unit = UnitIndex.None;
        Span<Range> levels = stackalloc Range[5];
        var count = below.Split(levels, '/');
        if (
            count is not (3 or 4)
            || !TryType(below[levels[1]], out messageType)
            || _allowed[(int)messageType].Payload == 0
            || (messageType is SparkplugMessageType.NBIRTH or SparkplugMessageType.NDATA or SparkplugMessageType.NDEATH) != (count == 3)
        )
            return false;
        Span<char> name = stackalloc char[MaxTopicCharacters];
        var length = Join(name, below[levels[0]], below[levels[2]]);
        node = units.FindNode(name[..length]);
        if (count == 4)
            length = Join(name, name[..length], below[levels[3]]);
        unit = units.Find(name[..length]);
        return node >= 0;
    }

    private static int Join(Span<char> into, ReadOnlySpan<char> first, ReadOnlySpan<char> second)
    {
        first.CopyTo(into);
        into[first.Length] = '/';
        second.CopyTo(into[(first.Length + 1)..]);
        return first.Length + 1 + second.Length;
    }

    private static bool TryType(ReadOnlySpan<char> level, out SparkplugMessageType messageType)
    {
        foreach (var known in Enum.GetValues<SparkplugMessageType>())
        {
            if (level.SequenceEqual(Enum.GetName(known)))
            {
                messageType = known;
                return true;
            }
        }

        messageType = default;
        return false;
    }
}
