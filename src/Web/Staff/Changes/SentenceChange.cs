using System.Collections.Immutable;
using DiffPlex;
using DiffPlex.Chunkers;

namespace SurveillanceRegistry.Web.Staff.Changes;

/// <summary>A piece of a sentence.</summary>
/// <param name="IsMarked">Whether it differs from the other sentence.</param>
public sealed record SentencePiece(string Text, bool IsMarked);

/// <summary>A sentence that is replaced by another one, with the words that differ marked; or one that is removed or added.</summary>
/// <param name="Before">Empty for a sentence that is added.</param>
/// <param name="After">Empty for a sentence that is removed.</param>
public sealed record SentenceChange(ImmutableArray<SentencePiece> Before, ImmutableArray<SentencePiece> After)
{
    /// <summary>Sentences with a smaller part in common are not told as one that changed.</summary>
    private const double MinCommonPart = 0.5;

    public string BeforeText => string.Concat(Before.Select(piece => piece.Text));

    public string AfterText => string.Concat(After.Select(piece => piece.Text));

    /// <summary>Pairs each removed sentence with the added one that is most like it.</summary>
    public static ImmutableArray<SentenceChange> Between(ImmutableArray<string> removed, ImmutableArray<string> added)
    {
        var changes = ImmutableArray.CreateBuilder<SentenceChange>();
        var left = added.ToList();
        foreach (var before in removed)
        {
            var after = left.Where(candidate => CommonPart(before, candidate) >= MinCommonPart)
                .MaxBy(candidate => CommonPart(before, candidate));
            if (after is not null)
                left.Remove(after);
            changes.Add(after is null ? new([new SentencePiece(before, true)], []) : Between(before, after));
        }

        changes.AddRange(left.Select(after => new SentenceChange([], [new SentencePiece(after, true)])));
        return changes.ToImmutable();
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

    /// <summary>The part of the words that two sentences share, 0 to 1.</summary>
    private static double CommonPart(string one, string other)
    {
        var words = one.Split(' ');
        return (double)words.Intersect(other.Split(' ')).Count() / Math.Max(words.Length, 1);
    }
}
