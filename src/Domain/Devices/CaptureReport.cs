using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain.Devices;

/// <summary>
/// The mode of each sensor of a device: two bits a capture and no text, so that a report can contain nothing else. A capture that the
/// report does not name has no sensor.
/// </summary>
[JsonConverter(typeof(CaptureReportJson))]
public readonly record struct CaptureReport
{
    private const int BitsPerCapture = 2;
    private const int Mask = (1 << BitsPerCapture) - 1;

    /// <summary>The lower bit of each capture.</summary>
    private const int LowBits = 0b01_01_01_01_01_01;

    private static readonly ImmutableArray<Capture> All = [.. Enum.GetValues<Capture>()];

    /// <summary>A report in its packed form: two bits a capture, in the order of <see cref="Capture"/>.</summary>
    public CaptureReport(int bits) => Bits = bits;

    /// <summary>The packed form: 0 no such sensor, 1 off, 2 live, 3 recorded.</summary>
    public int Bits { get; }

    /// <summary>The mode of a capture, or null when there is no sensor for it.</summary>
    public Mode? this[Capture capture] => (Bits >> Offset(capture) & Mask) is var mode and not 0 ? (Mode)mode : null;

    /// <summary>This report with the mode of one capture set.</summary>
    public CaptureReport With(Capture capture, Mode mode) => new(Bits & ~(Mask << Offset(capture)) | (int)mode << Offset(capture));

    /// <summary>
    /// This report without each capture whose mode differs in another report. A capture that only one of them names differs.
    /// </summary>
    public CaptureReport AgreeingWith(CaptureReport other)
    {
        var different = Bits ^ other.Bits;
        var captures = (different | different >> 1) & LowBits;
        return new CaptureReport(Bits & ~(captures | captures << 1));
    }

    /// <summary>A report with every sensor in the same mode.</summary>
    public static CaptureReport ForAll(IEnumerable<Capture> sensors, Mode mode) =>
        sensors.Aggregate(default(CaptureReport), (report, capture) => report.With(capture, mode));

    /// <summary>The captures that the report names, in the order of <see cref="Capture"/>.</summary>
    public IEnumerable<Capture> Captures
    {
        get
        {
            foreach (var capture in All)
            {
                if (this[capture] is not null)
                    yield return capture;
            }
        }
    }

    /// <summary>Whether the report names exactly these sensors, each once.</summary>
    public bool Names(ImmutableArray<Capture> sensors)
    {
        var expected = 0;
        foreach (var sensor in sensors)
            expected |= Mask << Offset(sensor);
        var named = 0;
        foreach (var capture in All)
        {
            if (this[capture] is not null)
                named |= Mask << Offset(capture);
        }

        return named == expected;
    }

    private static int Offset(Capture capture) => (int)capture * BitsPerCapture;

    /// <summary>The report for logs and errors: <c>video recorded, audio off</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var capture in Captures)
            text.Append(text.Length == 0 ? "" : ", ").Append(Json.Word(capture)).Append(' ').Append(Json.Word(this[capture]!.Value));
        return text.ToString();
    }
}

/// <summary>Reads and writes a capture report in JSON: <c>{"video":"recorded","audio":"off"}</c>.</summary>
public sealed class CaptureReportJson : JsonConverter<CaptureReport>
{
    public override CaptureReport Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var report = default(CaptureReport);
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("Expected an object of captures.");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (
                !Json.TryWord<Capture>(reader.GetString(), out var capture)
                || !reader.Read()
                || !Json.TryWord<Mode>(reader.GetString(), out var mode)
            )
                throw new JsonException("Expected a capture and its mode.");
            report = report.With(capture, mode);
        }

        return report;
    }

    public override void Write(Utf8JsonWriter writer, CaptureReport value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var capture in value.Captures)
            writer.WriteString(Json.Word(capture), Json.Word(value[capture]!.Value));
        writer.WriteEndObject();
    }
}
