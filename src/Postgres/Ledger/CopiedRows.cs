using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace SurveillanceRegistry.Postgres.Ledger;

/// <summary>
/// The rows of a statement, as PostgreSQL's binary COPY sends them. A value is a part of one buffer, and holds until the next row is read:
/// for a million rows the verifier of the ledger makes no object that it does not keep.
/// </summary>
internal sealed class CopiedRows : IAsyncDisposable
{
    /// <summary>The signature of the format, flags, and the length of an extension, which PostgreSQL leaves empty.</summary>
    private const int HeaderBytes = 19;

    private const int FirstBufferBytes = 64 * 1024;

    private static readonly DateTimeOffset FirstInstant = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly long MaxMicroseconds = (DateTimeOffset.MaxValue - FirstInstant).Ticks / TimeSpan.TicksPerMicrosecond;

    private readonly NpgsqlRawCopyStream _copy;
    private byte[] _buffer = new byte[FirstBufferBytes];
    private (int From, int Length)[] _values = [];
    private int _from;
    private int _to;
    private bool _hasHeader;

    private CopiedRows(NpgsqlRawCopyStream copy) => _copy = copy;

    /// <summary>The number of values of each row.</summary>
    public int Count => _values.Length;

    /// <summary>Asks for the rows of a statement without parameters.</summary>
    public static async Task<CopiedRows> BeginAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken) =>
        new(await connection.BeginRawBinaryCopyAsync($"copy ({sql}) to stdout (format binary)", cancellationToken));

    /// <summary>Reads the next row; false after the last one.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (!TryRead())
        {
            if (!await FillAsync(cancellationToken))
                return false;
        }

        return true;
    }

    /// <summary>The bytes of a value; null for a null.</summary>
    public ReadOnlyMemory<byte>? this[int column] =>
        _values[column] is { Length: >= 0 } value ? (ReadOnlyMemory<byte>?)_buffer.AsMemory(value.From, value.Length) : null;

    /// <summary>The bytes of a value that is never null.</summary>
    public ReadOnlyMemory<byte> Bytes(int column) => this[column] ?? throw new InvalidDataException($"Column {column} is null.");

    /// <summary>A text; null for a null.</summary>
    public string? Text(int column) => this[column] is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;

    /// <summary>A <c>bigint</c>.</summary>
    public long Number(int column) => BinaryPrimitives.ReadInt64BigEndian(Bytes(column).Span);

    /// <summary>A <c>timestamptz</c> since the year 2000; another one, and infinity, is the last instant of the calendar.</summary>
    public DateTimeOffset Instant(int column)
    {
        var sinceFirst = Number(column);
        return sinceFirst < 0 || sinceFirst > MaxMicroseconds
            ? DateTimeOffset.MaxValue
            : FirstInstant.AddTicks(sinceFirst * TimeSpan.TicksPerMicrosecond);
    }

    public ValueTask DisposeAsync() => _copy.DisposeAsync();

    /// <summary>Finds the values of the next row in the buffer; false when it does not hold all of them yet.</summary>
    private bool TryRead()
    {
        var at = _from;
        if (!_hasHeader || _to - at < sizeof(short))
            return false;
        // The mark of the end is a row with -1 values. After it nothing comes.
        var count = BinaryPrimitives.ReadInt16BigEndian(_buffer.AsSpan(at));
        if (count < 0)
            return false;
        at += sizeof(short);
        if (_values.Length != count)
            _values = new (int, int)[count];
        for (var i = 0; i < count; i++)
        {
            if (_to - at < sizeof(int))
                return false;
            var length = BinaryPrimitives.ReadInt32BigEndian(_buffer.AsSpan(at));
            at += sizeof(int);
            _values[i] = (at, length);
            if (_to - at < length)
                return false;
            at += Math.Max(length, 0);
        }

        _from = at;
        return true;
    }

    /// <summary>Reads more of the answer; false when there is no more.</summary>
    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        // The first row may take long, and its wait can be ended. Then rows come without a pause: waiting for each on this thread takes
        // half the time of returning to it.
        var read = _hasHeader ? _copy.Read(_buffer.AsSpan(_to)) : await _copy.ReadAsync(_buffer.AsMemory(_to), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        _to += read;
        if (!_hasHeader && _to >= HeaderBytes)
            (_hasHeader, _from) = (true, HeaderBytes);
        return read > 0;
    }

    private void MakeRoom()
    {
        if (_from == _to)
            (_from, _to) = (0, 0);
        if (_to < _buffer.Length)
            return;
        var rest = _buffer.AsSpan(_from.._to);
        var into = _from > 0 ? _buffer : new byte[2 * _buffer.Length];
        rest.CopyTo(into);
        (_buffer, _from, _to) = (into, 0, rest.Length);
    }
}
