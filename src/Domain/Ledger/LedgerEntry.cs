using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>
/// Writes the bytes of an entry: one JSON object without blanks, its members in the order <c>v</c>, <c>at</c>, <c>kind</c>, <c>by</c>,
/// <c>body</c>. The ledger stores these bytes, and their hash is the leaf.
/// </summary>
public static class LedgerEntry
{
    /// <summary>The most bytes of an entry: a bundle of entries states the length in two bytes (C2SP tlog-tiles).</summary>
    public const int MaxBytes = 65_535;

    /// <summary>
    /// The member of the first entry's body that says that each row of the opening has an entry of its own. Entries of older versions do
    /// not have it: their places and screens are in no entry.
    /// </summary>
    public const string IsComplete = "complete";

    /// <summary>The length of an instant in the form that entries have.</summary>
    internal const int TimeLength = 27;

    /// <summary>The round-trip format, which is written ten times as fast as others, has a digit more.</summary>
    private const int RoundTripLength = 28,
        MarkPosition = 26;

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an entry. Throws <see cref="ArgumentException"/> when it would be larger than <see cref="MaxBytes"/>.</summary>
    /// <param name="at">When it happened; written in UTC with microseconds, the precision of the database.</param>
    /// <param name="kind">What happened, e.g. <c>change-approved</c>.</param>
    /// <param name="by">The person or program that acted.</param>
    /// <param name="body">The details. They must not contain personal data, which may have to be erased.</param>
    public static byte[] Write(DateTimeOffset at, string kind, Attribution by, object body)
    {
        ArgumentNullException.ThrowIfNull(by);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Compact))
        {
            json.WriteStartObject();
            json.WriteNumber("v", 1);
            json.WriteString("at", FormatTime(at));
            json.WriteString("kind", kind);
            json.WriteStartObject("by");
            json.WriteString("role", by.Role);
            if (by.Department is not null)
                json.WriteString("department", by.Department);
            if (by.Staff is not null)
                json.WriteString("staff", by.Staff);
            if (by.IsProgram)
                json.WriteBoolean("program", true);
            json.WriteEndObject();
            json.WritePropertyName("body");
            JsonSerializer.Serialize(json, body, Json.Options);
            json.WriteEndObject();
        }

        return stream.Length <= MaxBytes
            ? stream.ToArray()
            : throw new ArgumentException(
                $"An entry of {stream.Length} bytes is larger than {MaxBytes}: record the hash of large content instead.",
                nameof(body)
            );
    }

    /// <summary>A number in the form that entries have.</summary>
    internal static string FormatNumber(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes an instant in the form that entries have: 27 characters, in UTC with microseconds.</summary>
    internal static void FormatTime(DateTimeOffset at, Span<byte> utf8)
    {
        Span<byte> whole = stackalloc byte[RoundTripLength];
        at.UtcDateTime.TryFormat(whole, out _, "O", CultureInfo.InvariantCulture);
        whole[..MarkPosition].CopyTo(utf8);
        utf8[MarkPosition] = (byte)'Z';
    }

    /// <summary>An instant in the form that entries have.</summary>
    public static string FormatTime(DateTimeOffset at)
    {
        Span<byte> utf8 = stackalloc byte[TimeLength];
        FormatTime(at, utf8);
        return Encoding.ASCII.GetString(utf8);
    }
}
