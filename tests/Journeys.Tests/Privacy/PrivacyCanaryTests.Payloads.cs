using System.Text;

namespace SurveillanceRegistry.Journeys.Tests.Privacy;

public sealed partial class PrivacyCanaryTests
{
    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>The markers, repeated.</summary>
    private static string Long(int bytes) => string.Concat(Enumerable.Repeat(Person, bytes / Person.Length + 1));

    private static byte[] Stats =>
        Text(
            $$$$"""{"cameras":{"lobby_south":{"camera_fps":5.0,"process_fps":5,"{{{{Name}}}}":"{{{{Plate}}}}"}"""
                + $$$$""","{{{{Plate}}}}":{"camera_fps":1}},"service":"""
                + $$$$"""{"version":"{{{{Name}}}}","uptime":1,"storage":{"{{{{Picture}}}}":1}}}"""
        );

    private static byte[] Axis(string field) =>
        Text(
            $$$$"""{"timestamp":1764000000000,"topic":"onvif:Device/axis:Status/SystemReady","serial":"{{{{Plate}}}}","message":"""
                + $$$$"""{"source":{"name":"{{{{Name}}}}"},"key":{},"data":"""
                + $$$$"""{"{{{{field}}}}":"1","plate":"{{{{Plate}}}}","pos":"{{{{Position}}}}"}}}"""
        );

    private static byte[] Onvif =>
        Text(
            $$$$"""{"UtcTime":"2026-11-23T15:00:00Z","Source":{"Token":"{{{{Name}}}}"},"Data":"""
                + $$$$"""{"State":"Active","Failed":"true","Plate":"{{{{Plate}}}}","Likelihood":"{{{{Position}}}}"}}"""
        );

    // Protobuf, as far as Sparkplug needs it: a number, or bytes with their length, each behind its field's number.
    private static byte[] Number(int field, ulong value) => [.. Varint((ulong)field << 3), .. Varint(value)];

    private static byte[] Bytes(int field, byte[] value) => [.. Varint((ulong)field << 3 | 2), .. Varint((ulong)value.Length), .. value];

    private static byte[] Varint(ulong value) => value < 128 ? [(byte)value] : [(byte)(value % 128 | 128), .. Varint(value / 128)];

    /// <summary>A metric: a number, or a text with a marker in its metadata and properties.</summary>
    private static byte[] Metric(string name, object value, ulong? alias = null) =>
        [
            .. Bytes(1, Text(name)),
            .. alias is { } number ? Number(2, number) : [],
            .. Number(4, value is string ? 12UL : 8UL),
            .. Bytes(8, [.. Bytes(3, Text(Picture)), .. Bytes(8, Text(Name))]),
            .. Bytes(9, [.. Bytes(1, Text(Plate)), .. Bytes(2, [.. Number(1, 12), .. Bytes(8, Text(Position))])]),
            .. value is string text
                ? Bytes(15, Text(text))
                : Number(11, Convert.ToUInt64(value, System.Globalization.CultureInfo.InvariantCulture)),
        ];

    /// <summary>
    /// A well-formed message of a node: what is given, and markers as names, texts, bytes, the message's own id and its body.
    /// </summary>
    private static byte[] Sparkplug(int seq, params byte[][] metrics) =>
        [
            .. Number(1, (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()),
            .. metrics.SelectMany(metric => Bytes(2, metric)),
            .. Bytes(2, Metric(Plate, Name, alias: 20)),
            .. Bytes(2, Metric("Properties/Operator", Name, alias: 21)),
            .. Bytes(2, Metric("Firmware", Name, alias: 14)),
            .. Bytes(2, [.. Bytes(1, Text("Last/Plate")), .. Number(4, 17), .. Bytes(16, Jpeg)]),
            .. Number(3, (ulong)seq),
            .. Bytes(4, Text(Client)),
            .. Bytes(5, Jpeg),
        ];
}
