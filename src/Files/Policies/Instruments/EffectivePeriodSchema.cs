using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies.Instruments;

/// <summary>
/// The period in which a text holds. <c>from</c> is a date or <c>unknown</c>; then <c>known_by</c> is a date by which a source shows the
/// text in force; or <c>condition</c> says what must happen before it is in force. <c>to</c> is a date, <c>open</c> or <c>unknown</c>; then
/// <c>ended_by</c> is a date by which a source shows the text replaced. A text whose first day is unknown cannot have held before it was
/// passed; <c>not_before</c> states another date for that, or <c>unknown</c>.
/// </summary>
internal static class EffectivePeriodSchema
{
    public const string Unknown = "unknown",
        Open = "open";

    private static readonly FieldSchema<LawDate?> From = DateOr("the first day on which it holds", Unknown);
    private static readonly FieldSchema<LawDate?> NotBefore = DateOr("a date before which it cannot have held", Unknown);
    private static readonly FieldSchema<LawDate?> To = DateOr("the first day on which it no longer holds", Open, Unknown);

    /// <summary>The period of a text.</summary>
    /// <param name="passed">The day on which the text was passed: the default of <c>not_before</c>; null if unknown.</param>
    public static FieldSchema<EffectivePeriod> ForTextPassed(LawDate? passed) =>
        FieldSchema.Map("from when to when it holds", keys => Read(keys, passed));

    private static EffectivePeriod Read(YamlKeys keys, LawDate? passed)
    {
        var problems = keys.File.Problems.Count;
        var from = keys.Required("from", From);
        var knownBy = keys.OptionalValue("known_by", FieldSchema.Date);
        // A date of passage that could not be read has no year.
        var notBefore = keys.Optional("not_before", NotBefore, passed is { Year: 0 } ? null : passed);
        var condition = keys.Optional("condition", FieldSchema.Text);
        var to = keys.Required("to", To);
        var endedBy = keys.OptionalValue("ended_by", FieldSchema.Date);
        var hasUnknownEnd = keys.Node("to") is YamlText { Text: Unknown };
        if (keys.File.Problems.Count > problems)
            return new EffectivePeriod(null);

        if (from is not null && knownBy is not null)
            keys.Report("known_by", "'known_by' beside a known day", "'known_by' only with 'from: unknown'");
        if (from is not null && keys.Has("not_before"))
            keys.Report("not_before", "'not_before' beside a known day", "'not_before' only with 'from: unknown'");
        if (condition is not null && ((from ?? knownBy ?? to) is not null || hasUnknownEnd))
            keys.Report("condition", "'condition' beside a known date", "'condition' only with 'from: unknown' and 'to: open'");
        if (hasUnknownEnd && endedBy is null)
            keys.Report("to", "'to: unknown' alone", "'ended_by' beside it: the date by which a source shows it replaced");
        if (!hasUnknownEnd && endedBy is not null)
            keys.Report("ended_by", "'ended_by' beside a known end", "'ended_by' only with 'to: unknown'");
        if ((from ?? knownBy) is { } start && (to ?? endedBy) is { } end && end.Latest <= start.Earliest)
            keys.Report(
                to is null ? "ended_by" : "to",
                $"an end ({end}) that is not after the start ({start})",
                "the first day on which it no longer holds"
            );
        var period = new EffectivePeriod(from, from is null ? notBefore : null, knownBy, to, hasUnknownEnd, endedBy)
        {
            Condition = condition,
        };
        if (period.IsEmpty && keys.File.Problems.Count == problems)
            keys.Report(
                to is null ? "ended_by" : "to",
                $"an end ({to ?? endedBy}) that is not after the day before which it cannot have held ({notBefore})",
                "an end after the text was passed, or 'not_before' with an earlier date"
            );
        return period;
    }

    private static FieldSchema<LawDate?> DateOr(string what, params string[] words) =>
        FieldSchema.Scalar(
            $"{what}: {FieldSchema.Date.Expected}, or {string.Join(" or ", words)}",
            (string text, out LawDate? value) =>
            {
                value = LawDate.TryParse(text, out var date) ? date : null;
                return value is not null || words.Contains(text);
            }
        );
}
