using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SurveillanceRegistry.Domain.Ledger.Replay;

/// <summary>What the entries of the ledger say of one column of a row.</summary>
internal readonly record struct Held
{
    private readonly Form _form;
    private readonly string? _text;
    private readonly ReadOnlyMemory<byte> _json;

    private Held(Form form, string? text, ReadOnlyMemory<byte> json = default)
    {
        _form = form;
        _text = text;
        _json = json;
    }

    private enum Form
    {
        /// <summary>No value was set: every comparison throws.</summary>
        Unset,

        /// <summary>The entries do not say the value: an older version wrote them.</summary>
        NotHeld,

        /// <summary>Any text: an older version wrote the entry. A null is refused.</summary>
        SomeText,

        /// <summary>The exact text.</summary>
        Text,

        /// <summary>The hash of the exact text.</summary>
        Hash,

        /// <summary>A whole JSON value.</summary>
        Json,

        /// <summary>A JSON object with some members of the value: an older version wrote the entry.</summary>
        SomeMembers,
    }

    /// <summary>A value that older entries do not say.</summary>
    public static Held NotHeld { get; } = new(Form.NotHeld, null);

    /// <summary>Any value but null: an older entry does not say which.</summary>
    public static Held SomeText { get; } = new(Form.SomeText, null);

    /// <summary>Whether the whole value is in the entries.</summary>
    public bool IsHeld => _form is Form.Text or Form.Json or Form.Hash;

    /// <summary>An exact text; null for a null.</summary>
    public static Held Text(string? text) => new(Form.Text, text);

    /// <summary>An exact number.</summary>
    public static Held Number(long number) => new(Form.Text, LedgerEntry.FormatNumber(number));

    /// <summary>A text with this SHA-256, in lower-case hex.</summary>
    /// <param name="json">The content, to name what differs; null when it is too large for an entry.</param>
    public static Held Hash(string sha256, JsonElement? json) => new(Form.Hash, sha256, json is { } content ? Bytes(content) : default);

    /// <summary>A JSON value, in any layout and with its members in any order.</summary>
    public static Held Json(JsonElement json) => new(Form.Json, null, Bytes(json));

    /// <summary>A JSON value that is copied into a store.</summary>
    public static Held Json(JsonElement json, JsonStore store) => new(Form.Json, null, store.Add(json));

    /// <summary>Some members of a JSON object. A null is equal to an absent member.</summary>
    public static Held SomeMembers(string json) => new(Form.SomeMembers, null, Encoding.UTF8.GetBytes(json));

    /// <summary>Compares with the stored value. Returns null when they are equal or when the entries do not say the value.</summary>
    public Difference? Compare(string? stored) =>
        _form switch
        {
            Form.NotHeld => null,
            Form.SomeText => stored is null ? new Difference("", "a value", null) : null,
            Form.Text => stored == _text ? null : new Difference("", _text, stored),
            Form.Hash => CompareHash(stored),
            Form.Json => CompareJson(stored),
            Form.SomeMembers => CompareMembers(stored),
            Form.Unset => throw new InvalidOperationException("A column has no value by the ledger."),
            _ => throw new InvalidOperationException($"The form {_form} is not known."),
        };

    private Difference? CompareHash(string? stored)
    {
        var hash = stored is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stored)));
        if (hash == _text)
            return null;
        // Where the content is equal and only its layout differs, the hashes are named.
        return (_json.IsEmpty ? null : CompareJson(stored))
            ?? new Difference("", $"SHA-256 {_text}", hash is null ? null : $"SHA-256 {hash}");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Difference? CompareJson(string? stored)
    {
        if (stored is null)
            return new Difference("", Encoding.UTF8.GetString(_json.Span), null);
        if (AreSurelyEqual(_json.Span, stored))
            return null;
        using var byLedger = JsonDocument.Parse(_json);
        using var byTable = JsonDocument.Parse(stored);
        return Find("", byLedger.RootElement, byTable.RootElement);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool AreSurelyEqual(ReadOnlySpan<byte> byLedger, string byTable)
    {
        var utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(byTable.Length));
        try
        {
            return JsonMembers.AreSurelyEqual(byLedger, utf8.AsSpan(0, Encoding.UTF8.GetBytes(byTable, utf8)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(utf8);
        }
    }

    private Difference? CompareMembers(string? stored)
    {
        if (stored is null)
            return new Difference("", Encoding.UTF8.GetString(_json.Span), null);
        using var byLedger = JsonDocument.Parse(_json);
        using var byTable = JsonDocument.Parse(stored);
        foreach (var member in byLedger.RootElement.EnumerateObject())
        {
            var isThere = byTable.RootElement.TryGetProperty(member.Name, out var found) && found.ValueKind != JsonValueKind.Null;
            if (!isThere && member.Value.ValueKind == JsonValueKind.Null)
                continue;
            if (!isThere)
                return new Difference($".{member.Name}", Read(member.Value), null);
            if (Find($".{member.Name}", member.Value, found) is { } difference)
                return difference;
        }

        return null;
    }

    /// <summary>Returns the first difference of two JSON values; null when they are equal.</summary>
    private static Difference? Find(string path, JsonElement byLedger, JsonElement byTable)
    {
        if (JsonElement.DeepEquals(byLedger, byTable))
            return null;
        if (byLedger.ValueKind == JsonValueKind.Object && byTable.ValueKind == JsonValueKind.Object)
            return FindMember(path, byLedger, byTable);
        if (
            byLedger.ValueKind == JsonValueKind.Array
            && byTable.ValueKind == JsonValueKind.Array
            && byLedger.GetArrayLength() == byTable.GetArrayLength()
            && byLedger.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object)
        )
        {
            return byLedger
                .EnumerateArray()
                .Zip(byTable.EnumerateArray())
                .Select((pair, i) => Find($"{path}[{i}]", pair.First, pair.Second))
                .FirstOrDefault(difference => difference is not null);
        }

        return new Difference(path, Read(byLedger), Read(byTable));
    }

    private static Difference FindMember(string path, JsonElement byLedger, JsonElement byTable)
    {
        foreach (var member in byLedger.EnumerateObject())
        {
            if (!byTable.TryGetProperty(member.Name, out var found))
                return new Difference($"{path}.{member.Name}", Read(member.Value), null);
            if (Find($"{path}.{member.Name}", member.Value, found) is { } difference)
                return difference;
        }

        var added = byTable.EnumerateObject().First(member => !byLedger.TryGetProperty(member.Name, out _));
        return new Difference($"{path}.{added.Name}", null, Read(added.Value));
    }

    private static ReadOnlyMemory<byte> Bytes(JsonElement json) => JsonMarshal.GetRawUtf8Value(json).ToArray();

    private static string Read(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    /// <summary>How two values differ.</summary>
    /// <param name="Path">The path to the member of a JSON value, e.g. <c>.sensors</c>; empty when the whole value differs.</param>
    internal sealed record Difference(string Path, string? LedgerSays, string? TableSays);
}
