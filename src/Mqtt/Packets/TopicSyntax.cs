namespace SurveillanceRegistry.Mqtt.Packets;

/// <summary>The syntax of topic names and filters (MQTT 5.0 sections 4.7 and 4.8.2). The strings are valid UTF-8 already.</summary>
internal static class TopicSyntax
{
    private const byte MultiLevel = (byte)'#',
        SingleLevel = (byte)'+',
        Separator = (byte)'/';

    /// <summary>Whether a topic name has no wildcard. An empty one has none.</summary>
    public static bool HasNoWildcard(ReadOnlySpan<byte> name) => name.IndexOfAny(MultiLevel, SingleLevel) < 0;

    /// <summary>Whether each wildcard of a filter is a whole level, and <c>#</c> only the last one.</summary>
    public static bool IsFilter(ReadOnlySpan<byte> filter)
    {
        if (filter.IsEmpty)
            return false;
        while (true)
        {
            var end = filter.IndexOf(Separator);
            var level = end < 0 ? filter : filter[..end];
            if (level.Length > 1 ? !HasNoWildcard(level) : level is [MultiLevel] && end >= 0)
                return false;
            if (end < 0)
                return true;
            filter = filter[(end + 1)..];
        }
    }

    /// <summary>Whether a filter asks for a shared subscription. MQTT 3.1.1 knows none.</summary>
    public static bool IsShared(ReadOnlySpan<byte> filter) => filter.StartsWith("$share/"u8);

    /// <summary>Whether a shared filter has a share name without wildcards, and a filter behind it.</summary>
    public static bool IsSharedFilter(ReadOnlySpan<byte> filter)
    {
        var rest = filter["$share/"u8.Length..];
        var end = rest.IndexOf(Separator);
        return end > 0 && HasNoWildcard(rest[..end]) && end + 1 < rest.Length;
    }
}
