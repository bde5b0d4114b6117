using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Search;

/// <summary>A found subject, and why it was found.</summary>
/// <param name="Field">The word of the field that matched best.</param>
/// <param name="Fragment">The part of its text around the first word that was found.</param>
/// <param name="Start">Where that word begins in the fragment.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Rank">0 for the name or id as it was entered; grows with less telling finds.</param>
public sealed record SearchHit(SearchKind Kind, string Id, string Name, string Field, string Fragment, int Start, int Length, int Rank)
{
    private const int Around = 60;

    /// <summary>
    /// Returns the find of a subject; null when one of the words is in none of its texts. All words may stand in different texts.
    /// </summary>
    public static SearchHit? Find(SearchSubject subject, SearchQuery query)
    {
        ArgumentNullException.ThrowIfNull(subject);
        ArgumentNullException.ThrowIfNull(query);
        var best = (Index: -1, Found: 0);
        var isFound = new bool[query.Words.Length];
        for (var i = 0; i < subject.Fields.Length; i++)
        {
            var found = 0;
            for (var word = 0; word < query.Words.Length; word++)
            {
                if (IndexOf(subject.Fields[i].Text, query.Words[word]) < 0)
                    continue;
                isFound[word] = true;
                found++;
            }

            if (found > best.Found)
                best = (i, found);
        }

        return Array.TrueForAll(isFound, one => one) ? Of(subject, query, best.Index, best.Found) : null;
    }

    /// <summary>Every subject that is found, the best first, as many as are asked for.</summary>
    public static ImmutableArray<SearchHit> Best(IEnumerable<SearchSubject> subjects, SearchQuery query, int most) =>
        [
            .. subjects
                .Select(subject => Find(subject, query))
                .OfType<SearchHit>()
                .OrderBy(hit => hit.Rank)
                .ThenBy(hit => hit.Kind)
                .ThenBy(hit => hit.Name, StringComparer.Ordinal)
                .ThenBy(hit => hit.Id, StringComparer.Ordinal)
                .Take(most),
        ];

    private static SearchHit Of(SearchSubject subject, SearchQuery query, int index, int found)
    {
        var (field, text) = subject.Fields[index];
        var (start, word) = query
            .Words.Select(word => (At: IndexOf(text, word), Word: word))
            .Where(one => one.At >= 0)
            .MinBy(one => one.At);
        var isExact =
            subject.Name.Equals(query.Text, StringComparison.OrdinalIgnoreCase)
            || subject.Fields.Any(one => one.Text.Equals(query.Text, StringComparison.OrdinalIgnoreCase));
        var isWhole = found == query.Words.Length;
        var rank =
            isExact ? 0
            : isWhole && index == 0 ? 1
            : isWhole ? 2
            : 3;
        var (from, to) = (Edge(text, Math.Max(0, start - Around)), Edge(text, Math.Min(text.Length, start + word.Length + Around)));
        var (before, after) = (from > 0 ? "… " : "", to < text.Length ? " …" : "");
        return new SearchHit(
            subject.Kind,
            subject.Id,
            subject.Name,
            field,
            before + text[from..to] + after,
            start - from + before.Length,
            word.Length,
            rank
        );
    }

    /// <summary>Where a word, or a longer one that begins with it, stands in a text; -1 for nowhere.</summary>
    private static int IndexOf(string text, string word)
    {
        var at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase);
        while (at > 0 && SearchQuery.IsOfWord(text[at - 1]))
            at = text.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase);
        return at;
    }

    /// <summary>A place to cut that is not within a pair of surrogates.</summary>
    private static int Edge(string text, int at) => at > 0 && at < text.Length && char.IsLowSurrogate(text[at]) ? at - 1 : at;
}
