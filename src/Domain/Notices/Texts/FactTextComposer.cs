using System.Globalization;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Notices.Texts;

/// <summary>Composes the texts for the facts of a notice in one language.</summary>
internal sealed class FactTextComposer(NoticeContext context, Wording wording)
{
    private readonly City _city = context.Governance.City;

    /// <summary>The texts for one fact.</summary>
    public FactText Compose(NoticeFact fact)
    {
        var capture = ("capture", NameOf(fact.Capture));
        return new FactText(
            fact.Certainty == FactCertainty.Reported
                ? wording.Sentence("fact.line", capture, ("mode", wording.Say("mode." + Json.Word(fact.Mode))))
                : wording.Sentence("fact.maybe", capture),
            NameOf(fact.Technology),
            wording.Sentences([Certainty(fact), .. Withdrawal(fact)]),
            wording.Sentences([.. Rules(fact), .. Reviews([fact])]),
            wording.Sentences(Retention(fact))
        )
        {
            ExceedsLine = wording.Sentences(Exceeding(fact)),
        };
    }

    public string NameOf(Capture capture) => wording.Say("capture." + Json.Word(capture));

    /// <summary>The name of a technology in the language; the City's own where the wording has none.</summary>
    public string NameOf(string technology) =>
        wording.SayOr(
            "technology." + technology,
            context.Governance.Table.Technologies.FirstOrDefault(known => known.Id == technology)?.Name ?? technology
        );

    /// <summary>The texts that people on the spot need. Background texts are in the second layer only, unless there is no other.</summary>
    public IEnumerable<string> Rules(NoticeFact fact) =>
        RulesOf(fact)
            .Select(text =>
                text.EffectiveFrom is { } from
                    ? wording.Say("rule.line", ("citation", text.Citation), ("title", text.Title), ("date", wording.Date(from)))
                    : wording.Say("rule.undated", ("citation", text.Citation), ("title", text.Title))
            );

    /// <summary>The texts of <see cref="Rules"/>.</summary>
    public IReadOnlyList<GoverningText> RulesOf(NoticeFact fact)
    {
        var background = context
            .Governance.Table.On(context.Day, fact.Technology)
            .Where(row => row.IsBackground)
            .Select(row => row.Instrument.Id)
            .ToHashSet(StringComparer.Ordinal);
        var needed = fact.GovernedBy.Where(text => !background.Contains(text.Instrument)).ToArray();
        return needed.Length > 0 ? needed : fact.GovernedBy;
    }

    /// <summary>
    /// That captures are under review: one sentence for each technology and capture. Where a rule permits a capture to some devices and not
    /// to others, the sentence says so.
    /// </summary>
    public IEnumerable<string> Reviews(IEnumerable<NoticeFact> facts)
    {
        var captures = facts.GroupBy(fact => (fact.Technology, fact.Capture));
        foreach (var same in captures.Where(same => same.Any(fact => fact.UnderReview)))
        {
            if (same.All(fact => fact.GovernedBy.IsEmpty))
                yield return wording.Sentence("rule.none", ("technology", NameOf(same.Key.Technology)));
            else
                yield return wording.Sentence(ReviewKey(same.Any(IsPermittedToSome)), ("capture", NameOf(same.Key.Capture)));
        }
    }

    /// <summary>The retention for several facts: each sentence once, with the technology when there are several.</summary>
    public IEnumerable<string> Retention(IEnumerable<NoticeFact> facts)
    {
        var technologies = facts.GroupBy(fact => fact.Technology).ToArray();
        return technologies
            .Select(same =>
                (
                    Technology: same.Key,
                    IsStated: same.Any(fact => !fact.Retention.IsEmpty),
                    Text: wording.Sentences(same.SelectMany(Retention))
                )
            )
            .Select(retention =>
                retention.IsStated && technologies.Length > 1
                    ? wording.Sentence("retention.for", ("technology", NameOf(retention.Technology)), ("text", retention.Text))
                    : retention.Text
            );
    }

    private string Certainty(NoticeFact fact)
    {
        if (fact.FleetDepartment is { } department)
            return wording.Say("certainty.fleet", ("department", _city.Department(department)?.Name ?? department));
        if (fact.Certainty == FactCertainty.Reported)
            return wording.Say("certainty.reported", ("time", Time(fact.Since)));
        if (context.IsWorst)
            return wording.Say("certainty.unconfirmed");
        if (fact.IsUnstated)
            return wording.Say("certainty.unstated");
        return fact.Since is null ? wording.Say("certainty.never") : wording.Say("certainty.silent", ("time", Time(fact.Since)));
    }

    /// <summary>That the register says that it is gone, and no other person has confirmed it.</summary>
    private IEnumerable<string> Withdrawal(NoticeFact fact)
    {
        if (fact.WithdrawnSince is { } since)
            yield return wording.Say("certainty.withdrawn", ("time", Time(since)));
    }

    /// <summary>What is not allowed about a fact: the law first, then the registered status, then the register entry.</summary>
    private IEnumerable<string> Exceeding(NoticeFact fact)
    {
        if (fact.UnderReview)
            yield return wording.Say(fact.IsAllowedToSome ? "exceeds.some" : "exceeds.rule");
        if (!fact.InactiveStatuses.IsEmpty)
        {
            var statuses = fact.InactiveStatuses.Select(status => wording.Say("lifecycle." + Json.Word(status)));
            yield return wording.Say("exceeds.status", ("status", wording.List([.. statuses])));
        }

        if (fact.IsUnregistered && !fact.UnderReview)
            yield return wording.Say("exceeds.register");
    }

    /// <summary>Whether a rule permits the capture to a device of the fact.</summary>
    private static bool IsPermittedToSome(NoticeFact fact) => fact.IsAllowedToSome || !fact.UnderReview;

    /// <summary>
    /// The key for a capture that some or no rule permits. A wording that an older version stored has one sentence for both.
    /// </summary>
    private string ReviewKey(bool isPermittedToSome) =>
        isPermittedToSome && wording.Texts.ContainsKey("rule.review.partly") ? "rule.review.partly" : "rule.review";

    private IEnumerable<string> Retention(NoticeFact fact) =>
        fact.Retention.IsEmpty
            ? [wording.Sentence("retention.none", ("technology", NameOf(fact.Technology)))]
            : fact.Retention.Select(Retention);

    private string Retention(StatedRetention stated) =>
        wording.Sentence("retention.by", ("text", TextOf(stated.Retention)), ("citation", stated.Citation));

    /// <summary>A retention as inside a sentence, without its source.</summary>
    public string TextOf(Retention retention)
    {
        var text =
            retention.Event is { } end ? wording.Say("retention.until." + Json.Word(end))
            : retention.Days is { } days ? wording.Say("retention." + Json.Word(retention.Bound), ("days", Number(days)))
            : wording.Say("retention.length." + Json.Word(retention.Bound), ("length", Length(retention)));
        if (retention.DataClass is { } dataClass)
            text = wording.Say("retention.of", ("text", text), ("class", wording.SayOr("class." + dataClass.Replace(' ', '-'), dataClass)));
        if (retention.Note is { } note)
            text =
                wording.NoteIn(note) is { } translated ? wording.Say("retention.note", ("text", text), ("note", translated))
                : wording.SpeaksEnglish() ? wording.Say("retention.note", ("text", text), ("note", note))
                : wording.Say("retention.note.english", ("text", text), ("note", Wording.Quoted(note)));
        return text;
    }

    /// <summary>Months or years, as the text states them: no number of days means the same.</summary>
    private string Length(Retention retention) =>
        retention switch
        {
            { Months: 1 } => wording.Say("length.month"),
            { Months: { } months } => wording.Say("length.months", ("count", Number(months))),
            { Years: 1 } => wording.Say("length.year"),
            _ => wording.Say("length.years", ("count", Number(retention.Years ?? 0))),
        };

    private string Time(DateTimeOffset? instant) => instant is { } at ? wording.Time(_city.LocalTime(at)) : wording.Say("not-stated");

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
