using System.Collections.Immutable;
using SurveillanceRegistry.Mqtt.Vendors.Facts;

namespace SurveillanceRegistry.Mqtt.Vendors.Adapters;

/// <summary>
/// A topic below a profile's prefix, level by level: literal levels, <c>{unit}</c> (the name of a unit, which may have several levels),
/// <c>{any}</c> (one or more levels), and <c>#</c> at the end (everything from there, also nothing).
/// </summary>
internal sealed class TopicPattern
{
    private readonly ImmutableArray<string> _levels;

    public TopicPattern(string pattern) => _levels = [.. pattern.Split('/')];

    /// <summary>Whether a topic matches this pattern.</summary>
    /// <param name="unit">The unit that the topic names.</param>
    public bool Matches(ReadOnlySpan<char> topic, UnitIndex units, out int unit)
    {
        unit = UnitIndex.None;
        return Matches(topic, isPastEnd: false, 0, units, ref unit);
    }

    private bool Matches(ReadOnlySpan<char> rest, bool isPastEnd, int level, UnitIndex units, ref int unit)
    {
        if (level == _levels.Length)
            return isPastEnd;
        if (_levels[level] == "#")
            return true;
        if (isPastEnd)
            return false;
        var isUnit = _levels[level] == "{unit}";
        if (!isUnit && _levels[level] != "{any}")
        {
            var end = rest.IndexOf('/');
            return rest[..(end < 0 ? rest.Length : end)].SequenceEqual(_levels[level])
                && Matches(end < 0 ? [] : rest[(end + 1)..], end < 0, level + 1, units, ref unit);
        }

        var taken = 0;
        for (var levels = 1; !isUnit || levels <= units.MaxLevels; levels++)
        {
            var end = rest[taken..].IndexOf('/');
            var until = end < 0 ? rest.Length : taken + end;
            var found = isUnit ? units.Find(rest[..until]) : 0;
            if (found >= 0 && Matches(end < 0 ? [] : rest[(until + 1)..], end < 0, level + 1, units, ref unit))
            {
                if (isUnit)
                    unit = found;
                return true;
            }

            if (end < 0)
                return false;
            taken = until + 1;
        }

        return false;
    }
}
