using System.Text.Json;

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>What the bytes of an entry say, as far as the verifier compares it with other records.</summary>
/// <param name="Place">The place of the issued notice; null for other kinds of entry.</param>
/// <param name="NoticeHash">The hash of the issued notice; null for other kinds of entry.</param>
/// <param name="NoticeSequence">The sequence of the issued notice; 0 for other kinds of entry.</param>
/// <param name="NoticeContentHash">The hash of the notice's content; null for other kinds of entry and in those of older versions.</param>
internal readonly record struct EntryContent(
    string? At,
    string? Kind,
    string? Place,
    string? NoticeHash,
    long NoticeSequence,
    string? NoticeContentHash
);

/// <summary>Reads an entry from its bytes without allocating a document for each of a million entries.</summary>
internal static class EntryReader
{
    /// <summary>Reads an entry.</summary>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    /// <exception cref="InvalidOperationException">A member has another type than an entry's.</exception>
    public static EntryContent Read(ReadOnlySpan<byte> bytes)
    {
        var content = default(EntryContent);
        var json = new Utf8JsonReader(bytes);
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName)
                continue;
            // Depth 1 has the members of the entry, depth 2 those of its body. The kind comes before the body.
            if (json.CurrentDepth == 1)
                content = ReadMember(ref json, content);
            else if (json.CurrentDepth == 2)
                content = ReadBodyMember(ref json, content);
        }

        return content;
    }

    private static EntryContent ReadMember(ref Utf8JsonReader json, EntryContent content)
    {
        if (json.ValueTextEquals("at"u8))
            return content with { At = NextString(ref json) };
        return json.ValueTextEquals("kind"u8) ? content with { Kind = NextString(ref json) } : content;
    }

    private static EntryContent ReadBodyMember(ref Utf8JsonReader json, EntryContent content)
    {
        if (content.Kind != LedgerKinds.NoticeIssued)
            return content;
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
