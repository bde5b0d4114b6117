using System.Text.Json;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Mqtt.Publishing.Rejections;

/// <summary>
/// Finds the captures that a rejected payload names below <c>capture</c>, whatever else is wrong with it: another member, a number out of
/// range, an escape, a capital letter, a mode of its own, an end that is missing. Only names of the contract are found, and nothing else of
/// a payload becomes a value.
/// </summary>
internal static class RejectedCaptures
{
    /// <summary>Eight times the longest heartbeat; the rest is not read: rejected publishes have no limit of their own.</summary>
    private const int MaxBytes = 8 * HeartbeatReader.MaxBytes;

    private const int MaxNameLength = 64;

    private static readonly JsonReaderOptions Lenient = new()
    {
        AllowMultipleValues = true,
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    private static readonly (string Name, Capture Value)[] Names =
    [
        .. Enum.GetValues<Capture>().Select(capture => (Domain.Json.Word(capture), capture)),
    ];

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The captures that are named. Of a payload that breaks off, those before the break.</summary>
    public static CaptureSet NamedBy(ReadOnlySpan<byte> payload)
    {
        if (payload.StartsWith(ByteOrderMark))
            payload = payload[ByteOrderMark.Length..];
        var reader = new Utf8JsonReader(payload[..Math.Min(payload.Length, MaxBytes)], isFinalBlock: false, new JsonReaderState(Lenient));
        var named = default(CaptureSet);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && Is(ref reader, "capture"))
                    AddNames(ref reader, ref named);
            }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // It breaks off, or is no text: what it named before counts.
        }

        return named;
    }

    /// <summary>Adds the names within the value of <c>capture</c>: those of members, and those in a list.</summary>
    private static void AddNames(ref Utf8JsonReader reader, ref CaptureSet named)
    {
        var depth = reader.CurrentDepth;
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
            {
                foreach (var (name, capture) in Names)
                {
                    if (Is(ref reader, name))
                        named = named.With(capture);
                }
            }

            if (reader.CurrentDepth <= depth && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
                return;
        }
    }

    private static bool Is(ref Utf8JsonReader reader, string name)
    {
        if (reader.ValueSpan.Length > MaxNameLength)
            return false;
        Span<char> text = stackalloc char[MaxNameLength];
        return name.AsSpan().Equals(((ReadOnlySpan<char>)text[..reader.CopyString(text)]).Trim(), StringComparison.OrdinalIgnoreCase);
    }
}
