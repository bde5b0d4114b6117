using System.Buffers;
using System.Text;

namespace SurveillanceRegistry.Mqtt.Packets;

/// <summary>
/// The rule for the strings of MQTT (5.0 section 1.5.4, 3.1.1 section 1.5.3). They are well-formed UTF-8, without surrogates and without
/// U+0000. The specification lets a broker refuse control characters and noncharacters too; this one does, like Mosquitto.
/// </summary>
internal static class Utf8Text
{
    /// <summary>Whether a string may stand in a packet. Allocates nothing; almost every string passes with one vectorised search.</summary>
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        var special = text.IndexOfAnyExceptInRange((byte)' ', (byte)'~');
        return special < 0 || AreValidRunes(text[special..]);
    }

    private static bool AreValidRunes(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(text, out var rune, out var bytes) != OperationStatus.Done || IsRefused(rune.Value))
                return false;
            text = text[bytes..];
        }

        return true;
    }

    /// <summary>The control characters C0 and C1 with U+007F, and the 66 noncharacters of Unicode.</summary>
    private static bool IsRefused(int rune) => rune is < 0x20 or >= 0x7F and < 0xA0 or >= 0xFDD0 and <= 0xFDEF || (rune & 0xFFFE) == 0xFFFE;
}
