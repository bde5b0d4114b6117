using System.Buffers.Binary;

namespace SurveillanceRegistry.Domain.Ledger;

/// <summary>
/// A bundle of entries (C2SP tlog-tiles): one after the other, each after its length in two bytes, big-endian.
/// </summary>
public static class EntryBundle
{
    private const int LengthBytes = 2;

    /// <summary>Writes entries as a bundle.</summary>
    public static byte[] Write(IReadOnlyList<StoredEntry> entries)
    {
        var bytes = new byte[entries.Sum(entry => LengthBytes + entry.Bytes.Length)];
        var at = 0;
        foreach (var entry in entries)
        {
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), (ushort)entry.Bytes.Length);
            entry.Bytes.Span.CopyTo(bytes.AsSpan(at + LengthBytes));
            at += LengthBytes + entry.Bytes.Length;
        }

        return bytes;
    }

    /// <summary>Reads the entries of a bundle; null when it is truncated.</summary>
    public static IReadOnlyList<byte[]>? Read(ReadOnlySpan<byte> bundle)
    {
        var entries = new List<byte[]>();
        while (!bundle.IsEmpty)
        {
            if (
                bundle.Length < LengthBytes
                || BinaryPrimitives.ReadUInt16BigEndian(bundle) is var length && bundle.Length < LengthBytes + length
            )
                return null;
            entries.Add(bundle.Slice(LengthBytes, length).ToArray());
            bundle = bundle[(LengthBytes + length)..];
        }

        return entries;
    }
}
