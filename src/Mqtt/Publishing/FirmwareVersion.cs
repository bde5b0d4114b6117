using System.Text;

namespace SurveillanceRegistry.Mqtt.Publishing;

/// <summary>A firmware version as it may be kept: one to five groups of one to five digits, with dots between. Nothing else fits.</summary>
internal static class FirmwareVersion
{
    private const int MaxBytes = 29;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out string? firmware)
    {
        firmware = Are(bytes) ? Encoding.ASCII.GetString(bytes) : null;
        return firmware is not null;
    }

    /// <summary>Whether bytes are such a version.</summary>
    public static bool Are(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > MaxBytes)
            return false;
        int groups = 1,
            digits = 0;
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
