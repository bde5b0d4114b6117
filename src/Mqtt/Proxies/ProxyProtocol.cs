using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Mqtt.Proxies;

/// <summary>What was read of a PROXY protocol header.</summary>
internal enum ProxyHeader
{
    Invalid,
    Incomplete,
    Read,
}

/// <summary>
/// The PROXY protocol, versions 1 and 2: a proxy says at the beginning of a connection whose it is. It is required of trusted proxies and
/// read of no other client, who could claim any address.
/// </summary>
internal static class ProxyProtocol
{
    private const int MaxVersion1Bytes = 107;
    private const int Version2HeaderBytes = 16;
    private const int MaxVersion2Bytes = 1_024;
    private const int IPv4Bytes = 4,
        IPv6Bytes = 16;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private static ReadOnlySpan<byte> Version1 => "PROXY "u8;

    private static ReadOnlySpan<byte> Version2 => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <summary>Runs as the first middleware of a listener. A connection of a trusted proxy without a valid header is closed.</summary>
    public static async Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate next, TrustedProxies proxies)
    {
        if (proxies.Contains((connection.RemoteEndPoint as IPEndPoint)?.Address) && !await ReadHeaderAsync(connection))
            return;
        await next(connection);
    }

    private static async Task<bool> ReadHeaderAsync(ConnectionContext connection)
    {
        using var bound = new CancellationTokenSource(Timeout);
        var input = connection.Transport.Input;
        try
        {
            while (true)
            {
                var result = await input.ReadAsync(bound.Token);
                var header = TryRead(result.Buffer, out var client, out var length);
                if (header == ProxyHeader.Read)
                {
                    input.AdvanceTo(result.Buffer.GetPosition(length));
                    connection.RemoteEndPoint = client ?? connection.RemoteEndPoint;
                    return true;
                }

                if (header == ProxyHeader.Invalid || result.IsCompleted)
                    return false;
                input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            return false;
        }
    }

    /// <summary>Reads a header at the beginning of a buffer.</summary>
    /// <param name="client">The client's address; null when the proxy names none, because it speaks for itself.</param>
    /// <param name="length">The number of bytes of the header.</param>
    public static ProxyHeader TryRead(ReadOnlySequence<byte> buffer, out IPEndPoint? client, out int length)
    {
        (client, length) = (null, 0);
        Span<byte> head = stackalloc byte[(int)Math.Min(buffer.Length, MaxVersion2Bytes)];
        buffer.Slice(0, head.Length).CopyTo(head);
        if (StartsLike(head, Version1))
            return TryReadText(head, ref client, ref length);
        return StartsLike(head, Version2) ? TryReadBinary(head, ref client, ref length) : ProxyHeader.Invalid;
    }

    private static bool StartsLike(ReadOnlySpan<byte> head, ReadOnlySpan<byte> signature)
    {
        var both = Math.Min(head.Length, signature.Length);
        return head[..both].SequenceEqual(signature[..both]);
    }

    /// <summary>Version 1, a line of text: <c>PROXY TCP4 203.0.113.7 192.0.2.1 51234 8883</c>.</summary>
    private static ProxyHeader TryReadText(ReadOnlySpan<byte> head, ref IPEndPoint? client, ref int length)
    {
        var end = head.IndexOf("\r\n"u8);
        if (end < 0)
            return head.Length < MaxVersion1Bytes ? ProxyHeader.Incomplete : ProxyHeader.Invalid;
        length = end + 2;
        if (length > MaxVersion1Bytes)
            return ProxyHeader.Invalid;
        var words = Encoding.ASCII.GetString(head[..end]).Split(' ');
        if (words is ["PROXY", "UNKNOWN", ..])
            return ProxyHeader.Read;
        if (
            words is not ["PROXY", "TCP4" or "TCP6", var source, _, var port, _]
            || !IPAddress.TryParse(source, out var address)
            || !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        )
            return ProxyHeader.Invalid;
        client = new IPEndPoint(address, number);
        return ProxyHeader.Read;
    }

    /// <summary>Version 2: signature, version and command, family, length, addresses, then extensions that are skipped.</summary>
    private static ProxyHeader TryReadBinary(ReadOnlySpan<byte> head, ref IPEndPoint? client, ref int length)
    {
        if (head.Length < Version2HeaderBytes)
            return ProxyHeader.Incomplete;
        var (command, family) = (head[12], head[13]);
        length = Version2HeaderBytes + BinaryPrimitives.ReadUInt16BigEndian(head[14..]);
        if (length > MaxVersion2Bytes || command is not (0x20 or 0x21))
            return ProxyHeader.Invalid;
        if (head.Length < length)
            return ProxyHeader.Incomplete;
        var addresses = head[Version2HeaderBytes..length];
        client = (command, family) switch
        {
            (0x21, 0x11) when addresses.Length >= 2 * IPv4Bytes + 4 => new IPEndPoint(
                new IPAddress(addresses[..IPv4Bytes]),
                BinaryPrimitives.ReadUInt16BigEndian(addresses[(2 * IPv4Bytes)..])
            ),
            (0x21, 0x21) when addresses.Length >= 2 * IPv6Bytes + 4 => new IPEndPoint(
                new IPAddress(addresses[..IPv6Bytes]),
                BinaryPrimitives.ReadUInt16BigEndian(addresses[(2 * IPv6Bytes)..])
            ),
            _ => null,
        };
        return client is not null || command == 0x20 || family == 0 ? ProxyHeader.Read : ProxyHeader.Invalid;
    }
}
