using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>What the bytes of an entry say, as far as the verifier compares it with other records.</summary>
/// <param name="Place">The place of the issued notice; null for other kinds of entry.</param>
/// <param name="NoticeHash">The hash of the issued notice; null for other kinds of entry.</param>
/// <param name="NoticeSequence">The sequence of the issued notice; 0 for other kinds of entry.</param>
/// <param name="NoticeContentHash">The hash of the notice's content; null for other kinds of entry and in those of older versions.</param>
internal readonly record struct EntryContent(string? Place, string? NoticeHash, long NoticeSequence, string? NoticeContentHash);

/// <summary>Reads an entry from its bytes without allocating a document for each of a million entries.</summary>
internal static class EntryReader
{
    /// <summary>Whether the bytes of an entry have the time and the kind that are stored beside them.</summary>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    /// <exception cref="InvalidOperationException">A member has another type than an entry's.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool HasStoredTimeAndKind(StoredEntry entry)
    {
        Span<byte> time = stackalloc byte[LedgerEntry.TimeLength];
        LedgerEntry.FormatTime(entry.At, time);
        if (BeginsAsWritten(entry.Bytes.Span, time, entry.Kind))
            return true;
        var (hasTime, hasKind) = (false, false);
        var json = new Utf8JsonReader(entry.Bytes.Span);
        // They stand before the body. Each occurs once, so the first one counts.
        while (!(hasTime && hasKind) && json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth != 1)
                continue;
            if (json.ValueTextEquals("at"u8))
                hasTime = json.Read() && json.ValueTextEquals(time) ? true : throw Other();
            else if (json.ValueTextEquals("kind"u8))
                hasKind = json.Read() && json.ValueTextEquals(entry.Kind) ? true : throw Other();
        }

        return hasTime && hasKind;

        static InvalidOperationException Other() => new("Its stored kind or time differs from its bytes.");
    }

    /// <summary>Whether an entry begins as the registry writes it, with a time and a kind.</summary>
    private static bool BeginsAsWritten(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> time, string kind)
    {
        return TrySkip(ref bytes, "{\"v\":1,\"at\":\""u8)
            && TrySkip(ref bytes, time)
            && TrySkip(ref bytes, "\",\"kind\":\""u8)
            && bytes.Length > kind.Length
            && Ascii.Equals(bytes[..kind.Length], kind)
            && bytes[kind.Length..].StartsWith("\","u8);

        static bool TrySkip(ref ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> part)
        {
            if (!bytes.StartsWith(part))
                return false;
            bytes = bytes[part.Length..];
            return true;
        }
    }

    /// <summary>Reads a whole entry.</summary>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    /// <exception cref="InvalidOperationException">A member has another type than an entry's.</exception>
    public static EntryContent Read(StoredEntry entry)
    {
        var content = default(EntryContent);
        var isNotice = entry.Kind == LedgerKinds.NoticeIssued;
        var json = new Utf8JsonReader(entry.Bytes.Span);
        while (json.Read())
        {
            // Depth 1 has the members of the entry, depth 2 those of its body.
            if (isNotice && json.TokenType == JsonTokenType.PropertyName && json.CurrentDepth == 2)
                content = ReadBodyMember(ref json, content);
        }

        return content;
    }

    private static EntryContent ReadBodyMember(ref Utf8JsonReader json, EntryContent content)
    {
        if (json.ValueTextEquals("place"u8))
            return content with { Place = NextString(ref json) };
        if (json.ValueTextEquals("hash"u8))
            return content with { NoticeHash = NextString(ref json) };
        if (json.ValueTextEquals("contentHash"u8))
            return content with { NoticeContentHash = NextString(ref json) };
        return json.ValueTextEquals("sequence"u8) && json.Read() ? content with { NoticeSequence = json.GetInt64() } : content;
    }

    private static string? NextString(ref Utf8JsonReader json) => json.Read() ? json.GetString() : null;
}
