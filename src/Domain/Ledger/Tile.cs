using System.Globalization;

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>
/// A tile of the ledger's tree as C2SP tlog-tiles addresses it: <see cref="Hashes"/> hashes of one level, or fewer at the right edge. A
/// tile
/// of level L holds the roots of subtrees of 256^L leaves; <see cref="Level"/> -1 is a bundle of entries.
/// </summary>
/// <param name="Level">0 to 7; -1 for entries.</param>
/// <param name="Index">Number of the tile in its level.</param>
/// <param name="Width">1 to 256 hashes or entries.</param>
public readonly record struct Tile(int Level, long Index, int Width)
{
    /// <summary>How many hashes, or entries, a full tile has.</summary>
    public const int Hashes = 256;

    /// <summary>Level of a bundle of entries.</summary>
    public const int Entries = -1;

    private const int MaxLevel = 7;

    /// <summary>Whether it is full, and therefore never changes.</summary>
    public bool IsFull => Width == Hashes;

    /// <summary>Number of its first hash or entry in its level.</summary>
    public long First => Index * Hashes;

    /// <summary>How many hashes of its level a tree of a size has.</summary>
    public long InLevel(long size) => size >> (8 * Math.Max(Level, 0));

    /// <summary>Whether a tree of a size has this tile, at this width.</summary>
    public bool IsIn(long size) => First + Width <= InLevel(size);

    /// <summary>Its address below <c>tile/</c>: <c>0/x001/x234/067</c>, <c>entries/000.p/17</c>.</summary>
    public override string ToString()
    {
        var (number, path) = (Index, "");
        path = (number % 1000).ToString("000", CultureInfo.InvariantCulture);
        for (number /= 1000; number > 0; number /= 1000)
            path = "x" + (number % 1000).ToString("000", CultureInfo.InvariantCulture) + "/" + path;
        return (Level == Entries ? "entries" : Level.ToString(CultureInfo.InvariantCulture))
            + "/"
            + path
            + (IsFull ? "" : ".p/" + Width.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Reads an address below <c>tile/</c>; false for everything that <see cref="ToString"/> would not write.</summary>
    public static bool TryParse(string? address, out Tile tile)
    {
        tile = default;
        if (address is not { Length: > 0 and <= 64 } || address.IndexOf('/', StringComparison.Ordinal) is not (> 0 and var slash))
            return false;
        var (level, rest, width) = (Entries, address[(slash + 1)..], Hashes);
        if (
            address[..slash] != "entries"
            && (!int.TryParse(address[..slash], NumberStyles.None, CultureInfo.InvariantCulture, out level) || level > MaxLevel)
        )
            return false;
        if (rest.IndexOf(".p/", StringComparison.Ordinal) is > 0 and var partial)
        {
            if (
                !int.TryParse(rest[(partial + 3)..], NumberStyles.None, CultureInfo.InvariantCulture, out width)
                || width is < 1 or >= Hashes
            )
                return false;
            rest = rest[..partial];
        }

        long index = 0;
        var parts = rest.Split('/');
        if (parts.Length > 5)
            return false;
        foreach (var (position, part) in parts.Index())
        {
            var digits =
                position < parts.Length - 1
                    ? part is ['x', _, _, _]
                        ? part[1..]
                        : ""
                    : part;
            if (digits.Length != 3 || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var three))
                return false;
            index = index * 1000 + three;
        }

        tile = new Tile(level, index, width);
        return tile.ToString() == address;
    }
}
