using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain.Devices;

/// <summary>
/// What a unit reports of each of its sensors: two bits a capture, no text, so that a report has no room for anything else.
/// A capture that is not named belongs to no sensor of the unit.
/// </summary>
[JsonConverter(typeof(CaptureReportJson))]
public readonly record struct CaptureReport
{
    private static readonly ImmutableArray<Capture> All = [.. Enum.GetValues<Capture>()];

    /// <summary>The report from its packed form, two bits a capture in the order of <see cref="Capture"/>.</summary>
    public CaptureReport(int bits) => Bits = bits;

    /// <summary>The packed form: 0 no such sensor, 1 off, 2 live, 3 recorded.</summary>
    public int Bits { get; }

    /// <summary>The mode of one capture, or null when no sensor takes it in.</summary>
    public Mode? this[Capture capture] => (Bits >> ((int)capture * 2) & 3) is var mode and not 0 ? (Mode)mode : null;

    /// <summary>This report with one capture set.</summary>
    public CaptureReport With(Capture capture, Mode mode) => new(Bits & ~(3 << ((int)capture * 2)) | (int)mode << ((int)capture * 2));

    /// <summary>Every sensor at the same mode.</summary>
    public static CaptureReport Every(IEnumerable<Capture> sensors, Mode mode) =>
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
            expected |= 3 << ((int)sensor * 2);
        var named = 0;
        foreach (var capture in All)
        {
            if (this[capture] is not null)
                named |= 3 << ((int)capture * 2);
        }

        return named == expected;
    }

    /// <summary>The report in words, for logs and failures: <c>video recorded, audio off</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var capture in Captures)
            text.Append(text.Length == 0 ? "" : ", ").Append(Json.Word(capture)).Append(' ').Append(Json.Word(this[capture]!.Value));
        return text.ToString();
    }
}

/// <summary>A capture report in JSON: <c>{"video":"recorded","audio":"off"}</c>.</summary>
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
