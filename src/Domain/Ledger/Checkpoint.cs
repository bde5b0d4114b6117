using System.Globalization;

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>What a checkpoint says (C2SP tlog-checkpoint): which log, how many entries, which root.</summary>
/// <param name="Origin">Name of the log; the name of its key too.</param>
/// <param name="Size">Number of entries.</param>
/// <param name="Root">Root of the tree of that size.</param>
public sealed record Checkpoint(string Origin, long Size, ReadOnlyMemory<byte> Root)
{
    /// <summary>The text that is signed: three lines.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(Root.Span)}\n");

    /// <summary>Reads the text of a checkpoint; null when it is none.</summary>
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

/// <summary>
/// Seals texts as signed notes (C2SP signed-note), so that anybody with the public key can tell whether the registry said so.
/// </summary>
public interface ILogSigner
{
    /// <summary>Name of the key; the origin of the log.</summary>
    string Name { get; }

    /// <summary>The public key as verifiers take it: <c>name+hash+base64</c>.</summary>
    string Vkey { get; }

    /// <summary>The note: the text, a blank line, and the signature.</summary>
    /// <param name="text">Ends with a newline.</param>
    string Sign(string text);

    /// <summary>The text of a note that this key has signed; null for any other.</summary>
    string? Open(string note);
}
