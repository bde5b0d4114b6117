using System.Collections.Immutable;
using SurveillanceRegistry.Mqtt.Vendors.Facts;

namespace SurveillanceRegistry.Mqtt.Vendors.Adapters;

/// <summary>
/// What one kind of vendor says, and how it is read: a pure function of topic and bytes, driven by its keep-list. It knows no clock, no
/// socket and no log, and makes no text out of what comes in.
/// </summary>
public abstract class Adapter
{
    /// <summary>The longest topic that is looked at, in characters, and its most levels.</summary>
    internal const int MaxTopicCharacters = 512,
        MaxTopicLevels = 24;

    private readonly ImmutableArray<TopicPattern> _refused;
    private readonly ImmutableArray<TopicPattern> _allowed;

    private protected Adapter(FieldAllowList keepList)
    {
        AllowList = keepList;
        Signals = [.. Enum.GetValues<Signal>().Where(keepList.Uses)];
        Topics = [.. keepList.Kept.GroupBy(field => field.Topic, StringComparer.Ordinal).Select(topic => topic.Key)];
        _allowed = [.. Topics.Select(topic => new TopicPattern(topic))];
        _refused = [.. keepList.Refused.Select(branch => new TopicPattern(branch.Topic))];
    }

    /// <summary>All that is read, and the branches that are refused unread.</summary>
    public FieldAllowList AllowList { get; }

    /// <summary>The signals by which some line of the keep-list tells.</summary>
    internal ImmutableArray<Signal> Signals { get; }

    /// <summary>The topics of the keep-list, each once.</summary>
    private protected ImmutableArray<string> Topics { get; }

    /// <summary>What becomes of a topic. Its payload has not been looked at.</summary>
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
            return TopicDecision.Keep;
        foreach (var branch in _refused)
        {
            if (branch.Matches(below, units, out _))
                return TopicDecision.RefuseUnread;
        }

        return TopicDecision.Ignore;
    }

    /// <summary>The number of the kept topic that this one is, or −1.</summary>
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
    /// The topic below the profile's prefix, in the one form in which patterns are written. False when it is not below it.
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

        below = letters[..OneForm(rest, letters)];
        return true;
    }

    /// <summary>Writes a topic in the form in which this adapter's patterns are written; returns its length.</summary>
    private protected virtual int OneForm(ReadOnlySpan<char> topic, Span<char> letters)
    {
        topic.CopyTo(letters);
        return topic.Length;
    }
}
