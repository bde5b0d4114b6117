using System.Collections.Immutable;
using DiffPlex;
using DiffPlex.Chunkers;

namespace SurveillanceRegistry.Web.Staff.Changes;

/// <summary>A piece of a sentence.</summary>
/// <param name="IsMarked">Whether it differs from the other sentence.</param>
public sealed record SentencePiece(string Text, bool IsMarked)
{
    /// <summary>Of a longer text that does not differ, only the words beside what differs are shown.</summary>
    private const int MaxWords = 30,
        ShownWords = 12;

    /// <summary>The text as it is shown: of many words that do not differ, those in the middle are left out.</summary>
    public string Excerpt
    {
        get
        {
            var words = Text.Split(' ');
            return IsMarked || words.Length <= MaxWords
                ? Text
                : string.Join(' ', words[..ShownWords]) + " … " + string.Join(' ', words[^ShownWords..]);
        }
    }
}

/// <summary>A sentence that is replaced by another one, with the words that differ marked; or one that is removed or added.</summary>
/// <param name="Before">Empty for a sentence that is added.</param>
/// <param name="After">Empty for a sentence that is removed.</param>
public sealed record SentenceChange(ImmutableArray<SentencePiece> Before, ImmutableArray<SentencePiece> After)
{
    /// <summary>Sentences with a smaller part in common are not told as one that changed.</summary>
    private const double MinCommonPart = 0.5;

    public string BeforeText => string.Concat(Before.Select(piece => piece.Text));

    public string AfterText => string.Concat(After.Select(piece => piece.Text));

    /// <summary>
    /// Pairs removed sentences with added ones, those that are most alike first: a sentence must not take the counterpart of another one.
    /// </summary>
    public static ImmutableArray<SentenceChange> Between(ImmutableArray<string> removed, ImmutableArray<string> added)
    {
        var pairs = new Dictionary<string, string>();
        var candidates =
            from before in removed
            from after in added
            let part = CommonPart(before, after)
            where part >= MinCommonPart
            orderby part descending
            select (before, after);
        foreach (var (before, after) in candidates)
        {
            if (!pairs.ContainsValue(after))
                pairs.TryAdd(before, after);
        }

        return
        [
            .. removed.Select(before =>
                pairs.TryGetValue(before, out var after) ? Between(before, after) : new([new SentencePiece(before, true)], [])
            ),
            .. added.Where(after => !pairs.ContainsValue(after)).Select(after => new SentenceChange([], [new SentencePiece(after, true)])),
        ];
    }

    private static SentenceChange Between(string before, string after)
    {
        var diff = Differ.Instance.CreateDiffs(before, after, ignoreWhiteSpace: false, ignoreCase: false, WordChunker.Instance);
        return new SentenceChange(
            Pieces(diff.PiecesOld, diff.DiffBlocks.Select(block => (block.DeleteStartA, block.DeleteCountA))),
            Pieces(diff.PiecesNew, diff.DiffBlocks.Select(block => (block.InsertStartB, block.InsertCountB)))
        );
    }

    private static ImmutableArray<SentencePiece> Pieces(IReadOnlyList<string> words, IEnumerable<(int Start, int Count)> marked)
    {
        var isMarked = new bool[words.Count];
        foreach (var (start, count) in marked)
            Array.Fill(isMarked, true, start, count);
        var pieces = ImmutableArray.CreateBuilder<SentencePiece>();
        foreach (var (i, word) in words.Index())
        {
            if (pieces.Count > 0 && pieces[^1].IsMarked == isMarked[i])
                pieces[^1] = pieces[^1] with { Text = pieces[^1].Text + word };
            else
                pieces.Add(new SentencePiece(word, isMarked[i]));
        }

        return pieces.ToImmutable();
    }

    /// <summary>The part of the longer sentence's words that both share, 0 to 1: a part of a sentence is not like it.</summary>
    private static double CommonPart(string one, string other)
    {
        var (words, others) = (one.Split(' ').ToHashSet(), other.Split(' ').ToHashSet());
        return (double)words.Intersect(others).Count() / Math.Max(words.Count, others.Count);
    }
}
