using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using SurveillanceRegistry.Domain.Policies.Documents;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>Writes the payload of a notice (contract, section "The signed notice") and hashes it.</summary>
public static class NoticePayload
{
    /// <summary>The payload to sign.</summary>
    /// <param name="sequence">1, 2, … for each place, always growing.</param>
    /// <param name="ledgerSize">The number of ledger entries; null when there is no ledger.</param>
    public static byte[] Write(
        NoticeContent content,
        GovernanceSnapshot governance,
        long sequence,
        DateTimeOffset issuedAt,
        long? ledgerSize
    ) => Bytes(content, new Issue(governance, sequence, issuedAt, ledgerSize));

    /// <summary>SHA-256 of the content, lower-case hex, without sequence and time: equal for notices with equal content.</summary>
    public static string ContentHash(NoticeContent content) => Convert.ToHexStringLower(SHA256.HashData(Bytes(content, null)));

    /// <summary>The hash that identifies a notice: SHA-256 of its payload, lower-case hex.</summary>
    public static string Hash(ReadOnlySpan<byte> payload) => Convert.ToHexStringLower(SHA256.HashData(payload));

    /// <summary>What issuing adds to the content of a notice.</summary>
    private sealed record Issue(GovernanceSnapshot Governance, long Sequence, DateTimeOffset IssuedAt, long? LedgerSize);

    private static byte[] Bytes(NoticeContent content, Issue? issue)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = Json.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("place", content.Place);
            json.WriteString("name", content.Name);
            json.WriteString("city", content.City);
            json.WriteBoolean("sample", content.IsSample);
            if (issue is not null)
            {
                json.WriteNumber("sequence", issue.Sequence);
                json.WriteString("issuedAt", FormatInstant(issue.IssuedAt));
            }

            json.WriteNumber("validSeconds", content.ValidSeconds);
            if (issue is { LedgerSize: { } size })
                json.WriteNumber("ledgerSize", size);
            else
                json.WriteNull("ledgerSize");
            WriteBody(json, content.Now, issue);
            json.WriteStartObject("worst");
            WriteBody(json, content.Worst, issue);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteBody(Utf8JsonWriter json, NoticeBody body, Issue? issue)
    {
        json.WriteStartArray("facts");
        foreach (var fact in body.Facts)
            WriteFact(json, fact);
        json.WriteEndArray();
        json.WriteStartObject("languages");
        foreach (var (language, text) in body.Languages)
        {
            json.WriteStartObject(language);
            json.WriteString("dir", text.Direction);
            json.WriteBoolean("reviewed", text.Reviewed);
            json.WritePropertyName("firstView");
            JsonSerializer.Serialize(json, text.FirstView, Json.Options);
            json.WritePropertyName("facts");
            JsonSerializer.Serialize(json, text.Facts, Json.Options);
            var first = issue is not null ? text.FirstLayer.Add(new NoticeItem("version", Version(issue, language))) : text.FirstLayer;
            json.WritePropertyName("firstLayer");
            JsonSerializer.Serialize(json, first, Json.Options);
            json.WritePropertyName("secondLayer");
            JsonSerializer.Serialize(json, text.SecondLayer, Json.Options);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static string Version(Issue issue, string language)
    {
        var wording = issue.Governance.Wordings.First(wording => wording.Language == language);
        return wording.Say(
            "version.line",
            ("sequence", issue.Sequence.ToString(CultureInfo.InvariantCulture)),
            ("time", wording.Time(issue.Governance.City.LocalTime(issue.IssuedAt)))
        );
    }

    private static void WriteFact(Utf8JsonWriter json, NoticeFact fact)
    {
        json.WriteStartObject();
        json.WriteString("technology", fact.Technology);
        if (fact.Fleet is { } fleet)
            json.WriteString("fleet", fleet);
        json.WriteString("capture", Json.Word(fact.Capture));
        json.WriteString("mode", Json.Word(fact.Mode));
        json.WriteString("certainty", Json.Word(fact.Certainty));
        if (fact.Since is { } since)
            json.WriteString("since", FormatInstant(since));
        else
            json.WriteNull("since");
        if (fact.WithdrawnSince is { } withdrawn)
            json.WriteString("withdrawnSince", FormatInstant(withdrawn));
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
            if (stated.Retention.Months is { } months)
                json.WriteNumber("months", months);
            if (stated.Retention.Years is { } years)
                json.WriteNumber("years", years);
            json.WriteString("event", stated.Retention.Event is { } end ? Json.Word(end) : null);
            json.WriteString("dataClass", stated.Retention.DataClass);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("underReview", fact.UnderReview);
        json.WriteBoolean("exceeds", fact.Exceeds);
        json.WriteEndObject();
    }

    /// <summary>An instant as RFC 3339 in UTC with milliseconds.</summary>
    public static string FormatInstant(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
