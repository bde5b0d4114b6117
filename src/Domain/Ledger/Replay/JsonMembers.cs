using System.Runtime.CompilerServices;
using System.Text.Json;

namespace SurveillanceRegistry.Domain.Ledger.Replay;

/// <summary>Compares the members of JSON objects in one pass over each, without a document for any of a million rows.</summary>
public static class JsonMembers
{
    /// <summary>More members than a device has. Larger objects are compared another way.</summary>
    private const int MaxMembers = 32;

    /// <summary>
    /// Whether two objects surely have the same members, in any order and layout. A false says nothing: numbers and texts can be written in
    /// two ways, and the members of nested objects can stand in another order.
    /// </summary>
    /// <exception cref="JsonException">One of them is not JSON.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool AreSurelyEqual(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        Span<Member> members = stackalloc Member[MaxMembers];
        if (!TryList(one, members, out var count))
            return false;
        var json = new Utf8JsonReader(other);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            return false;
        var found = 0u;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var member = Find(one, members[..count], json.ValueSpan);
            // A name that stands twice could hide that another one is missing.
            if (member < 0 || json.ValueIsEscaped || (found & 1u << member) != 0)
                return false;
            found |= 1u << member;
            if (!AreSurelySame(members[member].Value(one), NextValue(ref json, other)))
                return false;
        }

        return !json.Read() && uint.PopCount(found) == count;
    }

    /// <summary>Lists the members of an object; false when it is none, or has too many.</summary>
    private static bool TryList(ReadOnlySpan<byte> bytes, Span<Member> members, out int count)
    {
        count = 0;
        var json = new Utf8JsonReader(bytes);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            return false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (count == members.Length || json.ValueIsEscaped)
                return false;
            var name = ((int)json.TokenStartIndex + 1, json.ValueSpan.Length);
            json.Read();
            var from = (int)json.TokenStartIndex;
            json.Skip();
            members[count++] = new Member(name.Item1, name.Length, from, (int)json.BytesConsumed - from);
        }

        return true;
    }

    private static int Find(ReadOnlySpan<byte> one, ReadOnlySpan<Member> members, ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < members.Length; i++)
        {
            if (members[i].Name(one).SequenceEqual(name))
                return i;
        }

        return -1;
    }

    private static ReadOnlySpan<byte> NextValue(ref Utf8JsonReader json, ReadOnlySpan<byte> bytes)
    {
        json.Read();
        var from = (int)json.TokenStartIndex;
        json.Skip();
        return bytes[from..(int)json.BytesConsumed];
    }

    /// <summary>Whether two values have the same bytes; of lists and objects except for blanks, which the database writes.</summary>
    private static bool AreSurelySame(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) =>
        one.SequenceEqual(other) || one[0] is (byte)'[' or (byte)'{' && AreSameButForBlanks(one, other);

    private static bool AreSameButForBlanks(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        var (i, j) = (0, 0);
        var isInText = false;
        while (true)
        {
            if (!isInText)
                (i, j) = (SkipBlanks(one, i), SkipBlanks(other, j));
            if (i == one.Length || j == other.Length)
                return i == one.Length && j == other.Length;
            if (one[i] != other[j])
                return false;
            // What stands after a reverse solidus ends no text.
            if (isInText && one[i] == '\\')
                (i, j) = (i + 1, j + 1);
            else if (one[i] == '"')
                isInText = !isInText;
            if (one[i] != other[j])
                return false;
            (i, j) = (i + 1, j + 1);
        }
    }

    private static int SkipBlanks(ReadOnlySpan<byte> bytes, int from)
    {
        while (from < bytes.Length && bytes[from] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            from++;
        return from;
    }

    private readonly record struct Member(int NameFrom, int NameLength, int ValueFrom, int ValueLength)
    {
        public ReadOnlySpan<byte> Name(ReadOnlySpan<byte> bytes) => bytes.Slice(NameFrom, NameLength);

        public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> bytes) => bytes.Slice(ValueFrom, ValueLength);
    }
}
