using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt.Publishing;

/// <summary>
/// Reads the contract's heartbeat, and nothing else: a forward-only pass over the bytes that takes the named scalars, each within its
/// range, and refuses the payload at the first thing that is not one of them. Nothing else of a payload ever becomes a value.
/// </summary>
public static class HeartbeatReader
{
    /// <summary>The most bytes a heartbeat may have.</summary>
    public const int MaxBytes = 512;

    private const int MaxDepth = 2;

    [Flags]
    private enum Members
    {
        None = 0,
        Epoch = 1,
        Seq = 2,
        At = 4,
        Capture = 8,
        Health = 16,
        Firmware = 32,
        RuleVersion = 64,
        Required = Epoch | Seq | Capture | Health | Firmware,
    }

    /// <summary>Reads a heartbeat of a device. False when the payload is not the contract's shape for this device.</summary>
    /// <param name="device">The device that speaks; its registered sensors must be named, exactly.</param>
    /// <param name="receivedAt">The registry's clock.</param>
    /// <param name="session">The connection that brought it.</param>
    /// <param name="firmware">What the device named last; kept when it names the same, replaced when it names another.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> payload,
        Device device,
        DateTimeOffset receivedAt,
        long session,
        ref string firmware,
        out Heartbeat heartbeat
    )
    {
        ArgumentNullException.ThrowIfNull(device);
        heartbeat = null!;
        if (payload.Length is 0 or > MaxBytes)
            return false;
        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            return TryRead(ref reader, device, receivedAt, session, ref firmware, out heartbeat);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads the payload of a death: <c>{"epoch":…}</c>.</summary>
    public static bool TryReadDeath(ReadOnlySpan<byte> payload, out long epoch)
    {
        epoch = 0;
        if (payload.Length is 0 or > MaxBytes)
            return false;
        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            return reader.Read()
                && reader.TokenType == JsonTokenType.StartObject
                && reader.Read()
                && reader.TokenType == JsonTokenType.PropertyName
                && IsWord(ref reader, "epoch"u8)
                && TryNumber(ref reader, out epoch)
                && reader.Read()
                && reader.TokenType == JsonTokenType.EndObject
                && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryRead(
        ref Utf8JsonReader reader,
        Device device,
        DateTimeOffset receivedAt,
        long session,
        ref string firmware,
        out Heartbeat heartbeat
    )
    {
        heartbeat = null!;
        var seen = Members.None;
        long epoch = 0,
            seq = 0,
            ruleVersion = 0;
        DateTimeOffset at = default;
        var capture = default(CaptureReport);
        var health = Health.Ok;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = MemberOf(ref reader);
            if (member == Members.None || seen.HasFlag(member))
                return false;
            seen |= member;
            var isRead = member switch
            {
                Members.Epoch => TryNumber(ref reader, out epoch),
                Members.Seq => TryNumber(ref reader, out seq),
                Members.RuleVersion => TryNumber(ref reader, out ruleVersion),
                Members.At => TryInstant(ref reader, out at),
                Members.Capture => TryCapture(ref reader, device.Sensors, out capture),
                Members.Health => TryHealth(ref reader, out health),
                _ => TryFirmware(ref reader, ref firmware),
            };
            if (!isRead)
                return false;
        }

        if (reader.TokenType != JsonTokenType.EndObject || reader.Read() || (seen & Members.Required) != Members.Required)
            return false;
        heartbeat = new Heartbeat(
            device.Number,
            device.Id,
            epoch,
            seq,
            receivedAt,
            seen.HasFlag(Members.At) ? at : null,
            capture,
            health,
            firmware,
            seen.HasFlag(Members.RuleVersion) ? ruleVersion : null,
            session
        );
        return true;
    }

    /// <summary>
    /// Whether the token is this word, letter by letter. Words of the contract need no escapes; what an escape hides is not looked at.
    /// </summary>
    private static bool IsWord(ref Utf8JsonReader reader, ReadOnlySpan<byte> word) =>
        !reader.ValueIsEscaped && reader.ValueTextEquals(word);

    private static Members MemberOf(ref Utf8JsonReader reader) =>
        IsWord(ref reader, "epoch"u8) ? Members.Epoch
        : IsWord(ref reader, "seq"u8) ? Members.Seq
        : IsWord(ref reader, "at"u8) ? Members.At
        : IsWord(ref reader, "capture"u8) ? Members.Capture
        : IsWord(ref reader, "health"u8) ? Members.Health
        : IsWord(ref reader, "firmware"u8) ? Members.Firmware
        : IsWord(ref reader, "ruleVersion"u8) ? Members.RuleVersion
        : Members.None;

    private static bool TryNumber(ref Utf8JsonReader reader, out long number)
    {
        number = 0;
        return reader.Read()
            && reader.TokenType == JsonTokenType.Number
            && reader.TryGetInt64(out number)
            && number is >= 0 and <= Heartbeat.MaxNumber;
    }

    /// <summary>An RFC 3339 instant in UTC: seconds are said, and it ends in Z.</summary>
    private static bool TryInstant(ref Utf8JsonReader reader, out DateTimeOffset at)
    {
        at = default;
        return reader.Read()
            && reader.TokenType == JsonTokenType.String
            && !reader.ValueIsEscaped
            && reader.ValueSpan.Length >= "2026-11-23T15:00:00Z".Length
            && reader.ValueSpan.EndsWith("Z"u8)
            && reader.TryGetDateTimeOffset(out at);
    }

    private static bool TryCapture(ref Utf8JsonReader reader, ImmutableArray<Capture> sensors, out CaptureReport report)
    {
        report = default;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (
                !TryWord(ref reader, CaptureWords, out Capture capture)
                || report[capture] is not null
                || !reader.Read()
                || reader.TokenType != JsonTokenType.String
                || !TryWord(ref reader, ModeWords, out Mode mode)
            )
            {
                return false;
            }

            report = report.With(capture, mode);
        }

        return reader.TokenType == JsonTokenType.EndObject && report.Names(sensors);
    }

    private static bool TryHealth(ref Utf8JsonReader reader, out Health health)
    {
        health = default;
        return reader.Read() && reader.TokenType == JsonTokenType.String && TryWord(ref reader, HealthWords, out health);
    }

    private static bool TryFirmware(ref Utf8JsonReader reader, ref string firmware)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped || !FirmwareVersion.Are(reader.ValueSpan))
            return false;
        if (!Ascii.Equals(reader.ValueSpan, firmware))
            firmware = Encoding.ASCII.GetString(reader.ValueSpan);
        return true;
    }

    private static readonly (byte[] Word, Capture Value)[] CaptureWords = Words<Capture>();
    private static readonly (byte[] Word, Mode Value)[] ModeWords = Words<Mode>();
    private static readonly (byte[] Word, Health Value)[] HealthWords = Words<Health>();

    private static (byte[], T)[] Words<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(value => (Encoding.ASCII.GetBytes(Domain.Json.Word(value)), value))];

    private static bool TryWord<T>(ref Utf8JsonReader reader, (byte[] Word, T Value)[] words, out T value)
    {
        foreach (var (word, meant) in words)
        {
            if (IsWord(ref reader, word))
            {
                value = meant;
                return true;
            }
        }

        value = default!;
        return false;
    }
}
