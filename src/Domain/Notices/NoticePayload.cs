using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>The bytes of a notice: the payload of the contract's section "The signed notice", and the hash of its content.</summary>
public static class NoticePayload
{
    /// <summary>The payload to sign.</summary>
    /// <param name="sequence">1, 2, … for each place; never lower again.</param>
    /// <param name="ledgerSize">Entries in the ledger; null until there is one.</param>
    public static byte[] Write(
        NoticeContent content,
        Policies.Documents.GovernanceSnapshot governance,
        long sequence,
        DateTimeOffset issuedAt,
        long? ledgerSize
    ) => Bytes(content, (governance, sequence, issuedAt, ledgerSize));

    /// <summary>SHA-256 of what the notice says, without its number and time: equal for notices that say the same.</summary>
    public static string ContentHash(NoticeContent content) => Convert.ToHexStringLower(SHA256.HashData(Bytes(content, null)));

    /// <summary>The hash by which a notice is known: SHA-256 of its payload, lower-case hex.</summary>
    public static string Hash(ReadOnlySpan<byte> payload) => Convert.ToHexStringLower(SHA256.HashData(payload));

    private static byte[] Bytes(
        NoticeContent content,
        (Policies.Documents.GovernanceSnapshot Governance, long Sequence, DateTimeOffset IssuedAt, long? LedgerSize)? issue
    )
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = Json.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("place", content.Place);
            json.WriteString("name", content.Name);
            json.WriteString("city", content.City);
            json.WriteBoolean("sample", content.IsSample);
            if (issue is { } numbered)
            {
                json.WriteNumber("sequence", numbered.Sequence);
                json.WriteString("issuedAt", Instant(numbered.IssuedAt));
            }

            json.WriteNumber("validSeconds", content.ValidSeconds);
            if (issue is { LedgerSize: { } size })
                json.WriteNumber("ledgerSize", size);
            else
                json.WriteNull("ledgerSize");
            Face(json, content.Now, issue);
            json.WriteStartObject("worst");
            Face(json, content.Worst, issue);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Face(
        Utf8JsonWriter json,
        NoticeBody face,
        (Policies.Documents.GovernanceSnapshot Governance, long Sequence, DateTimeOffset IssuedAt, long? LedgerSize)? issue
    )
    {
        json.WriteStartArray("facts");
        foreach (var fact in face.Facts)
            Fact(json, fact);
        json.WriteEndArray();
        json.WriteStartObject("languages");
        foreach (var (language, text) in face.Languages)
        {
            json.WriteStartObject(language);
            json.WriteString("dir", text.Direction);
            json.WriteBoolean("reviewed", text.Reviewed);
            json.WritePropertyName("facts");
            JsonSerializer.Serialize(json, text.Facts, Json.Options);
            var first = issue is { } numbered
                ? text.FirstLayer.Add(new NoticeItem("version", Version(numbered, language)))
                : text.FirstLayer;
            json.WritePropertyName("firstLayer");
            JsonSerializer.Serialize(json, first, Json.Options);
            json.WritePropertyName("secondLayer");
            JsonSerializer.Serialize(json, text.SecondLayer, Json.Options);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static string Version(
        (Policies.Documents.GovernanceSnapshot Governance, long Sequence, DateTimeOffset IssuedAt, long? LedgerSize) issue,
        string language
    )
    {
        var wording = issue.Governance.Wordings.First(wording => wording.Language == language);
        return wording.Say(
            "version.line",
            ("sequence", issue.Sequence.ToString(CultureInfo.InvariantCulture)),
            ("time", wording.Time(issue.Governance.City.LocalTime(issue.IssuedAt)))
        );
    }

    private static void Fact(Utf8JsonWriter json, NoticeFact fact)
    {
        json.WriteStartObject();
        json.WriteString("technology", fact.Technology);
        json.WriteString("capture", Json.Word(fact.Capture));
        json.WriteString("mode", Json.Word(fact.Mode));
        json.WriteString("certainty", Json.Word(fact.Certainty));
        if (fact.Since is { } since)
            json.WriteString("since", Instant(since));
        else
            json.WriteNull("since");
        json.WritePropertyName("allowedBy");
        JsonSerializer.Serialize(json, fact.AllowedBy, Json.Options);
        json.WritePropertyName("governedBy");
        JsonSerializer.Serialize(json, fact.GovernedBy, Json.Options);
        json.WriteStartArray("retention");
        foreach (var stated in fact.Retention)
        {
            json.WriteStartObject();
            json.WriteString("instrument", stated.Instrument);
            json.WriteString("bound", Json.Word(stated.Retention.Bound));
            if (stated.Retention.Days is { } days)
                json.WriteNumber("days", days);
            else
                json.WriteNull("days");
            json.WriteString("event", stated.Retention.Event is { } end ? Json.Word(end) : null);
            json.WriteString("dataClass", stated.Retention.DataClass);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("underReview", fact.UnderReview);
        json.WriteEndObject();
    }

    /// <summary>An instant as RFC 3339 in UTC with milliseconds.</summary>
    public static string Instant(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
