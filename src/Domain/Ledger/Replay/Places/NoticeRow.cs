using System.Globalization;
using System.Text;
using System.Text.Json;
using SurveillanceRegistry.Domain.Notices;

namespace SurveillanceRegistry.Domain.Ledger.Replay.Places;

/// <summary>A stored notice, checked by itself: its columns against its payload, and its signature.</summary>
internal static class NoticeRow
{
    /// <summary>Milliseconds, the precision of the time in a payload: <c>2026-11-23T20:00:00.000</c>.</summary>
    private const int InstantLength = 23;

    /// <summary>The stored columns.</summary>
    public const int Place = 0,
        Sequence = 1,
        IssuedAt = 2,
        Payload = 3,
        Protected = 4,
        Signature = 5,
        Hash = 6,
        ContentHash = 7;

    /// <summary>Returns the fault, or null.</summary>
    public static TableFault? Check(string?[] row, NoticeKey key)
    {
        var notice = new SignedNotice(
            row[Place]!,
            long.Parse(row[Sequence]!, CultureInfo.InvariantCulture),
            default,
            row[Payload]!,
            row[Protected]!,
            row[Signature]!,
            row[Hash]!,
            row[ContentHash]!
        );
        try
        {
            var payload = notice.PayloadBytes();
            var (place, sequence, issuedAt) = Read(payload);
            return Compare("hash", NoticePayload.Hash(payload), row[Hash])
                ?? Compare("place", place, row[Place])
                ?? Compare("sequence", sequence, row[Sequence])
                ?? Compare("issued_at", issuedAt?[..InstantLength], row[IssuedAt]![..InstantLength])
                ?? (key.Verifies(notice) ? null : Fault("protected, payload, signature", "a signature of this registry", "another one"));
        }
        catch (Exception failure) when (failure is FormatException or JsonException or InvalidOperationException)
        {
            return Fault("protected, payload, signature", "a signed notice", "a text that is none");
        }

        TableFault? Compare(string column, string? byPayload, string? stored) =>
            byPayload == stored ? null : Fault(column, byPayload, stored);

        TableFault Fault(string column, string? ledgerSays, string? tableSays) =>
            new(NoticeTable.TableName, $"{row[Place]} {row[Sequence]}", column, ledgerSays, tableSays);
    }

    /// <summary>Reads the members of a payload that are columns too. They stand before its texts.</summary>
    private static (string? Place, string? Sequence, string? IssuedAt) Read(ReadOnlySpan<byte> payload)
    {
        string? place = null,
            sequence = null,
            issuedAt = null;
        var json = new Utf8JsonReader(payload);
        while ((place is null || sequence is null || issuedAt is null) && json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName || json.CurrentDepth != 1)
                continue;
            if (json.ValueTextEquals("place"u8) && json.Read())
                place = json.GetString();
            else if (json.ValueTextEquals("sequence"u8) && json.Read())
                sequence = Encoding.UTF8.GetString(json.ValueSpan);
            else if (json.ValueTextEquals("issuedAt"u8) && json.Read())
                issuedAt = json.GetString();
        }

        return (place, sequence, issuedAt is { Length: >= InstantLength } ? issuedAt : null);
    }
}
