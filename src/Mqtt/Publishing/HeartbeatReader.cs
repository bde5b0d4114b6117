using System.Text;
using System.Text.Json;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt.Publishing;

/// <summary>
/// Reads the heartbeat of the contract in one forward-only pass over the bytes. It takes the named members, each within its range, and
/// refuses the payload at the first byte that is anything else. Nothing else of a payload ever becomes a value.
/// </summary>
public static class HeartbeatReader
{
    /// <summary>The longest payload, in bytes.</summary>
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

    /// <summary>The members that were read, while the payload is read.</summary>
    private struct Values
    {
        public long Epoch;
        public long Seq;
        public long RuleVersion;
        public DateTimeOffset At;
        public CaptureReport Capture;
        public Health Health;
    }

    /// <summary>Reads a heartbeat of a device. False when the payload does not have the contract's shape for this device.</summary>
    /// <param name="device">The device that publishes. The payload must name exactly its registered sensors.</param>
    /// <param name="receivedAt">When it was received, by the registry's clock.</param>
    /// <param name="session">The number of the session that brought it.</param>
    /// <param name="firmware">The version that the device reported last. Replaced only if it reports another, to reuse the string.</param>
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
        if (!TryReadValues(payload, ref firmware, out var values, out var seen) || !values.Capture.Names(device.Sensors))
            return false;
        heartbeat = new Heartbeat(
            device.Number,
            device.Id,
            values.Epoch,
            values.Seq,
            receivedAt,
            seen.HasFlag(Members.At) ? values.At : null,
            values.Capture,
            values.Health,
            firmware,
            seen.HasFlag(Members.RuleVersion) ? values.RuleVersion : null,
            session
        );
        return true;
    }

    /// <summary>
    /// Reads what a rejected payload reports: the mode of each capture that it names, registered or not. Nothing else of it becomes a
    /// value.
    /// </summary>
    /// <returns>An empty report when the payload has another shape.</returns>
    public static CaptureReport ReadRejected(ReadOnlySpan<byte> payload)
    {
        var firmware = "";
        return TryReadValues(payload, ref firmware, out var values, out _) ? values.Capture : default;
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
                && Is(ref reader, "epoch"u8)
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

    private static bool TryReadValues(ReadOnlySpan<byte> payload, ref string firmware, out Values values, out Members seen)
    {
        values = default;
        seen = Members.None;
        if (payload.Length is 0 or > MaxBytes)
            return false;
        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            return TryReadValues(ref reader, ref firmware, ref values, ref seen);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryReadValues(ref Utf8JsonReader reader, ref string firmware, ref Values values, ref Members seen)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var member = MemberOf(ref reader);
            if (member == Members.None || seen.HasFlag(member))
                return false;
            seen |= member;
            if (!TryReadMember(ref reader, member, ref values, ref firmware))
                return false;
        }

        return reader.TokenType == JsonTokenType.EndObject && !reader.Read() && (seen & Members.Required) == Members.Required;
    }

    private static bool TryReadMember(ref Utf8JsonReader reader, Members member, ref Values values, ref string firmware) =>
        member switch
        {
            Members.Epoch => TryNumber(ref reader, out values.Epoch),
            Members.Seq => TryNumber(ref reader, out values.Seq),
            Members.RuleVersion => TryNumber(ref reader, out values.RuleVersion),
            Members.At => TryInstant(ref reader, out values.At),
            Members.Capture => TryCapture(ref reader, out values.Capture),
            Members.Health => TryHealth(ref reader, out values.Health),
            Members.Firmware => TryFirmware(ref reader, ref firmware),
            Members.None or Members.Required or _ => throw new ArgumentOutOfRangeException(nameof(member), member, null),
        };

    /// <summary>
    /// Whether the token is this name, letter by letter. Names of the contract need no escapes, so an escaped token never is one.
    /// </summary>
    private static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => !reader.ValueIsEscaped && reader.ValueTextEquals(name);

    private static Members MemberOf(ref Utf8JsonReader reader)
    {
        if (Is(ref reader, "epoch"u8))
            return Members.Epoch;
        if (Is(ref reader, "seq"u8))
            return Members.Seq;
        if (Is(ref reader, "at"u8))
            return Members.At;
        if (Is(ref reader, "capture"u8))
            return Members.Capture;
        if (Is(ref reader, "health"u8))
            return Members.Health;
        if (Is(ref reader, "firmware"u8))
            return Members.Firmware;
        return Is(ref reader, "ruleVersion"u8) ? Members.RuleVersion : Members.None;
    }

    private static bool TryNumber(ref Utf8JsonReader reader, out long number)
    {
        number = 0;
        return reader.Read()
            && reader.TokenType == JsonTokenType.Number
            && reader.TryGetInt64(out number)
            && number is >= 0 and <= Heartbeat.MaxNumber;
    }

    /// <summary>Reads an RFC 3339 instant in UTC, with seconds. It ends with Z, or with an offset of zero.</summary>
    private static bool TryInstant(ref Utf8JsonReader reader, out DateTimeOffset at)
    {
        at = default;
        if (!reader.Read() || reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped)
            return false;
        var text = reader.ValueSpan;
        return (
                text.EndsWith("Z"u8)
                    ? text.Length >= "2026-11-23T15:00:00Z".Length
                    : text.EndsWith("+00:00"u8) && text.Length >= "2026-11-23T15:00:00+00:00".Length
            ) && reader.TryGetDateTimeOffset(out at);
    }

    private static bool TryCapture(ref Utf8JsonReader reader, out CaptureReport report)
    {
        report = default;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (
                !TryName(ref reader, CaptureNames, out Capture capture)
                || report[capture] is not null
                || !reader.Read()
                || reader.TokenType != JsonTokenType.String
                || !TryName(ref reader, ModeNames, out Mode mode)
            )
            {
                return false;
            }

            report = report.With(capture, mode);
        }

        return reader.TokenType == JsonTokenType.EndObject;
    }

    private static bool TryHealth(ref Utf8JsonReader reader, out Health health)
    {
        health = default;
        return reader.Read() && reader.TokenType == JsonTokenType.String && TryName(ref reader, HealthNames, out health);
    }

    private static bool TryFirmware(ref Utf8JsonReader reader, ref string firmware)
    {
        if (
            !reader.Read()
            || reader.TokenType != JsonTokenType.String
            || reader.ValueIsEscaped
            || !FirmwareVersion.IsValid(reader.ValueSpan)
        )
            return false;
        if (!Ascii.Equals(reader.ValueSpan, firmware))
            firmware = Encoding.ASCII.GetString(reader.ValueSpan);
        return true;
    }

    private static readonly (byte[] Name, Capture Value)[] CaptureNames = NamesOf<Capture>();
    private static readonly (byte[] Name, Mode Value)[] ModeNames = NamesOf<Mode>();
    private static readonly (byte[] Name, Health Value)[] HealthNames = NamesOf<Health>();

    private static (byte[], T)[] NamesOf<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(value => (Encoding.ASCII.GetBytes(Domain.Json.Word(value)), value))];

    private static bool TryName<T>(ref Utf8JsonReader reader, (byte[] Name, T Value)[] names, out T value)
    {
        foreach (var (name, known) in names)
        {
            if (Is(ref reader, name))
            {
                value = known;
                return true;
            }
        }

        value = default!;
        return false;
    }
}
