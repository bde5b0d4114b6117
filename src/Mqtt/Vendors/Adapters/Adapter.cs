using System.Collections.Immutable;
using SurveillanceRegistry.Mqtt.Vendors.Facts;

namespace SurveillanceRegistry.Mqtt.Vendors.Adapters;

/// <summary>
/// Reads the messages of one kind of vendor: a pure function of topic and bytes, driven by an allow-list. It uses no clock, socket or log,
/// and creates no text from a message.
/// </summary>
public abstract class Adapter
{
    /// <summary>The longest topic that is read, in characters and in levels.</summary>
    internal const int MaxTopicCharacters = 512,
        MaxTopicLevels = 24;

    private readonly ImmutableArray<TopicPattern> _refused;
    private readonly ImmutableArray<TopicPattern> _allowed;

    private protected Adapter(FieldAllowList allowList)
    {
        AllowList = allowList;
        Signals = [.. Enum.GetValues<Signal>().Where(allowList.Uses)];
        Topics = [.. allowList.Allowed.GroupBy(field => field.Topic, StringComparer.Ordinal).Select(topic => topic.Key)];
        _allowed = [.. Topics.Select(topic => new TopicPattern(topic))];
        _refused = [.. allowList.Refused.Select(branch => new TopicPattern(branch.Topic))];
    }

    /// <summary>The fields that are read, and the topics that are refused unread.</summary>
    public FieldAllowList AllowList { get; }

    /// <summary>The signals that a field of the allow-list reports.</summary>
    internal ImmutableArray<Signal> Signals { get; }

    /// <summary>The topics of the allow-list, each once.</summary>
    private protected ImmutableArray<string> Topics { get; }

    /// <summary>Decides on a topic before the payload is read.</summary>
    public TopicDecision Classify(UnitIndex units, string topic)
    {
        ArgumentNullException.ThrowIfNull(units);
        ArgumentNullException.ThrowIfNull(topic);
        Span<char> letters = stackalloc char[MaxTopicCharacters];
        return TryBelow(units, topic, letters, out var below) ? Classify(units, below) : TopicDecision.Ignore;
    }

    private protected virtual TopicDecision Classify(UnitIndex units, ReadOnlySpan<char> below)
    {
        if (FindAllowed(units, below, out _) >= 0)
            return TopicDecision.Read;
        foreach (var branch in _refused)
        {
            if (branch.Matches(below, units, out _))
                return TopicDecision.RefuseUnread;
        }

        return TopicDecision.Ignore;
    }

    /// <summary>Returns the index of the allowed topic that matches, or −1.</summary>
    private protected virtual int FindAllowed(UnitIndex units, ReadOnlySpan<char> below, out int unit)
    {
        for (var at = 0; at < _allowed.Length; at++)
        {
            if (_allowed[at].Matches(below, units, out unit))
                return at;
        }

        unit = UnitIndex.None;
        return -1;
    }

    /// <summary>
    /// Normalizes the part of a topic below the profile's prefix. False when the topic is not below it.
    /// </summary>
    private protected bool TryBelow(UnitIndex units, string topic, Span<char> letters, out ReadOnlySpan<char> below)
    {
        below = default;
        var prefix = units.Profile.Prefix;
        if (topic.Length > MaxTopicCharacters || topic.AsSpan().Count('/') >= MaxTopicLevels)
            return false;
        var rest = topic.AsSpan();
        if (prefix.Length > 0)
        {
            if (rest.Length <= prefix.Length || rest[prefix.Length] != '/' || !rest.StartsWith(prefix, StringComparison.Ordinal))
                return false;
            rest = rest[(prefix.Length + 1)..];
        }

        below = letters[..Normalize(rest, letters)];
        return true;
    }

    /// <summary>Writes a topic in the form of this adapter's patterns. Returns its length.</summary>
    private protected virtual int Normalize(ReadOnlySpan<char> topic, Span<char> letters)
    {
        topic.CopyTo(letters);
        return topic.Length;
    }
}
