using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Policies.Law;

/// <summary>
/// The chapters that exist, by code. A citation of any other is an error before it is posted: 12.18.020.F for 14.18.020.F.
/// </summary>
/// <param name="Chapters">Code, e.g. <c>SMC</c>, and its chapters, e.g. <c>14.18</c>.</param>
public sealed record KnownChapters(ImmutableSortedDictionary<string, ImmutableArray<string>> Chapters)
{
    /// <summary>With more slips of the pen than this it is another chapter, not a misspelt one.</summary>
    private const int MaxSlips = 2;

    /// <summary>The chapter numbers are short; a longer text is none.</summary>
    private const int MaxCharacters = 12;

    /// <summary>Nothing is known of any code, so every citation passes.</summary>
    public static KnownChapters None { get; } = new(ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty);

    /// <summary>
    /// Whether a citation names a known chapter; one that names no code, a chapter of any code; one of a code that is not listed, and of
    /// what has no chapters, passes.
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

    /// <summary>What an unknown chapter should have been, in words: the known ones, and the one that was most likely meant.</summary>
    public string SuggestNearest(Citation citation)
    {
        ArgumentNullException.ThrowIfNull(citation);
        return Listed(citation.Code) + (Nearest(citation) is { } nearest ? $" (perhaps {nearest})" : "");
    }

    /// <summary>The chapters that a citation could have meant, in words.</summary>
    public string Listed(string? code) =>
        string.Join(
            "; ",
            Chapters
                .Where(known => code is null ? known.Key != Citation.Manual : known.Key == code)
                .Select(known => known.Key + " " + string.Join(", ", known.Value))
        );

    /// <summary>
    /// What a citation of an unknown chapter most likely means: the same section of the known chapter that is spelt most like it; null when
    /// none is.
    /// </summary>
    public Citation? Nearest(Citation citation)
    {
        ArgumentNullException.ThrowIfNull(citation);
        if (!citation.HasChapters || citation.ChapterNumber.Length > MaxCharacters)
            return null;
        var nearest = Candidates(citation)
            .Select(chapter => (Slips: Slips(citation.ChapterNumber, chapter), Chapter: chapter))
            .Where(known => known.Slips <= MaxSlips)
            .OrderBy(known => known.Slips)
            .ThenBy(known => known.Chapter, StringComparer.Ordinal)
            .FirstOrDefault();
        var parts = nearest.Chapter?.Split('.', 2);
        return parts is { Length: 2 } ? citation with { Title = parts[0], Chapter = parts[1] } : null;
    }

    /// <summary>The chapters that a citation may mean. The manual's have no sections.</summary>
    private IEnumerable<string> Candidates(Citation citation) =>
        Chapters
            .Where(code => (citation.Code ?? code.Key) == code.Key && !(code.Key == Citation.Manual && citation.Section is not null))
            .SelectMany(code => code.Value);

    /// <summary>How many letters were left out, put in, mistaken or exchanged with their neighbour between two words.</summary>
    private static int Slips(string one, string other)
    {
        var slips = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
        {
            for (var j = 0; j <= other.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    slips[i, j] = i + j;
                    continue;
                }

                var same = one[i - 1] == other[j - 1] ? 0 : 1;
                slips[i, j] = Math.Min(Math.Min(slips[i - 1, j], slips[i, j - 1]) + 1, slips[i - 1, j - 1] + same);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                    slips[i, j] = Math.Min(slips[i, j], slips[i - 2, j - 2] + 1);
            }
        }

        return slips[one.Length, other.Length];
    }
}
