using System.Text;

namespace SurveillanceRegistry.Mqtt.Publishing;

/// <summary>Reads firmware versions: one to five groups of one to five digits, with dots between. Nothing else is stored.</summary>
internal static class FirmwareVersion
{
    private const int MaxBytes = 29;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out string? firmware)
    {
        firmware = IsValid(bytes) ? Encoding.ASCII.GetString(bytes) : null;
        return firmware is not null;
    }

    /// <summary>Whether the bytes are such a version.</summary>
    public static bool IsValid(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > MaxBytes)
            return false;
        var groups = 1;
        var digits = 0;
        foreach (var letter in bytes)
        {
            if (letter == '.')
            {
                if (digits == 0 || ++groups > 5)
                    return false;
                digits = 0;
            }
            else if (!char.IsAsciiDigit((char)letter) || ++digits > 5)
            {
                return false;
            }
        }

        return digits > 0;
    }
}
