using SurveillanceRegistry.Domain.Devices.Imports;

namespace SurveillanceRegistry.Files.Lists;

/// <summary>How many bytes may still be unpacked of a workbook, and whether the caller still wants it.</summary>
internal sealed class UnpackLimit(CancellationToken cancellationToken)
{
    /// <summary>The most bytes of all parts that are read, unpacked.</summary>
    public const long MaxBytes = 256 * 1024 * 1024;

    private long _left = MaxBytes;

    /// <summary>Counts bytes that were unpacked.</summary>
    public void Take(int count)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _left -= count;
        if (_left < 0)
            throw new UnreadableListException(
                $"a workbook of more than {MaxBytes / (1024 * 1024)} MiB when unpacked",
                "a smaller one: save the sheet alone, as CSV"
            );
    }
}

/// <summary>
/// A part of a workbook as it is unpacked, copied as far as it was read. An XML reader holds a whole tag, comment or instruction in memory,
/// however long it is: a part with a long one is refused before the reader gets its end.
/// </summary>
internal sealed class PartStream(Stream content, UnpackLimit limit, Stream copy) : Stream
{
    /// <summary>The most bytes from one <c>&lt;</c> to the next: a cell of the greatest length with each character escaped.</summary>
    private const int MaxRun = 6 * CityList.MaxCell;

    private const uint Instruction = 0x3C3F, // <?
        InstructionEnd = 0x3F3E, // ?>
        Comment = 0x3C21_2D2D, // <!--
        CommentEnd = 0x2D_2D3E, // -->
        Section = 0x3C21_5B43, // <![C
        SectionEnd = 0x5D_5D3E; // ]]>

    private const int LongestMark = 4;

    private int _run;

    /// <summary>How many bytes may still belong to a mark that began.</summary>
    private int _marked;
    private uint _last;

    /// <summary>What ends the comment, the section or the instruction that is being read; 0 outside of one.</summary>
    private uint _end;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = content.Read(buffer);
        limit.Take(read);
        Scan(buffer[..read]);
        copy.Write(buffer[..read]);
        return read;
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Scan(ReadOnlySpan<byte> bytes)
    {
        // Text in UTF-16 has bytes of zero: what is looked for here would not be found in it.
        if (bytes.Contains((byte)0))
            throw new UnreadableListException("a workbook whose parts are not UTF-8", "a workbook saved as .xlsx, or a CSV");
        while (!bytes.IsEmpty)
        {
            if (_marked == 0)
            {
                // What stands between marks is skipped, but for its last bytes: they may be the beginning of a mark.
                var mark = bytes.IndexOf((byte)(_end == 0 ? '<' : '>'));
                var skipped = Math.Max(0, (mark < 0 ? bytes.Length : mark) - LongestMark);
                AddToRun(skipped);
                _last = skipped > 0 ? 0 : _last;
                bytes = bytes[skipped..];
            }

            for (var left = LongestMark; !bytes.IsEmpty && (left > 0 || _marked > 0); left--, bytes = bytes[1..])
                Look(bytes[0]);
        }
    }

    private void Look(byte one)
    {
        _last = (_last << 8) | one;
        _marked = one == '<' ? LongestMark - 1 : Math.Max(0, _marked - 1);
        AddToRun(1);
        if (_end == 0)
            Begin(one);
        else if ((_last & (_end == InstructionEnd ? 0xFFFF : 0xFF_FFFF)) == _end)
            (_last, _end) = (0, 0);
    }

    private void AddToRun(int count)
    {
        _run += count;
        if (_run > MaxRun)
            throw new UnreadableListException($"a cell or a tag of more than {MaxRun} bytes", $"at most {CityList.MaxCell} characters");
    }

    private void Begin(byte one)
    {
        if (one == '<')
            _run = 0;
        _end =
            (_last & 0xFFFF) == Instruction ? InstructionEnd
            : _last == Comment ? CommentEnd
            : _last == Section ? SectionEnd
            : 0;
        if (_end != 0)
            _last = 0;
    }
}
