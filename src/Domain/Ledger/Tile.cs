using System.Globalization;

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>
/// A tile of the ledger's tree (C2SP tlog-tiles): <see cref="Hashes"/> hashes of one level, or fewer at the right edge. A tile of level L
/// has the roots of subtrees of 256^L leaves; <see cref="Level"/> -1 is a bundle of entries.
/// </summary>
/// <param name="Level">0 to 7; -1 for entries.</param>
/// <param name="Index">Number of the tile in its level.</param>
/// <param name="Width">1 to 256 hashes or entries.</param>
public readonly record struct Tile(int Level, long Index, int Width)
{
    /// <summary>The number of hashes, or entries, in a full tile.</summary>
    public const int Hashes = 256;

    /// <summary>Level of a bundle of entries.</summary>
    public const int Entries = -1;

    private const int MaxLevel = 7;
    private const int MaxPathLength = 64;
    private const int MaxIndexParts = 5;
    private const string PartialMark = ".p/";

    /// <summary>Whether it is full. A full tile never changes.</summary>
    public bool IsFull => Width == Hashes;

    /// <summary>Number of its first hash or entry in its level.</summary>
    public long First => Index * Hashes;

    /// <summary>The number of hashes of its level in a tree of a size.</summary>
    public long InLevel(long size) => size >> (8 * Math.Max(Level, 0));

    /// <summary>Whether a tree of a size has this tile with this width.</summary>
    public bool IsIn(long size) => First + Width <= InLevel(size);

    /// <summary>The path below <c>tile/</c>: <c>0/x001/x234/067</c>, <c>entries/000.p/17</c>.</summary>
    public override string ToString()
    {
        var path = (Index % 1000).ToString("000", CultureInfo.InvariantCulture);
        for (var number = Index / 1000; number > 0; number /= 1000)
            path = "x" + (number % 1000).ToString("000", CultureInfo.InvariantCulture) + "/" + path;
        return (Level == Entries ? "entries" : Level.ToString(CultureInfo.InvariantCulture))
            + "/"
            + path
            + (IsFull ? "" : PartialMark + Width.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Parses a path below <c>tile/</c>; false for every path that <see cref="ToString"/> would not write.</summary>
    public static bool TryParse(string? address, out Tile tile)
    {
        tile = default;
        if (
            address is not { Length: > 0 and <= MaxPathLength }
            || address.IndexOf('/', StringComparison.Ordinal) is not (> 0 and var slash)
        )
            return false;
        if (!TryParseLevel(address[..slash], out var level))
            return false;
        var path = address[(slash + 1)..];
        var width = Hashes;
        if (path.IndexOf(PartialMark, StringComparison.Ordinal) is > 0 and var partial)
        {
            if (!TryParseNumber(path[(partial + PartialMark.Length)..], out width) || width is < 1 or >= Hashes)
                return false;
            path = path[..partial];
        }

        if (!TryParseIndex(path, out var index))
            return false;
        tile = new Tile(level, index, width);
        return tile.ToString() == address;
    }

    private static bool TryParseLevel(string text, out int level)
    {
        level = Entries;
        return text == "entries" || TryParseNumber(text, out level) && level <= MaxLevel;
    }

    /// <summary>Three digits a part, every part but the last with an x before them: <c>x001/x234/067</c>.</summary>
    private static bool TryParseIndex(string path, out long index)
    {
        index = 0;
        var parts = path.Split('/');
        if (parts.Length > MaxIndexParts)
            return false;
        foreach (var (position, part) in parts.Index())
        {
            var isLast = position == parts.Length - 1;
            if (!isLast && part is not ['x', ..])
                return false;
            var digits = isLast ? part : part[1..];
            if (digits.Length != 3 || !TryParseNumber(digits, out var number))
                return false;
            index = index * 1000 + number;
        }

        return true;
    }

    private static bool TryParseNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
