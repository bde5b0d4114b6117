using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using static SurveillanceRegistry.Domain.Changes.Validation.ProblemLocation;

namespace SurveillanceRegistry.Domain.Changes.Validation;

/// <summary>Checks an instrument with its versions.</summary>
internal static class InstrumentValidator
{
    /// <summary>How the end of a text is stated.</summary>
    private const string End =
        "the first day on which it is no longer in force; or, when it is not known, the date by which a source shows it replaced";

    public static void Check(Instrument instrument, KnownReferences known, ProblemLocation at)
    {
        if (!Identifier.IsValid(instrument.Id, dots: true))
            at["id"].Add(Quote(instrument.Id), "an id of small letters, digits, hyphens and dots, at most 64");
        if (instrument.Kind is InstrumentKind.ManualChapter or InstrumentKind.MunicipalCode && !Citation.FindIn(instrument.Citation).Any())
            at["citation"].Add(Quote(instrument.Citation), "a citation such as SPD Manual 16.090 or SMC 14.18");
        if (instrument.Versions.IsEmpty)
            at["versions"].Add("no version", "at least one");
        SourceValidator.CheckAddress(instrument.Url, at["url"]);
        SourceValidator.CheckCitations(instrument.Citation, known, at["citation"]);
        foreach (
            var duplicate in instrument.Versions.GroupBy(version => version.Id).Where(group => group.Key.Length > 0 && group.Count() > 1)
        )
            at["versions"].Add($"the id {Quote(duplicate.Key)} twice", "each version with an id of its own, or without one if it is new");
        foreach (var (index, version) in instrument.Versions.Index())
        {
            var versionAt = at[$"version {version.Number}"];
            if (version.Number != index + 1)
                versionAt["number"].Add($"{version.Number}", $"{index + 1}: versions are numbered 1, 2, … in the order of time");
            CheckVersion(version, instrument, known, versionAt);
            // One problem for each version: where all overlap, each pair would have one.
            _ = instrument.Versions.Take(index).All(earlier => CheckFollows(earlier, version, known, versionAt["effective"]));
        }
    }

    private static void CheckVersion(InstrumentVersion version, Instrument instrument, KnownReferences known, ProblemLocation at)
    {
        if (version.Id.Length > 0 && !Identifier.IsValid(version.Id))
            at["id"].Add(Quote(version.Id), "the id that the registry gave, or none for a new version");
        SourceValidator.CheckCitations(version.Title, known, at["title"]);
        SourceValidator.CheckCitations(version.By, known, at["by"]);
        SourceValidator.CheckCitations(version.Effective.Condition, known, at["effective"]["condition"]);
        CheckPeriod(version.Effective, at["effective"]);
        // Without any date it would be law on signs, from no day on that anyone knows.
        if (version.Effective is { Condition: null, From: null, FromKnownBy: null } && known.IsWaiting(instrument.Id, version.Id))
            at["effective"]
                .Add(
                    "neither the condition that was recorded nor a day",
                    "the condition; or, once it is met, the first day on which it is in force"
                );
        CheckDates(version, at);
        if (version.SupersededBy is { } successor)
            CheckSuperseded(version, successor, instrument, known, at);
        SourceValidator.Check(version.Source, at["source"]);
        if (version.Rules.IsEmpty)
            at["rules"].Add("nothing governed", "at least one technology");
        foreach (var duplicate in version.Rules.GroupBy(rule => rule.Technology).Where(group => group.Count() > 1))
            at["rules"].Add($"{known.NameOf(duplicate.Key)} twice", "each technology once");
        foreach (var rule in version.Rules)
            RuleValidator.Check(rule, instrument.Id, known, at[rule.Technology]);
    }

    private static void CheckPeriod(EffectivePeriod period, ProblemLocation at)
    {
        if (period.Condition is not null && ((period.From ?? period.FromKnownBy ?? period.To) is not null || period.Ended))
            at["condition"]
                .Add(
                    "a condition beside a date on which the text was in force, or ended",
                    "the condition alone; or, once it is met, the first day alone"
                );
        if (period.From is not null && (period.FromKnownBy ?? period.FromNotBefore) is not null)
            at.Add(
                "a first day beside a date that says when the first day may have been",
                "the first day alone; or, when it is not known, a date before which it cannot have been in force, "
                    + "or by which a source shows it in force"
            );
        if (period.To is not null && period.Ended || period.EndKnownBy is not null && !period.Ended)
            at.Add("an end that is both known and not known", End);
        if (period is { Ended: true, EndKnownBy: null })
            at.Add("an end that is not known, alone", "the date by which a source shows it replaced");
        if (
            (period.From ?? period.FromKnownBy ?? period.FromNotBefore) is { } start
            && (period.To ?? period.EndKnownBy) is { } end
            && (end.Latest <= start.Earliest || period.IsEmpty)
        )
            at.Add(
                $"an end ({PlainLanguage.Date(end)}) that is not after the start ({PlainLanguage.Date(start)})",
                "the first day on which it is no longer in force, after the day on which it was passed and takes effect"
            );
    }

    /// <summary>Checks that the dates of a text can all be true: it is passed first, and then signed and filed.</summary>
    private static void CheckDates(InstrumentVersion version, ProblemLocation at)
    {
        (string Name, LawDate? Date)[] acts = [("signed", version.Signed), ("filed", version.Filed)];
        foreach (var (name, date) in acts)
        {
            if (date is { } act && version.Passed is { } passed && act.Latest < passed.Earliest)
                at[name]
                    .Add(
                        $"{PlainLanguage.Date(act)}, before it was passed ({PlainLanguage.Date(passed)})",
                        "the day on which it was passed, or a later one"
                    );
        }

        if (version.Effective is { FromNotBefore: { } notBefore, FromKnownBy: { } knownBy } && knownBy.Latest < notBefore.Earliest)
            at["effective"]
                .Add(
                    $"a source that shows it in force by {PlainLanguage.Date(knownBy)}, "
                        + $"before {PlainLanguage.Date(notBefore)}, when it cannot have been in force",
                    "the date by which a source shows it in force no earlier than the date before which it cannot have been"
                );
    }

    private static void CheckSuperseded(
        InstrumentVersion version,
        string successor,
        Instrument instrument,
        KnownReferences known,
        ProblemLocation at
    )
    {
        if (successor == instrument.Id || !known.Instruments.Contains(successor))
            at["supersededBy"].Add(Quote(successor), "another registered instrument");
        else if (Replaces(successor, instrument.Id, known))
            at["supersededBy"]
                .Add(
                    $"{known.CitationOf(successor)}, which {instrument.Citation} replaced itself, by what is recorded",
                    "one text that replaces the other: two cannot replace each other"
                );
        if (version.Effective is { To: null, Ended: false })
            at["effective"].Add($"a text that {known.CitationOf(successor)} replaced, and that is still in force", End);
    }

    /// <summary>Whether an instrument was replaced by another one, directly or over others.</summary>
    private static bool Replaces(string instrument, string other, KnownReferences known)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>([instrument]);
        while (open.TryPop(out var next))
        {
            if (next == other)
                return true;
            foreach (var successor in seen.Add(next) ? known.Successors[next] : [])
                open.Push(successor);
        }

        return false;
    }

    /// <summary>Checks that a version follows an earlier one in time, and that no technology has both at once. False when not.</summary>
    private static bool CheckFollows(InstrumentVersion earlier, InstrumentVersion later, KnownReferences known, ProblemLocation at)
    {
        string[] shared = earlier.Effective.Overlaps(later.Effective)
            ? [.. earlier.Rules.Select(rule => rule.Technology).Intersect(later.Rules.Select(rule => rule.Technology))]
            : [];
        if (shared.Length > 0)
            at.Add(
                $"a period that overlaps that of version {earlier.Number} for {PlainLanguage.List(shared.Select(known.NameOf))}",
                "periods that follow each other: each end no later than the next start"
            );
        else if (later.Effective.EarliestPossibleStart < earlier.Effective.EarliestPossibleStart)
            at.Add($"a version that begins before version {earlier.Number}", "versions in the order of time");
        else
            return true;
        return false;
    }
}
