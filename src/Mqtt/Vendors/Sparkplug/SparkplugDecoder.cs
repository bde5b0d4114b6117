using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Google.Protobuf;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Vendors.Adapters;
using SurveillanceRegistry.Mqtt.Vendors.Facts;

namespace SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

/// <summary>
/// Decodes one Sparkplug B payload (sparkplug_b.proto). It reads the allowed fields only. Names and words are compared as bytes with those
/// of the profile, so that no other text becomes a string.
/// </summary>
/// <param name="allowedOfPayload">The allowed fields of the payload, as bits of their numbers.</param>
/// <param name="allowedOfMetric">The allowed fields of a metric, as bits of their numbers.</param>
internal sealed class SparkplugDecoder(UnitIndex units, int allowedOfPayload, int allowedOfMetric, CodedInputStream input)
{
    /// <summary>The number of metrics in one message that are read at most.</summary>
    private const int MaxMetrics = 512;

    private static readonly byte[] BdSeqName = "bdSeq"u8.ToArray();

    private readonly ImmutableArray<SparkplugMetric>.Builder _metrics = ImmutableArray.CreateBuilder<SparkplugMetric>();
    private int? _seq;
    private ulong? _bdSeq;
    private DateTimeOffset? _at;
    private int _dropped;
    private int _metricCount;

    /// <summary>Decodes the payload. Null when it does not have the shape of a Sparkplug payload.</summary>
    /// <exception cref="InvalidProtocolBufferException">The payload is no protocol buffer.</exception>
    public SparkplugMessage? Read(SparkplugMessageType messageType, int node, int unit)
    {
        while (input.ReadTag() is var tag and not 0)
        {
            var field = WireFormat.GetTagFieldNumber(tag);
            if (field > 3 || (allowedOfPayload & 1 << field) == 0)
            {
                _dropped++;
                input.SkipLastField();
            }
            else if (!TryReadField(field, WireFormat.GetTagWireType(tag)))
            {
                return null;
            }
        }

        if (_seq is null && messageType != SparkplugMessageType.NDEATH)
            return null;
        return new SparkplugMessage(messageType, node, unit, _seq, _bdSeq, _at, _metrics.ToImmutable(), _dropped);
    }

    private bool TryReadField(int field, WireFormat.WireType type)
    {
        if (field == 2)
            return type == WireFormat.WireType.LengthDelimited && TryReadMetric();
        if (type != WireFormat.WireType.Varint)
            return false;
        var number = input.ReadUInt64();
        if (field == 1)
        {
            _at = number <= long.MaxValue && Instants.TryUnix((long)number, out var instant) ? instant : null;
            return true;
        }

        if (number > 255)
            return false;
        _seq = (int)number;
        return true;
    }

    private bool TryReadMetric()
    {
        if (++_metricCount > MaxMetrics)
            return false;
        var length = input.ReadLength();
        if (length < 0)
            return false;
        var end = input.Position + length;
        if (ReadMetric(end) is { } metric)
            _metrics.Add(metric);
        return input.Position == end; // Otherwise a field reached beyond its metric.
    }

    /// <summary>Reads one metric. Null when it bears none of the profile's names, and no alias.</summary>
    private SparkplugMetric? ReadMetric(long end)
    {
        var values = new MetricValues();
        while (input.Position < end && input.ReadTag() is var tag and not 0)
        {
            var field = WireFormat.GetTagFieldNumber(tag);
            var type = WireFormat.GetTagWireType(tag);
            var expected = field is 1 or 15 ? WireFormat.WireType.LengthDelimited : WireFormat.WireType.Varint;
            if (field <= 15 && (allowedOfMetric & 1 << field) != 0 && type == expected)
            {
                ReadMetricField(field, values);
                continue;
            }

            _dropped++;
            input.SkipLastField();
        }

        if (values.IsBdSeq)
        {
            _bdSeq = values.Number;
            return null;
        }

        if (values.HasName ? values.Meaning < 0 : values.Alias is null)
        {
            _dropped++;
            return null;
        }

        var word = values.IsNull ? null : values.Word;
        var firmware = values.IsNull ? null : values.Firmware;
        return new SparkplugMetric(values.Meaning, values.Alias, word, firmware, values.IsHistorical);
    }

    private void ReadMetricField(int field, MetricValues values)
    {
        switch (field)
        {
            case 1:
                var name = input.ReadBytes();
                values.HasName = true;
                values.IsBdSeq = name.Span.SequenceEqual(BdSeqName);
                values.Meaning = MeaningOf(name.Span);
                break;
            case 2:
                values.Alias = input.ReadUInt64();
                break;
            case 5:
                values.IsHistorical = input.ReadBool();
                break;
            case 7:
                values.IsNull = input.ReadBool();
                break;
            case 10 or 11:
                values.Number = input.ReadUInt64();
                values.Word = units.WordOf(Encoding.ASCII.GetBytes(values.Number.Value.ToString(CultureInfo.InvariantCulture)));
                break;
            case 14:
                values.Word = units.WordOf(input.ReadBool() ? "true"u8 : "false"u8);
                break;
            default:
                var text = input.ReadBytes();
                values.Word = units.WordOf(text.Span);
                values.Firmware = units.HasFirmware && FirmwareVersion.TryRead(text.Span, out var firmware) ? firmware : null;
                break;
        }
    }

    private int MeaningOf(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < units.Names.Length; i++)
        {
            if (name.SequenceEqual(units.Names[i]))
                return i;
        }

        return -1;
    }

    /// <summary>The fields of one metric, while it is read.</summary>
    private sealed class MetricValues
    {
        public int Meaning { get; set; } = -1;
        public bool HasName { get; set; }
        public bool IsBdSeq { get; set; }
        public bool IsHistorical { get; set; }
        public bool IsNull { get; set; }
        public ulong? Alias { get; set; }
        public ulong? Number { get; set; }
        public string? Word { get; set; }
        public string? Firmware { get; set; }
    }
}
