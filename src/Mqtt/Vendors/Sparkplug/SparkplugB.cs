using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Vendors.Adapters;
using SurveillanceRegistry.Mqtt.Vendors.Facts;

namespace SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

/// <summary>
/// Sparkplug B payloads (Eclipse Sparkplug 3.0 chapter 6). Metric names are compared as bytes with those of the profile; every string that
/// is neither a name nor a word of the profile's is passed over. What the messages mean together is for <see cref="SparkplugHost"/>.
/// </summary>
public sealed class SparkplugB : Adapter
{
    private const string Sequenced = "{group}/NBIRTH,NDATA,DBIRTH,DDATA,DDEATH/{edge}/{device}",
        Every = "{group}/NBIRTH,NDEATH,NDATA,DBIRTH,DDATA,DDEATH/{edge}/{device}";

    /// <summary>The most metrics of one message that are looked at.</summary>
    private const int MaxMetrics = 512;

    /// <summary>The numbers of the kept fields in the protocol's schema (sparkplug_b.proto): of a payload, and of a metric.</summary>
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

    private static readonly byte[] BdSeq = "bdSeq"u8.ToArray();

    /// <summary>
    /// For each verb the kept fields, as bits of their numbers: of a payload, and of a metric. Zero: the verb is not kept.
    /// </summary>
    private readonly (int Payload, int Metric)[] _kept = new (int, int)[Enum.GetValues<SparkplugVerb>().Length];

    /// <summary>An adapter that reads by this list and no other.</summary>
    public SparkplugB(FieldAllowList keepList)
        : base(keepList)
    {
        foreach (var field in keepList.Kept)
        {
            foreach (var verb in field.Topic.Split('/')[1].Split(',').Select(Enum.Parse<SparkplugVerb>))
            {
                var (_, ofMetric, number) = Schema.Single(one => one.Field == field.Field);
                ref var kept = ref _kept[(int)verb];
                kept = ofMetric ? (kept.Payload | 1 << 2, kept.Metric | 1 << number) : (kept.Payload | 1 << number, kept.Metric);
            }
        }
    }

    /// <summary>All that is read, and the branches that are refused unread.</summary>
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
                    "a mode, health or availability by the profile's words; firmware where the profile asks for it, in digits and dots; compared as bytes"
                ),
            ],
            [
                new("STATE/#", "whether the registry is there is for the registry to say"),
                new("{any}/NCMD/{any}", "commands: only the registry gives them"),
                new("{any}/DCMD/{any}", "commands: only the registry gives them"),
            ],
            MostBytes: 64 * 1024
        );

    /// <summary>Reads a message on a topic that was judged to be kept. Null: it was not what such a payload looks like.</summary>
    public SparkplugMessage? Read(UnitIndex units, string topic, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(units);
        ArgumentNullException.ThrowIfNull(topic);
        Span<char> letters = stackalloc char[MaxTopicCharacters];
        if (
            payload.Length > AllowList.MostBytes
            || !TryBelow(units, topic, letters, out var below)
            || !TryTopic(units, below, out var verb, out var node, out var unit)
        )
            return null;
        try
        {
            return Read(units, verb, node, unit, new CodedInputStream(payload.ToArray()));
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>The command that asks a node for its births again.</summary>
    public static VendorMessage Rebirth(string node, DateTimeOffset at)
    {
        var slash = node.IndexOf('/', StringComparison.Ordinal);
        var timestamp = (ulong)at.ToUnixTimeMilliseconds();
        var metric = Encode(output =>
        {
            Number(output, 1, WireFormat.WireType.LengthDelimited, () => output.WriteString("Node Control/Rebirth"));
            Number(output, 3, WireFormat.WireType.Varint, () => output.WriteUInt64(timestamp));
            Number(output, 4, WireFormat.WireType.Varint, () => output.WriteUInt32(11)); // Boolean
            Number(output, 14, WireFormat.WireType.Varint, () => output.WriteBool(true));
        });
        return new VendorMessage(
            $"spBv1.0/{node[..slash]}/NCMD/{node[(slash + 1)..]}",
            [
                .. Encode(output =>
                {
                    Number(output, 1, WireFormat.WireType.Varint, () => output.WriteUInt64(timestamp));
                    Number(output, 2, WireFormat.WireType.LengthDelimited, () => output.WriteBytes(ByteString.CopyFrom(metric)));
                }),
            ],
            IsRetained: false
        );
    }

    /// <summary>
    /// What the registry says of itself to nodes that wait for it: retained. The offline one is its will, with the same instant.
    /// </summary>
    /// <param name="host">The host id of the profile.</param>
    /// <param name="at">When this life of the registry began.</param>
    public static VendorMessage State(string host, bool isOnline, DateTimeOffset at) =>
        new(
            $"spBv1.0/STATE/{host}",
            [.. JsonSerializer.SerializeToUtf8Bytes(new { online = isOnline, timestamp = at.ToUnixTimeMilliseconds() })],
            IsRetained: true
        );

    private static byte[] Encode(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
            write(output);
        return bytes.ToArray();
    }

    private static void Number(CodedOutputStream output, int field, WireFormat.WireType type, Action write)
    {
        output.WriteTag(field, type);
        write();
    }

    private protected override TopicDecision Classify(UnitIndex units, ReadOnlySpan<char> below) =>
        TryTopic(units, below, out _, out _, out _) ? TopicDecision.Keep : base.Classify(units, below);

    /// <summary>
    /// Takes <c>group/verb/edge[/device]</c> apart. False when the verb is not kept, or the profile does not know the node.
    /// </summary>
    private bool TryTopic(UnitIndex units, ReadOnlySpan<char> below, out SparkplugVerb verb, out int node, out int unit)
    {
        (verb, node, unit) = (default, -1, UnitIndex.None);
        Span<Range> levels = stackalloc Range[5];
        var count = below.Split(levels, '/');
        if (
            count is not (3 or 4)
            || !TryVerb(below[levels[1]], out verb)
            || _kept[(int)verb].Payload == 0
            || (verb is SparkplugVerb.NBIRTH or SparkplugVerb.NDATA or SparkplugVerb.NDEATH) != (count == 3)
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

    private static bool TryVerb(ReadOnlySpan<char> level, out SparkplugVerb verb)
    {
        foreach (var known in Enum.GetValues<SparkplugVerb>())
        {
            if (level.SequenceEqual(Enum.GetName(known)))
            {
                verb = known;
                return true;
            }
        }

        verb = default;
        return false;
    }

    private SparkplugMessage? Read(UnitIndex units, SparkplugVerb verb, int node, int unit, CodedInputStream input)
    {
        var (kept, keptOfMetric) = _kept[(int)verb];
        // Whoever the profile does not know counts in the sequence of its node, and says nothing.
        if (unit < 0 && verb is not (SparkplugVerb.NBIRTH or SparkplugVerb.NDEATH))
            kept &= ~(1 << 2);
        int? seq = null;
        ulong? bdSeq = null;
        DateTimeOffset? at = null;
        var (dropped, looked) = (0, 0);
        var metrics = ImmutableArray.CreateBuilder<SparkplugMetric>();
        while (input.ReadTag() is var tag and not 0)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            var type = WireFormat.GetTagWireType(tag);
            if (number > 3 || (kept & 1 << number) == 0)
            {
                dropped++;
                input.SkipLastField();
            }
            else if (number == 2)
            {
                if (type != WireFormat.WireType.LengthDelimited || ++looked > MaxMetrics || input.ReadLength() is var length && length < 0)
                    return null;
                var end = input.Position + length;
                if (Metric(units, keptOfMetric, input, end, ref dropped, ref bdSeq) is { } metric)
                    metrics.Add(metric);
                if (input.Position != end) // A field reached beyond its metric.
                    return null;
            }
            else if (type != WireFormat.WireType.Varint)
            {
                return null;
            }
            else if (number == 1)
            {
                at =
                    input.ReadUInt64() is var milliseconds and <= long.MaxValue && Instants.TryUnix((long)milliseconds, out var instant)
                        ? instant
                        : null;
            }
            else if (input.ReadUInt64() is var counter and <= 255)
            {
                seq = (int)counter;
            }
            else
            {
                return null;
            }
        }

        return seq is null && verb != SparkplugVerb.NDEATH
            ? null
            : new SparkplugMessage(verb, node, unit, seq, bdSeq, at, metrics.ToImmutable(), dropped);
    }

    /// <summary>Reads one metric; null when it is none of the profile's.</summary>
    private static SparkplugMetric? Metric(UnitIndex units, int kept, CodedInputStream input, long end, ref int dropped, ref ulong? bdSeq)
    {
        var (meaning, isBdSeq, hasName, isHistorical, isNull) = (-1, false, false, false, false);
        ulong? alias = null,
            number = null;
        string? word = null,
            firmware = null;
        while (input.Position < end && input.ReadTag() is var tag and not 0)
        {
            var field = WireFormat.GetTagFieldNumber(tag);
            var isText = WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited;
            if (
                field > 15
                || (kept & 1 << field) == 0
                || isText != (field is 1 or 15)
                || !isText && WireFormat.GetTagWireType(tag) != WireFormat.WireType.Varint
            )
            {
                dropped++;
                input.SkipLastField();
                continue;
            }

            switch (field)
            {
                case 1:
                    var name = input.ReadBytes();
                    (hasName, isBdSeq, meaning) = (true, name.Span.SequenceEqual(BdSeq), MeaningOf(units, name.Span));
                    break;
                case 2:
                    alias = input.ReadUInt64();
                    break;
                case 5:
                    isHistorical = input.ReadBool();
                    break;
                case 7:
                    isNull = input.ReadBool();
                    break;
                case 10 or 11:
                    number = input.ReadUInt64();
                    word = units.WordOf(Encoding.ASCII.GetBytes(number.Value.ToString(CultureInfo.InvariantCulture)));
                    break;
                case 14:
                    word = units.WordOf(input.ReadBool() ? "true"u8 : "false"u8);
                    break;
                default:
                    var value = input.ReadBytes();
                    word = units.WordOf(value.Span);
                    firmware = units.HasFirmware && FirmwareVersion.TryRead(value.Span, out var digits) ? digits : null;
                    break;
            }
        }

        if (isBdSeq)
            bdSeq = number;
        if (isBdSeq || hasName && meaning < 0 || !hasName && alias is null)
        {
            dropped += isBdSeq ? 0 : 1;
            return null;
        }

        return new SparkplugMetric(meaning, alias, isNull ? null : word, isNull ? null : firmware, isHistorical);
    }

    private static int MeaningOf(UnitIndex units, ReadOnlySpan<byte> name)
    {
        for (var at = 0; at < units.Names.Length; at++)
        {
            if (name.SequenceEqual(units.Names[at]))
                return at;
        }

        return -1;
    }
}
