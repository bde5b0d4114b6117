using System.Globalization;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>
/// Values of the governance in plain English, as exact as they are known and no more. Pages, feeds and histories say them alike.
/// </summary>
public static class PlainLanguage
{
    /// <summary>A day, e.g. <c>February 1, 2019</c>.</summary>
    public static string Date(DateOnly day) => day.ToString("MMMM d, yyyy", CultureInfo.InvariantCulture);

    /// <summary>A date of law as it was stated: <c>1979</c>, <c>July 2006</c>, <c>February 1, 2019</c>.</summary>
    public static string Date(LawDate date) =>
        date.Precision switch
        {
            DatePrecision.Day => Date(date.Earliest),
            DatePrecision.Month => date.Earliest.ToString("MMMM yyyy", CultureInfo.InvariantCulture),
            _ => date.ToString(),
        };

    /// <summary>A local time and its day, e.g. <c>November 23, 2026, 3:00 PM</c>.</summary>
    public static string Time(DateTimeOffset local) => local.ToString("MMMM d, yyyy, h:mm tt", CultureInfo.InvariantCulture);

    /// <summary>The first day on which a text holds.</summary>
    public static string From(EffectivePeriod period) =>
        period.From is { } from ? Date(from)
        : period.FromKnownBy is { } by ? $"not known; in force by {Date(by)}"
        : period.FromNotBefore is { } after ? $"not known; not before {Date(after)}"
        : "not known";

    /// <summary>The first day on which a text no longer holds.</summary>
    public static string To(EffectivePeriod period) =>
        period.To is { } to ? Date(to)
        : !period.Ended ? "no end is set"
        : period.EndKnownBy is { } by ? $"not known; replaced by {Date(by)}"
        : "not known";

    /// <summary>How long recordings stay, e.g. <c>at most 90 days (patrol reads), with exceptions</c>.</summary>
    public static string For(Retention retention) => Span(retention) + Beside(retention);

    /// <summary>What of a retention stands beside its figure: the class of data and the remark.</summary>
    internal static string Beside(Retention retention) => Class(retention) + (retention.Note is { } note ? $", {note}" : "");

    internal static string Class(Retention retention) => retention.DataClass is { } of ? $" ({of})" : "";

    /// <summary>A duty to tell the public, e.g. <c>a sign, 30 days before activation</c>.</summary>
    public static string For(RequiredNotice notice) =>
        notice switch
        {
            { Duty: NoticeDuty.SignBeforeActivation, Days: { } days } => $"a sign, {Count(days, "day")} before activation",
            { Duty: NoticeDuty.SignBeforeActivation } => "a sign before activation",
            { Duty: NoticeDuty.PostedSign } => "a posted sign",
            { Duty: NoticeDuty.Spoken } => "a spoken notice",
            _ => "a public page",
        } + (notice is { Days: { } before, Duty: not NoticeDuty.SignBeforeActivation } ? $", {Count(before, "day")} before" : "");

    /// <summary>Whether the public may have recordings.</summary>
    public static string For(RecordsAccessKind access) =>
        access switch
        {
            RecordsAccessKind.Open => "open to the public",
            RecordsAccessKind.Conditions => "open under conditions",
            RecordsAccessKind.Exempt => "exempt from disclosure",
            _ => "not known",
        };

    /// <summary>A kind of text.</summary>
    public static string For(InstrumentKind kind) => Json.Word(kind).Replace('-', ' ');

    /// <summary>The standing of a row.</summary>
    public static string For(RuleStatus status) =>
        status switch
        {
            RuleStatus.Adopted => "adopted, effective date not known",
            RuleStatus.Scheduled => "scheduled",
            RuleStatus.InForce => "in force",
            RuleStatus.Paused => "paused by order",
            RuleStatus.Superseded => "superseded",
            RuleStatus.Ended => "ended",
            _ => "no text known",
        };

    /// <summary>How far a source can be trusted.</summary>
    public static string For(Confidence confidence) =>
        confidence switch
        {
            Confidence.Sourced => "read in its source",
            Confidence.Secondary => "reported by others, not read in its own text",
            _ => "unsure",
        };

    /// <summary>A source, when it was read and how far it can be trusted.</summary>
    public static string For(Source source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return $"{source.Title}; read {Date(source.ReadOn)}; {For(source.Confidence)}";
    }

    /// <summary>A count of things: <c>1 day</c>, <c>21 days</c>.</summary>
    public static string Count(int number, string thing) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {thing}{(number == 1 ? "" : "s")}");

    /// <summary>A list: <c>a, b and c</c>.</summary>
    public static string List(IEnumerable<string> parts)
    {
        var all = parts.ToArray();
        return all.Length < 2 ? string.Concat(all) : string.Join(", ", all[..^1]) + " and " + all[^1];
    }

    /// <summary>The words with a capital letter at their beginning.</summary>
    public static string Sentence(string words) => string.IsNullOrEmpty(words) ? words : char.ToUpperInvariant(words[0]) + words[1..];

    private static string Span(Retention retention) =>
        retention.Event is not null
            ? Length(retention)
            : retention.Bound switch
            {
                RetentionBound.Minimum => "at least ",
                RetentionBound.Limit => "at most ",
                _ => "in practice ",
            } + Length(retention);

    /// <summary>The bare figure: <c>90 days</c>, <c>until the end of the shift</c>.</summary>
    internal static string Length(Retention retention) =>
        retention.Event switch
        {
            RetentionEvent.EndOfShift => "until the end of the shift",
            RetentionEvent.EndOfSentence => "until the end of the sentence",
            _ => Count(retention.Days ?? 0, "day"),
        };
}
