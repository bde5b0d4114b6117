using System.Globalization;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Policies.Rules;

/// <summary>
/// Values of the governance in plain English, as exact as they are known and no more. Pages, feeds and histories use the same words.
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
            DatePrecision.Year or DatePrecision.Unknown or DatePrecision.Open => date.ToString(),
            _ => throw new ArgumentOutOfRangeException(nameof(date), date.Precision, null),
        };

    /// <summary>A local time and its day, e.g. <c>November 23, 2026, 3:00 PM</c>.</summary>
    public static string Time(DateTimeOffset local) => local.ToString("MMMM d, yyyy, h:mm tt", CultureInfo.InvariantCulture);

    /// <summary>The date a text takes effect.</summary>
    public static string From(EffectivePeriod period) =>
        period switch
        {
            { From: { } from } => Date(from),
            { Condition: { } condition } => $"not known; only when this happens: “{condition}”",
            { FromKnownBy: { } by } => $"not known; in force by {Date(by)}",
            { FromNotBefore: { } earliest } => $"not known; not before {Date(earliest)}",
            _ => "not known",
        };

    /// <summary>
    /// The date a text ends: the first day on which it is no longer in force; null when no end is set. Beside a label, "no end" would be
    /// read as an end.
    /// </summary>
    public static string? To(EffectivePeriod period) =>
        period switch
        {
            { To: { } to } => Date(to),
            { Ended: false } => null,
            { EndKnownBy: { } by } => $"a day that is not known; replaced by {Date(by)} at the latest",
            _ => "a day that is not known",
        };

    /// <summary>
    /// When a text is in force, in words that do not leave open whether the last day counts:
    /// <c>in force from February 1, 2019; no longer in force from January 1, 2027</c>.
    /// </summary>
    public static string Period(EffectivePeriod period)
    {
        ArgumentNullException.ThrowIfNull(period);
        if (period.Condition is { } condition)
            return $"not in force until this happens: “{condition}”";
        var start = period switch
        {
            { From: { } from } => $"in force from {Date(from)}",
            { FromKnownBy: { } by } => $"first day not known, in force by {Date(by)}",
            { FromNotBefore: { } earliest } => $"first day not known, not before {Date(earliest)}",
            _ => "first day not known",
        };
        var end = period switch
        {
            { To: { } to } => $"no longer in force from {Date(to)}",
            { Ended: false } => "no end is set",
            { EndKnownBy: { } by } => $"ended on a day that is not known, replaced by {Date(by)} at the latest",
            _ => "ended on a day that is not known",
        };
        return $"{start}; {end}";
    }

    /// <summary>
    /// That a text is in force before it was passed, with both days; null when it is not:
    /// <c>in force from May 1, 2026, before it was passed on June 3, 2026</c>.
    /// </summary>
    public static string? BeforePassed(InstrumentVersion version)
    {
        ArgumentNullException.ThrowIfNull(version);
        if (!version.IsInForceBeforePassed || version.Passed is not { } passed)
            return null;
        var start = version.Effective.From is { } from ? $"from {Date(from)}" : $"by {Date(version.Effective.FromKnownBy!.Value)}";
        return $"in force {start}, before it was passed {(passed.Precision == DatePrecision.Day ? "on" : "in")} {Date(passed)}";
    }

    /// <summary>How long recordings are retained, e.g. <c>at most 90 days (patrol reads), with exceptions</c>.</summary>
    public static string For(Retention retention) => Period(retention) + Beside(retention);

    /// <summary>The class of data and the note of a retention, as they follow its figure.</summary>
    internal static string Beside(Retention retention) => Class(retention) + (retention.Note is { } note ? $", {note}" : "");

    internal static string Class(Retention retention) => retention.DataClass is { } dataClass ? $" ({dataClass})" : "";

    /// <summary>A duty to notify the public, e.g. <c>a sign, 30 days before activation</c>.</summary>
    public static string For(RequiredNotice notice) =>
        notice switch
        {
            { Duty: NoticeDuty.SignBeforeActivation, Days: { } days } => $"a sign, {Count(days, "day")} before activation",
            { Duty: NoticeDuty.SignBeforeActivation } => "a sign before activation",
            { Duty: NoticeDuty.PostedSign } => "a posted sign",
            { Duty: NoticeDuty.Spoken } => "a spoken notice",
            _ => "a public page",
        } + (notice is { Days: { } before, Duty: not NoticeDuty.SignBeforeActivation } ? $", {Count(before, "day")} before" : "");

    /// <summary>Whether the public may obtain recordings.</summary>
    public static string For(RecordsAccessKind access) =>
        access switch
        {
            RecordsAccessKind.Open => "open to the public",
            RecordsAccessKind.Conditions => "open under conditions",
            RecordsAccessKind.Exempt => "exempt from disclosure",
            RecordsAccessKind.NotKnown => "not known",
            _ => throw new ArgumentOutOfRangeException(nameof(access), access, null),
        };

    /// <summary>A kind of text.</summary>
    public static string For(InstrumentKind kind) => Json.Word(kind).Replace('-', ' ');

    /// <summary>The status of a row.</summary>
    public static string For(RuleStatus status) =>
        status switch
        {
            RuleStatus.Adopted => "adopted, effective date not known",
            RuleStatus.Scheduled => "scheduled",
            RuleStatus.InForce => "in force",
            RuleStatus.Paused => "paused by order",
            RuleStatus.Superseded => "superseded",
            RuleStatus.Ended => "ended",
            RuleStatus.NotKnown => "no text known",
            _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
        };

    /// <summary>How reliable a source is.</summary>
    public static string For(Confidence confidence) =>
        confidence switch
        {
            Confidence.Sourced => "checked against its source",
            Confidence.Secondary => "reported by a secondary source; the text itself was not checked",
            Confidence.Unsure => "unsure",
            _ => throw new ArgumentOutOfRangeException(nameof(confidence), confidence, null),
        };

    /// <summary>A source, the date it was read and how reliable it is.</summary>
    public static string For(Source source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return $"{source.Title}; read {Date(source.ReadOn)}; {For(source.Confidence)}";
    }

    /// <summary>A number in digits.</summary>
    internal static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A number with its noun: <c>1 day</c>, <c>21 days</c>.</summary>
    public static string Count(int number, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");

    /// <summary>A list: <c>a, b and c</c>.</summary>
    public static string List(IEnumerable<string> parts)
    {
        var all = parts.ToArray();
        return all.Length < 2 ? string.Concat(all) : string.Join(", ", all[..^1]) + " and " + all[^1];
    }

    /// <summary>The text with a capital letter at its beginning.</summary>
    public static string Sentence(string text) => string.IsNullOrEmpty(text) ? text : char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>The bound and the figure: <c>at most 90 days</c>, <c>until the end of the shift</c>.</summary>
    internal static string Period(Retention retention) =>
        retention.Event is not null
            ? Length(retention)
            : retention.Bound switch
            {
                RetentionBound.Minimum => "at least ",
                RetentionBound.Limit => "at most ",
                RetentionBound.Practice => "in practice ",
                _ => throw new ArgumentOutOfRangeException(nameof(retention), retention.Bound, null),
            } + Length(retention);

    /// <summary>The bare figure: <c>90 days</c>, <c>until the end of the shift</c>.</summary>
    internal static string Length(Retention retention) =>
        retention.Event switch
        {
            RetentionEvent.EndOfShift => "until the end of the shift",
            RetentionEvent.EndOfSentence => "until the end of the sentence",
            _ => retention switch
            {
                { Months: { } months } => Count(months, "month"),
                { Years: { } years } => Count(years, "year"),
                _ => Count(retention.Days ?? 0, "day"),
            },
        };
}
