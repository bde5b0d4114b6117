using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace SurveillanceRegistry.Files.Backups;

/// <summary>
/// The header of a file in a tar archive (POSIX ustar; sizes of 8 GiB and more as GNU tar writes them). The same name, size and time make
/// the same bytes, so that a changed byte of a header is found by writing it again.
/// </summary>
internal static class TarHeader
{
    /// <summary>Headers, and the paddings of contents, fill whole blocks of this many bytes.</summary>
    public const int Block = 512;

    private const int NameBytes = 100;
    private const int SizeAt = 124,
        TimeAt = 136,
        SumAt = 148,
        SumBytes = 8;

    private const long LargestOctal = 0x1_FFFF_FFFF; // Eleven octal digits.

    /// <summary>Returns the 512 bytes of a header.</summary>
    public static byte[] Write(string name, long size, DateTimeOffset modified)
    {
        var header = new byte[Block];
        Put(header, 0, name);
        Put(header, 100, "0000600\0");
        Put(header, 108, "0000000\0");
        Put(header, 116, "0000000\0");
        if (size <= LargestOctal)
        {
            Put(header, SizeAt, Octal(size, 11));
        }
        else
        {
            header[SizeAt] = 0x80;
            BinaryPrimitives.WriteInt64BigEndian(header.AsSpan(SizeAt + 4), size);
        }

        Put(header, TimeAt, Octal(Math.Max(0, modified.ToUnixTimeSeconds()), 11));
        header[156] = (byte)'0'; // A regular file.
        Put(header, 257, "ustar\0" + "00");
        Put(header, 329, "0000000\0" + "0000000\0");
        header.AsSpan(SumAt, SumBytes).Fill((byte)' ');
        Put(header, SumAt, Octal(header.Sum(one => (long)one), 6) + "\0 ");
        return header;
    }

    /// <summary>Reads the name and the size of a header; null when the bytes are none. Nothing else of it is checked.</summary>
    public static (string Name, long Size)? Read(ReadOnlySpan<byte> header)
    {
        var name = header[..NameBytes];
        var end = name.IndexOf((byte)0);
        if (end <= 0)
            return null;
        if (header[SizeAt] == 0x80)
            return BinaryPrimitives.ReadInt64BigEndian(header[(SizeAt + 4)..]) is >= 0 and var large ? (Text(name[..end]), large) : null;
        long size = 0;
        foreach (var digit in header.Slice(SizeAt, 11))
        {
            if (digit is < (byte)'0' or > (byte)'7')
                return null;
            size = size * 8 + (digit - '0');
        }

        return (Text(name[..end]), size);
    }

    /// <summary>The number of zero bytes after a content.</summary>
    public static int Padding(long size) => (int)((Block - size % Block) % Block);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes);

    private static void Put(byte[] header, int at, string text) => Encoding.ASCII.GetBytes(text, header.AsSpan(at));

    private static string Octal(long number, int digits) =>
        Convert.ToString(number, 8).PadLeft(digits, '0').ToString(CultureInfo.InvariantCulture);
}
