using System.Text;
using System.Text.Unicode;
using SurveillanceRegistry.Domain.Devices.Imports;

namespace SurveillanceRegistry.Files.Lists;

/// <summary>
/// Finds out how the text of a list is encoded. UTF-8 and a mark are certain; every other encoding is asked for, because a wrong guess
/// changes names without a word.
/// </summary>
internal static class ListEncoding
{
    private const string Expected = "a text in UTF-8; for another one name its encoding: windows-1252 or utf-16";

    private const int ShownCharacters = 20;

    /// <summary>Returns the text, or why it cannot be read.</summary>
    /// <param name="named">The encoding that a person named; null when none did.</param>
    public static (string? Text, CityList? Unreadable) Decode(ReadOnlySpan<byte> bytes, string? named)
    {
        if (bytes is [0xEF, 0xBB, 0xBF, ..])
            bytes = bytes[3..];
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
            return FromUtf16(bytes[2..], bytes[0] == 0xFE);
        return named?.ToLowerInvariant() switch
        {
            null or "" or "utf-8" => FromUtf8(bytes),
            "utf-16" => FromUtf16(bytes, isBigEndian: bytes is [0, not 0, ..]),
            "windows-1252" => (Windows1252.GetString(bytes), null),
            _ => (null, CityList.Unreadable($"the encoding '{named}'", "utf-8, utf-16 or windows-1252")),
        };
    }

    private static Encoding Windows1252 => CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    private static (string?, CityList?) FromUtf8(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Contains((byte)0))
            return (null, CityList.Unreadable("bytes of zero: no text in UTF-8, perhaps UTF-16 without a mark", Expected));
        if (Utf8.IsValid(bytes))
            return (Encoding.UTF8.GetString(bytes), null);
        var index = 0;
        while (Rune.DecodeFromUtf8(bytes[index..], out _, out var length) == System.Buffers.OperationStatus.Done)
            index += length;
        var row = bytes[..index].Count((byte)'\n') + 1;
        var shown = Windows1252.GetString(
            bytes.Slice(
                Math.Max(0, index - ShownCharacters),
                Math.Min(ShownCharacters, bytes.Length - index) + Math.Min(index, ShownCharacters)
            )
        );
        var line = shown.ReplaceLineEndings(" ");
        return (null, CityList.Unreadable($"bytes that are not UTF-8 (as windows-1252 they read: “{line}”)", Expected, row));
    }

    private static (string?, CityList?) FromUtf16(ReadOnlySpan<byte> bytes, bool isBigEndian)
    {
        try
        {
            return (new UnicodeEncoding(isBigEndian, byteOrderMark: false, throwOnInvalidBytes: true).GetString(bytes), null);
        }
        catch (DecoderFallbackException)
        {
            return (null, CityList.Unreadable("bytes that are not UTF-16", Expected));
        }
    }
}
