using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>
/// The bytes of an entry: one JSON object without blanks, its members in the order <c>v</c>, <c>at</c>, <c>kind</c>, <c>by</c>,
/// <c>body</c>.
/// What stands in the ledger is these bytes; their hash is the leaf.
/// </summary>
public static class LedgerEntry
{
    /// <summary>The most bytes of an entry: a bundle of entries states the length in two bytes (C2SP tlog-tiles).</summary>
    public const int MaxBytes = 65_535;

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an entry. Throws <see cref="ArgumentException"/> when it would be larger than <see cref="MaxBytes"/>.</summary>
    /// <param name="at">When it happened; written in UTC with microseconds, as the database keeps it.</param>
    /// <param name="kind">What happened, e.g. <c>change-approved</c>.</param>
    /// <param name="by">Who did it.</param>
    /// <param name="body">What there is to say of it; no name of a person, nothing that may have to be forgotten.</param>
    public static byte[] Write(DateTimeOffset at, string kind, Attribution by, object body)
    {
        ArgumentNullException.ThrowIfNull(by);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Compact))
        {
            json.WriteStartObject();
            json.WriteNumber("v", 1);
            json.WriteString("at", Time(at));
            json.WriteString("kind", kind);
            json.WriteStartObject("by");
            json.WriteString("role", by.Role);
            if (by.Department is not null)
                json.WriteString("department", by.Department);
            if (by.Staff is not null)
                json.WriteString("staff", by.Staff);
            json.WriteEndObject();
            json.WritePropertyName("body");
            JsonSerializer.Serialize(json, body, Json.Options);
            json.WriteEndObject();
        }

        return stream.Length <= MaxBytes
            ? stream.ToArray()
            : throw new ArgumentException(
                $"An entry of {stream.Length} bytes is larger than {MaxBytes}: large things enter by their hash.",
                nameof(body)
            );
    }

    /// <summary>An instant as entries state it.</summary>
    public static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>How many bytes a text takes in an entry, quotation marks and escapes included.</summary>
    public static int BytesOf(string text) => JsonSerializer.SerializeToUtf8Bytes(text, Json.Options).Length;
}
