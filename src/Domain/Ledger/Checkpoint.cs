using System.Globalization;

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>The content of a checkpoint (C2SP tlog-checkpoint).</summary>
/// <param name="Origin">Name of the log, which is the name of its key.</param>
/// <param name="Size">Number of entries.</param>
/// <param name="Root">Root of the tree of that size.</param>
public sealed record Checkpoint(string Origin, long Size, ReadOnlyMemory<byte> Root)
{
    /// <summary>The text that is signed: three lines.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root.Span)}\n");

    /// <summary>Reads the text of a checkpoint; null when it does not have the form of one.</summary>
    public static Checkpoint? Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.Split('\n');
        if (
            lines.Length < 4
            || lines[0].Length == 0
            || !long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            || size.ToString(CultureInfo.InvariantCulture) != lines[1]
        )
            return null;
        var root = new byte[MerkleTree.HashBytes];
        return Convert.TryFromBase64String(lines[2], root, out var length) && length == root.Length
            ? new Checkpoint(lines[0], size, root)
            : null;
    }
}
