using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Rules;
using static SurveillanceRegistry.Domain.Changes.Descriptions.DescriptionPhrases;

namespace SurveillanceRegistry.Domain.Changes.Descriptions;

/// <summary>Describes differences between two lists of retention periods.</summary>
internal static class RetentionDescription
{
    /// <summary>
    /// Says what a later text states instead of an earlier one, a sentence for each period: <c>at most 21 days instead of 90 (patrol
    /// reads)</c>.
    /// </summary>
    public static IEnumerable<string> Instead(ImmutableArray<Retention> before, ImmutableArray<Retention> after)
    {
        var ended = before.Where(retention => !after.Contains(retention)).ToList();
        foreach (var retention in after.Where(retention => !before.Contains(retention)))
        {
            var old =
                ended.FirstOrDefault(one => one.Bound == retention.Bound && IsOfSameData(one, retention))
                ?? ended.FirstOrDefault(one => IsOfSameData(one, retention));
            if (old is not null)
                ended.Remove(old);
            yield return Plain(Instead(old, retention));
        }

        foreach (var retention in ended)
            yield return Plain($"no longer {PlainLanguage.For(retention)}");
    }

    private static string Instead(Retention? before, Retention after)
    {
        var dataClass = PlainLanguage.Class(after);
        if (before is null)
            return $"{PlainLanguage.For(after)}, where nothing was stated";
        var isSamePeriod = before.HasSameLength(after) && before.Bound == after.Bound;
        var note =
            before.Note == after.Note
                ? after.Note is { } same
                    ? $", {same}"
                    : ""
                : NoteChange(before, after);
        if (isSamePeriod)
            return PlainLanguage.Period(after) + dataClass + note;
        var old =
            before is { Days: { } days, Event: null } && after is { Days: not null, Event: null } && before.Bound == after.Bound
                ? PlainLanguage.Number(days)
                : PlainLanguage.Period(before);
        return $"{PlainLanguage.Period(after)} instead of {old}{dataClass}{note}";
    }

    private static bool IsOfSameData(Retention one, Retention other) =>
        string.Equals(one.DataClass, other.DataClass, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Pairs the retentions of both lists by bound and class of data, then by class alone. What is left over was removed or added.
    /// </summary>
    public static string Describe(ImmutableArray<Retention> before, ImmutableArray<Retention> after)
    {
        var sentences = new List<string>();
        var removed = before.Where(retention => !after.Contains(retention)).ToList();
        var added = after.Where(retention => !before.Contains(retention)).ToList();
        Pair((old, changed) => old.Bound == changed.Bound && old.DataClass == changed.DataClass, SameBound);
        Pair((old, changed) => old.DataClass == changed.DataClass, OtherBound);
        sentences.AddRange(removed.Select(retention => $"removed the {Name(retention)}{Plain(PlainLanguage.Beside(retention))}"));
        sentences.AddRange(added.Select(retention => $"added a {Name(retention)}{Plain(PlainLanguage.Beside(retention))}"));
        return sentences.Count > 0
            ? string.Join("; ", sentences)
            : "listed the retention periods differently: "
                + PlainLanguage.List(after.Select(retention => Plain(PlainLanguage.For(retention))));

        void Pair(Func<Retention, Retention, bool> matches, Func<Retention, Retention, string> describe)
        {
            foreach (var old in removed.ToArray())
            {
                if (added.FirstOrDefault(candidate => matches(old, candidate)) is not { } changed)
                    continue;
                sentences.Add(describe(old, changed));
                removed.Remove(old);
                added.Remove(changed);
            }
        }
    }

    private static string SameBound(Retention before, Retention after) =>
        !before.HasSameLength(after)
            ? $"changed the {Noun(before)} from {PlainLanguage.Length(before)} to {PlainLanguage.Length(after)}"
                + Plain(PlainLanguage.Class(after))
                + NoteChange(before, after)
            : $"changed the note on the {Name(after)}{Plain(PlainLanguage.Class(after))} "
                + $"from {NoteOrNone(before)} to {NoteOrNone(after)}";

    private static string OtherBound(Retention before, Retention after) =>
        $"changed the {Name(before)} into a {Name(after)}{Plain(PlainLanguage.Class(after))}{NoteChange(before, after)}";

    /// <summary><c>retention limit of 90 days</c>, <c>retention limit until the end of the shift</c>.</summary>
    private static string Name(Retention retention) =>
        $"{Noun(retention)}{(retention.Event is null ? " of " : " ")}{PlainLanguage.Length(retention)}";

    private static string Noun(Retention retention) =>
        retention.Bound switch
        {
            RetentionBound.Minimum => "minimum retention",
            RetentionBound.Limit => "retention limit",
            RetentionBound.Practice => "retention in practice",
            _ => throw new ArgumentOutOfRangeException(nameof(retention), retention.Bound, null),
        };

    private static string NoteChange(Retention before, Retention after) =>
        before.Note == after.Note ? "" : $", with the note {NoteOrNone(after)} instead of {NoteOrNone(before)}";

    private static string NoteOrNone(Retention retention) => retention.Note is null ? "none" : Quoted(retention.Note);
}
