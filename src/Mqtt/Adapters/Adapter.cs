using System.Collections.Immutable;

namespace SurveillanceRegistry.Mqtt.Adapters;

/// <summary>
/// What one kind of vendor says, and how it is read: a pure function of topic and bytes, driven by its keep-list. It knows no clock, no
/// socket and no log, and makes no text out of what comes in.
/// </summary>
public abstract class Adapter
{
    /// <summary>The longest topic that is looked at, in characters, and its most levels.</summary>
    internal const int MostTopicCharacters = 512, MostTopicLevels = 24;

    private readonly ImmutableArray<TopicPattern> _refused;
    private readonly ImmutableArray<TopicPattern> _kept;

    private protected Adapter(KeepList keepList)
    {
        KeepList = keepList;
        Signals = [.. Enum.GetValues<Signal>().Where(keepList.Uses)];
        Topics = [.. keepList.Kept.GroupBy(field => field.Topic, StringComparer.Ordinal).Select(topic => topic.Key)];
        _kept = [.. Topics.Select(topic => new TopicPattern(topic))];
        _refused = [.. keepList.Refused.Select(branch => new TopicPattern(branch.Topic))];
    }

    /// <summary>All that is read, and the branches that are refused unread.</summary>
    public KeepList KeepList { get; }

    /// <summary>The signals by which some line of the keep-list tells.</summary>
    internal ImmutableArray<Signal> Signals { get; }

    /// <summary>The topics of the keep-list, each once.</summary>
    private protected ImmutableArray<string> Topics { get; }

    /// <summary>What becomes of a topic. Its payload has not been looked at.</summary>
    public Judgement Judge(UnitTable units, string topic)
    {
        ArgumentNullException.ThrowIfNull(units);
        ArgumentNullException.ThrowIfNull(topic);
        Span<char> letters = stackalloc char[MostTopicCharacters];
        return TryBelow(units, topic, letters, out var below) ? Judge(units, below) : Judgement.Ignore;
    }

    private protected virtual Judgement Judge(UnitTable units, ReadOnlySpan<char> below)
    {
        if (FindKept(units, below, out _) >= 0)
            return Judgement.Keep;
        foreach (var branch in _refused)
        {
            if (branch.Matches(below, units, out _))
                return Judgement.RefuseUnread;
        }

        return Judgement.Ignore;
    }

    /// <summary>The number of the kept topic that this one is, or −1.</summary>
    private protected virtual int FindKept(UnitTable units, ReadOnlySpan<char> below, out int unit)
    {
        for (var at = 0; at < _kept.Length; at++)
        {
            if (_kept[at].Matches(below, units, out unit))
                return at;
        }

        unit = UnitTable.Nobody;
        return -1;
    }

    /// <summary>The topic below the profile's prefix, in the one form in which patterns are written. False when it is not below it.</summary>
    private protected bool TryBelow(UnitTable units, string topic, Span<char> letters, out ReadOnlySpan<char> below)
    {
        below = default;
        var prefix = units.Profile.Prefix;
        if (topic.Length > MostTopicCharacters || topic.AsSpan().Count('/') >= MostTopicLevels)
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
