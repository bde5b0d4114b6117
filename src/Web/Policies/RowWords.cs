using System.Globalization;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies;

namespace SurveillanceRegistry.Web.Policies;

/// <summary>A row of the governance table in plain words, as exact as what is known and no more.</summary>
internal sealed class RowWords(GovernanceRow row)
{
    public string Status => row.Status switch
    {
        RuleStatus.Adopted => "Adopted, effective date not known",
        RuleStatus.Scheduled => "Scheduled",
        RuleStatus.InForce => "In force",
        RuleStatus.Paused => "Paused by order",
        RuleStatus.Superseded => "Superseded" + (row.Version?.SupersededBy is { } by ? $" by {by}" : ""),
        RuleStatus.Ended => "Ended",
        _ => "No text known for this day",
    };

    public string? Certainty => row.Certainty == Domain.Policies.Certainty.Possible && row.Status != RuleStatus.NotKnown ? "Possible: its dates do not settle this day." : null;

    public string From => row.Version?.Effective is not { } period ? "not known"
        : period.From is { } from ? Date(from)
        : period.FromKnownBy is { } by ? $"not known; in force by {Date(by)}" : "not known";

    public string To => row.Version?.Effective is not { } period ? "not known"
        : period.To is { } to ? Date(to)
        : !period.Ended ? "no end is set"
        : period.EndKnownBy is { } by ? $"not known; replaced by {Date(by)}" : "not known";

    public string? Made => row.Version is not { } version ? null
        : string.Join(", ", new[] { version.By, Dated("passed", version.Passed), Dated("signed", version.Signed), Dated("filed", version.Filed) }.OfType<string>()) is { Length: > 0 } made ? made : null;

    public string Capture => row.Rule is null ? "not known"
        : row.Rule.Pauses ? "nothing: the order pauses the technology"
        : row.Rule.Capture.IsEmpty ? "the text names no capture"
        : string.Join(", ", row.Rule.Capture.Select(Json.Word)) + (row.Rule.Departments.IsEmpty ? "" : $" ({string.Join(", ", row.Rule.Departments)})");

    public IEnumerable<string> Retention => row.Rule is null ? ["not known"]
        : row.Rule.Retention.IsEmpty ? ["the City has not published how long"]
        : row.Rule.Retention.Select(Words);

    public string? Notice => row.Rule is not { Notice.IsEmpty: false } rule ? null
        : string.Join(", ", rule.Notice.Select(duty => Json.Word(duty.Duty).Replace('-', ' ') + (duty.Days is { } days ? $", {Number(days)} days before" : "")));

    public string? Records => row.Rule is not { RecordsAccess: var records } || records.Access == Access.NotKnown ? null
        : (records.Access switch { Access.Open => "open to the public", Access.Conditions => "open under conditions", _ => "exempt from disclosure" })
            + (records.Text is { } text ? $" ({text})" : "");

    public string Source => row.Version?.Source is { } source ? $"{source.Title}; read {source.ReadOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}, {Json.Word(source.Confidence)}" : "no text is registered for this day";

    private static string Words(Retention retention)
    {
        var text = retention.Event switch
        {
            RetentionEvent.EndOfShift => "until the end of the shift",
            RetentionEvent.EndOfSentence => "until the end of the sentence",
            _ => retention.Bound switch { RetentionBound.Minimum => "at least ", RetentionBound.Limit => "at most ", _ => "in practice " } + Number(retention.Days ?? 0) + " days",
        };
        return text + (retention.DataClass is { } of ? $" ({of})" : "") + (retention.Note is { } note ? $", {note}" : "");
    }

    private static string? Dated(string what, LawDate? date) => date is { } day ? $"{what} {Date(day)}" : null;

    private static string Date(LawDate date) => date.Precision switch
    {
        DatePrecision.Day => date.Earliest.ToString("MMMM d, yyyy", CultureInfo.InvariantCulture),
        DatePrecision.Month => date.Earliest.ToString("MMMM yyyy", CultureInfo.InvariantCulture),
        _ => date.ToString(),
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
