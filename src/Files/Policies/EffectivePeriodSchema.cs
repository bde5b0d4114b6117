using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Files.Yaml;

namespace SurveillanceRegistry.Files.Policies;

/// <summary>
/// From when to when a text holds: <c>from</c> a date or <c>unknown</c> (then <c>known_by</c>: a source shows it in force by that date),
/// <c>to</c> a date, <c>open</c> or <c>unknown</c> (then <c>ended_by</c>: a source shows it replaced by that date). A text whose first day
/// is
/// unknown cannot have held before it was passed; <c>not_before</c> says so where that is another date, or <c>unknown</c>.
/// </summary>
internal static class EffectivePeriodSchema
{
    public const string Unknown = "unknown",
        Open = "open";

    private static readonly FieldSchema<LawDate?> From = DateOr("the first day on which it holds", Unknown);
    private static readonly FieldSchema<LawDate?> NotBefore = DateOr("a date before which it cannot have held", Unknown);
    private static readonly FieldSchema<LawDate?> To = DateOr("the first day on which it no longer holds", Open, Unknown);

    /// <summary>The period of a text that was passed on this day, if that is known: it cannot have held before.</summary>
    public static FieldSchema<EffectivePeriod> After(LawDate? passed) =>
        FieldSchema.Keys(
            "from when to when it holds",
            keys =>
            {
                var problems = keys.File.Problems.Count;
                var (from, knownBy) = (keys.Required("from", From), keys.Optional("known_by", FieldSchema.Date));
                var notBefore = keys.Optional("not_before", NotBefore, passed);
                var (to, endedBy) = (keys.Required("to", To), keys.Optional("ended_by", FieldSchema.Date));
                var ended = keys.Node("to") is YamlText { Text: Unknown };
                if (keys.File.Problems.Count > problems)
                    return new EffectivePeriod(null);

                if (from is not null && knownBy is not null)
                    keys.Report("known_by", "'known_by' beside a known day", "'known_by' only with 'from: unknown'");
                if (from is not null && keys.Node("not_before") is not null)
                    keys.Report("not_before", "'not_before' beside a known day", "'not_before' only with 'from: unknown'");
                if (ended && endedBy is null)
                    keys.Report("to", "'to: unknown' alone", "'ended_by' beside it: the date by which a source shows it replaced");
                if (!ended && endedBy is not null)
                    keys.Report("ended_by", "'ended_by' beside a known end", "'ended_by' only with 'to: unknown'");
                if ((from ?? knownBy) is { } start && (to ?? endedBy) is { } end && end.Latest <= start.Earliest)
                    keys.Report(
                        to is null ? "ended_by" : "to",
                        $"an end ({end}) that is not after the start ({start})",
                        "the first day on which it no longer holds"
                    );
                return new EffectivePeriod(from, from is null ? notBefore : null, knownBy, to, ended, endedBy);
            }
        );

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

/// <summary>A period in the words of the files: what <see cref="EffectivePeriodSchema"/> reads back as the same period.</summary>
/// <param name="NotBefore">Null where it is the day on which the text was passed, or is not asked for.</param>
internal sealed record EffectivePeriodText(string From, string? NotBefore, string? KnownBy, string To, string? EndedBy)
{
    public static EffectivePeriodText Write(InstrumentVersion version)
    {
        var effective = version.Effective;
        return new EffectivePeriodText(
            effective.From?.ToString() ?? EffectivePeriodSchema.Unknown,
            effective.From is not null || effective.FromNotBefore == version.Passed
                ? null
                : effective.FromNotBefore?.ToString() ?? EffectivePeriodSchema.Unknown,
            effective.FromKnownBy?.ToString(),
            effective.To?.ToString() ?? (effective.Ended ? EffectivePeriodSchema.Unknown : EffectivePeriodSchema.Open),
            effective.EndKnownBy?.ToString()
        );
    }
}

/// <summary>Versions of an instrument follow each other: in the file as in time, and never two at once for one technology.</summary>
internal static class VersionOrder
{
    public static void Check(IReadOnlyList<(InstrumentVersion Version, YamlKeys Keys)> versions)
    {
        for (var later = 1; later < versions.Count; later++)
        {
            for (var earlier = 0; earlier < later; earlier++)
                Check(versions[earlier].Version, versions[later].Version, versions[later].Keys);
        }
    }

    private static void Check(InstrumentVersion earlier, InstrumentVersion later, YamlKeys keys)
    {
        var shared = earlier.Rules.Select(rule => rule.Technology).Intersect(later.Rules.Select(rule => rule.Technology)).ToArray();
        if (shared.Length > 0 && earlier.Effective.Overlaps(later.Effective))
        {
            keys.Report(
                "effective",
                $"a period that overlaps that of version {earlier.Number} for {string.Join(", ", shared)}",
                "periods of one instrument that follow each other: each 'to' no later than the next 'from'"
            );
        }
        else if (later.Effective.MayHoldFrom < earlier.Effective.MayHoldFrom)
        {
            keys.Report("effective", $"a version that begins before version {earlier.Number}", "versions in the order of time");
        }
    }
}
