using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Places;

/// <summary>
/// Compares the notices in the entries with those in the table, in memory that does not grow with their number. Both sides are summed up
/// as keyed hashes; the key is new for each run, so a forger cannot choose rows with an equal sum. Rows may come in any order.
/// </summary>
internal sealed class NoticeSums
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>The first notice of each place whose entry has the hash of the content. Entries of older versions do not.</summary>
    private readonly Dictionary<string, long> _firstWithContent = new(StringComparer.Ordinal);

    private UInt128 _inEntries;
    private UInt128 _inTable;

    /// <summary>The number of notices whose entries do not have the hash of the content.</summary>
    public long WithoutContent { get; private set; }

    /// <summary>Whether both sides have the same notices.</summary>
    public bool AreEqual => _inEntries == _inTable;

    /// <summary>Adds a notice that an entry names.</summary>
    /// <param name="contentHash">Null in an entry of an older version.</param>
    public void AddEntry(string place, long sequence, string hash, string? contentHash)
    {
        if (contentHash is null)
            WithoutContent++;
        else
            _firstWithContent.TryAdd(place, sequence);
        _inEntries += HashOf(place, sequence, hash, contentHash);
    }

    /// <summary>Adds a notice of the table.</summary>
    public void AddRow(string place, long sequence, string hash, string contentHash)
    {
        var isHeld = _firstWithContent.TryGetValue(place, out var first) && sequence >= first;
        _inTable += HashOf(place, sequence, hash, isHeld ? contentHash : null);
    }

    private UInt128 HashOf(string place, long sequence, string hash, string? contentHash)
    {
        var text = Encoding.UTF8.GetBytes($"{place}\n{LedgerEntry.FormatNumber(sequence)}\n{hash}\n{contentHash}");
        return BinaryPrimitives.ReadUInt128LittleEndian(HMACSHA256.HashData(_key, text));
    }
}
