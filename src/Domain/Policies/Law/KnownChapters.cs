using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Policies.Law;

/// <summary>
/// The chapters that exist, by code. A citation of any other chapter is refused before it is published, e.g. 12.18.020.F for
/// 14.18.020.F.
/// </summary>
/// <param name="Chapters">Code, e.g. <c>SMC</c>, and its chapters, e.g. <c>14.18</c>.</param>
public sealed record KnownChapters(ImmutableSortedDictionary<string, ImmutableArray<string>> Chapters)
{
    /// <summary>With more typing errors than this it is another chapter, not a misspelt one.</summary>
    private const int MaxErrors = 2;

    /// <summary>The longest chapter number that is compared. Chapter numbers are short.</summary>
    private const int MaxLength = 12;

    /// <summary>No chapters of any code: every citation is accepted.</summary>
    public static KnownChapters None { get; } = new(ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty);

    /// <summary>
    /// Whether a citation may be published: its chapter is known, its code is not listed here, or its kind has no chapters. A citation
    /// without a code may name a chapter of any code.
    /// </summary>
    public bool Knows(Citation citation)
    {
        ArgumentNullException.ThrowIfNull(citation);
        return !citation.HasChapters || Chapters.IsEmpty || citation.Code is { } code && !Chapters.ContainsKey(code) || IsListed(citation);
    }

    /// <summary>Whether the list has the chapter.</summary>
    public bool IsListed(Citation citation)
    {
        ArgumentNullException.ThrowIfNull(citation);
        return citation.HasChapters && Candidates(citation).Contains(citation.ChapterNumber);
    }

    /// <summary>For an error message: the known chapters, and the one that was most likely meant.</summary>
    public string SuggestNearest(Citation citation)
    {
        ArgumentNullException.ThrowIfNull(citation);
        return Listed(citation.Code) + (Nearest(citation) is { } nearest ? $" (perhaps {nearest})" : "");
    }

    /// <summary>The known chapters of a code, for an error message; without a code, those of every code but the manual.</summary>
    public string Listed(string? code) =>
        string.Join(
            "; ",
            Chapters
                .Where(known => code is null ? known.Key != Citation.Manual : known.Key == code)
                .Select(known => known.Key + " " + string.Join(", ", known.Value))
        );

    /// <summary>
    /// What a citation of an unknown chapter most likely means: the same section of the known chapter with the most similar number; null
    /// when no number is similar.
    /// </summary>
    public Citation? Nearest(Citation citation)
    {
        ArgumentNullException.ThrowIfNull(citation);
        if (!citation.HasChapters || citation.ChapterNumber.Length > MaxLength)
            return null;
        var nearest = Candidates(citation)
            .Select(chapter => (Distance: EditDistance(citation.ChapterNumber, chapter), Chapter: chapter))
            .Where(known => known.Distance <= MaxErrors)
            .OrderBy(known => known.Distance)
            .ThenBy(known => known.Chapter, StringComparer.Ordinal)
            .FirstOrDefault();
        var parts = nearest.Chapter?.Split('.', 2);
        return parts is { Length: 2 } ? citation with { Title = parts[0], Chapter = parts[1] } : null;
    }

    /// <summary>
    /// The chapters that a citation may mean. A citation with a section never means the manual, whose chapters have none.
    /// </summary>
    private IEnumerable<string> Candidates(Citation citation) =>
        Chapters
            .Where(code => (citation.Code ?? code.Key) == code.Key && !(code.Key == Citation.Manual && citation.Section is not null))
            .SelectMany(code => code.Value);

    /// <summary>
    /// The Damerau-Levenshtein distance (optimal string alignment): how many letters were inserted, deleted, replaced or swapped with their
    /// neighbour.
    /// </summary>
    private static int EditDistance(string one, string other)
    {
        var distances = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
        {
            for (var j = 0; j <= other.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distances[i, j] = i + j;
                    continue;
                }

                var cost = one[i - 1] == other[j - 1] ? 0 : 1;
                distances[i, j] = Math.Min(Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1, distances[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                    distances[i, j] = Math.Min(distances[i, j], distances[i - 2, j - 2] + 1);
            }
        }

        return distances[one.Length, other.Length];
    }
}
