using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>Composes the texts of a notice in one language. An item without a stated value reads "not stated".</summary>
internal sealed class NoticeTextComposer(NoticeContext context, Wording wording)
{
    private const int MaxPurposes = 3;

    private readonly List<string> _missing = [];
    private readonly City _city = context.Governance.City;

    /// <summary>The items that read "not stated".</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>Composes the text. Call it once.</summary>
    public NoticeText Compose()
    {
        var facts = context.Facts.Select(Text).ToImmutableArray();
        return new NoticeText(wording.Direction, wording.Reviewed, facts, FirstLayer(facts), [.. SecondLayer()]);
    }

    private ImmutableArray<NoticeItem> FirstLayer(ImmutableArray<FactText> facts) =>
        [
            Item("what", What()),
            Item("now", Sentences(facts.IsEmpty ? [NothingNow()] : facts.Select(Now))),
            Item("why", Why()),
            Item("who", Who()),
            Item(
                "rule",
                Sentences(facts.IsEmpty ? [NotCaptured] : [.. context.Facts.SelectMany(Texts), .. context.Facts.SelectMany(Review)])
            ),
            Item("retention", Sentences(facts.IsEmpty ? [NotCaptured] : Retention())),
            Item("access", Sentences([Ask(), .. Exemptions()])),
            Item("rights", wording.Say("rights.ask", ("url", _city.Records.Url), ("phone", _city.Records.Phone))),
            Item("surprise", Surprise()),
            Item("more", wording.Say("more.link", ("url", $"{context.PublicUrl}/places/{context.Place.Id}"))),
            Item("area", context.Place.Area),
            Item(
                "scope",
                Sentences(_city.IsSample ? [wording.Say("scope.line"), wording.Say("scope.sample")] : [wording.Say("scope.line")])
            ),
        ];

    private string Now(FactText fact) =>
        wording.Say("fact.now", ("line", fact.Line), ("technology", fact.Technology), ("certainty", fact.CertaintyLine));

    private string NotCaptured => wording.Say("not-captured");

    private NoticeItem Item(string item, string text)
    {
        if (text.Length > 0)
            return new NoticeItem(item, text);
        _missing.Add(item);
        return new NoticeItem(item, wording.Say("not-stated"));
    }

    private string Sentences(IEnumerable<string> sentences) =>
        string.Join(wording.Say("sentence.separator"), sentences.Where(text => text.Length > 0).Distinct());

    private FactText Text(NoticeFact fact)
    {
        var capture = ("capture", Capture(fact.Capture));
        var line =
            fact.Certainty == FactCertainty.Reported
                ? wording.Sentence("fact.line", capture, ("mode", wording.Say("mode." + Json.Word(fact.Mode))))
                : wording.Sentence("fact.maybe", capture);
        return new FactText(
            line,
            Technology(fact.Technology),
            Certainty(fact),
            Sentences([.. Texts(fact), .. Review(fact)]),
            Sentences(Retention(fact))
        );
    }

    private string Certainty(NoticeFact fact)
    {
        if (fact.Certainty == FactCertainty.Reported)
            return wording.Say("certainty.reported", ("time", Time(fact.Since)));
        if (context.IsWorst)
            return wording.Say("certainty.unconfirmed");
        return fact.Since is null ? wording.Say("certainty.never") : wording.Say("certainty.silent", ("time", Time(fact.Since)));
    }

    private string What()
    {
        if (!context.Facts.IsEmpty)
            return wording.Say(
                "what.captures",
                ("captures", wording.List([.. context.Facts.Select(fact => Capture(fact.Capture)).Distinct()]))
            );
        return HasDevices
            ? wording.Say("what.none", ("devices", Number(context.Covering.Count(device => device.IsInScope))))
            : wording.Say("what.no-device");
    }

    private string NothingNow() => wording.Say(HasDevices ? "now.none" : "now.no-device");

    private bool HasDevices => context.Covering.Any(device => device.IsInScope);

    private string Why() =>
        !HasDevices
            ? wording.Say("not-captured")
            : Sentences(
                Technologies()
                    .Select(technology =>
                        technology.PurposeSource is { Confidence: not Confidence.Unsure }
                            ? wording.SayOr("purpose." + technology.Id, technology.Purpose ?? "")
                            : ""
                    )
                    .Take(MaxPurposes)
            );

    private string Who()
    {
        var departments = context
            .Covering.Where(device => device.IsInScope)
            .Select(device => device.Device.Department)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select(_city.Department)
            .OfType<Department>()
            .Select(department => wording.Say("who.department", ("name", department.Name), ("phone", department.Phone)));
        return HasDevices ? Sentences(departments) : wording.Say("who.none");
    }

    /// <summary>The texts that people on the spot need. Background texts are in the second layer only, unless there is no other.</summary>
    private IEnumerable<string> Texts(NoticeFact fact)
    {
        var background = context
            .Governance.Table.On(context.Day, fact.Technology)
            .Where(row => row.IsBackground)
            .Select(row => row.Instrument.Id)
            .ToHashSet(StringComparer.Ordinal);
        var needed = fact.GovernedBy.Where(text => !background.Contains(text.Instrument)).ToArray();
        return (needed.Length > 0 ? needed : [.. fact.GovernedBy]).Select(text =>
            text.EffectiveFrom is { } from
                ? wording.Say("rule.line", ("citation", text.Citation), ("title", text.Title), ("date", wording.Date(from)))
                : wording.Say("rule.undated", ("citation", text.Citation), ("title", text.Title))
        );
    }

    private IEnumerable<string> Review(NoticeFact fact)
    {
        if (fact.GovernedBy.IsEmpty)
            yield return wording.Sentence("rule.none", ("technology", Technology(fact.Technology)));
        else if (fact.UnderReview)
            yield return wording.Sentence(ReviewKey(fact), ("capture", Capture(fact.Capture)));
    }

    /// <summary>
    /// The key for a capture that some or no rule permits. A wording that an older version stored has one sentence for both.
    /// </summary>
    private string ReviewKey(NoticeFact fact) =>
        fact.IsAllowedToSome && wording.Texts.ContainsKey("rule.review.partly") ? "rule.review.partly" : "rule.review";

    /// <summary>The retention for all facts: each sentence once, with the technology when there are several.</summary>
    private IEnumerable<string> Retention()
    {
        var technologies = context.Facts.GroupBy(fact => fact.Technology).ToArray();
        return technologies
            .Select(facts =>
                (Technology: facts.Key, IsStated: facts.Any(fact => !fact.Retention.IsEmpty), Text: Sentences(facts.SelectMany(Retention)))
            )
            .Select(retention =>
                retention.IsStated && technologies.Length > 1
                    ? wording.Sentence("retention.for", ("technology", Technology(retention.Technology)), ("text", retention.Text))
                    : retention.Text
            );
    }

    private IEnumerable<string> Retention(NoticeFact fact) =>
        fact.Retention.IsEmpty
            ? [wording.Sentence("retention.none", ("technology", Technology(fact.Technology)))]
            : fact.Retention.Select(Retention);

    private string Retention(StatedRetention stated)
    {
        var retention = stated.Retention;
        var text = retention.Event is { } end
            ? wording.Say("retention.until." + Json.Word(end))
            : wording.Say("retention." + Json.Word(retention.Bound), ("days", Number(retention.Days ?? 0)));
        if (retention.DataClass is { } dataClass)
            text = wording.Say("retention.of", ("text", text), ("class", wording.SayOr("class." + dataClass.Replace(' ', '-'), dataClass)));
        if (retention.Note is { } note)
            text = wording.Say("retention.note", ("text", text), ("note", wording.SayOr("note." + note.Replace(' ', '-'), note)));
        return wording.Sentence("retention.by", ("text", text), ("citation", stated.Citation));
    }

    private string Ask() =>
        wording.Say(
            "access.ask",
            ("portal", _city.Records.Name),
            ("phone", _city.Records.Phone),
            ("days", Number(_city.Records.ReplyWithinBusinessDays)),
            ("law", _city.Records.Law)
        );

    private IEnumerable<string> Exemptions() =>
        Rows()
            .Where(row => row.Rule!.RecordsAccess.Access == RecordsAccessKind.Exempt)
            .Select(row => wording.Say("access.exempt", ("citation", row.Instrument.Citation)));

    /// <summary>The one thing that people least expect: the first that applies.</summary>
    private string Surprise()
    {
        if (Has(Devices.Capture.Faces))
            return wording.Say("surprise.faces");
        if (Has(Devices.Capture.Audio))
            return wording.Say("surprise.audio");
        if (Has(Devices.Capture.Plates))
            return wording.Say("surprise.plates");
        if (context.Facts.Any(fact => fact.Certainty == FactCertainty.Unknown))
            return wording.Say("surprise.unknown");
        return context.Facts.Any(fact => fact.Mode == Mode.Live) ? wording.Say("surprise.live") : wording.Say("surprise.none");
    }

    private bool Has(Capture capture) => context.Facts.Any(fact => fact.Capture == capture);

    private IEnumerable<NoticeItem> SecondLayer()
    {
        foreach (var technology in Technologies())
        {
            var count = context.Covering.Count(device => device.IsInScope && device.Device.Technology == technology.Id);
            yield return new NoticeItem(
                "devices",
                wording.Say("second.devices", ("count", Number(count)), ("technology", Technology(technology.Id)))
            );
        }

        foreach (var row in Rows())
        {
            yield return new NoticeItem(
                "rule",
                wording.Say(
                    "second.rule",
                    ("citation", row.Instrument.Citation),
                    ("title", row.Version!.Title),
                    ("authority", row.Instrument.Authority)
                )
            );
            yield return new NoticeItem(
                "access",
                wording.Say(
                    "second.law",
                    ("citation", row.Instrument.Citation),
                    ("text", wording.Say("second.access." + Json.Word(row.Rule!.RecordsAccess.Access)))
                )
            );
            foreach (var other in row.DisagreesWith.Where(other => string.CompareOrdinal(row.Instrument.Id, other) < 0))
            {
                yield return new NoticeItem(
                    "disagreement",
                    wording.Say(
                        "second.disagree",
                        ("one", row.Instrument.Citation),
                        ("other", context.Governance.Table.Instruments.First(instrument => instrument.Id == other).Citation)
                    )
                );
            }
        }
    }

    private IEnumerable<Technology> Technologies()
    {
        var present = context.Covering.Where(device => device.IsInScope).Select(device => device.Device.Technology).ToHashSet();
        return context.Governance.Table.Technologies.Where(technology => present.Contains(technology.Id));
    }

    private IEnumerable<GovernanceRow> Rows()
    {
        var departments = context
            .Covering.Where(device => device.IsInScope)
            .Select(device => (device.Device.Technology, device.Device.Department))
            .Distinct()
            .ToArray();
        return context
            .Governance.Table.On(context.Day)
            .Where(row =>
                row.IsPrintable
                && departments.Any(device => device.Technology == row.Technology.Id && row.Rule!.AppliesTo(device.Department))
            );
    }

    private string Capture(Capture capture) => wording.Say("capture." + Json.Word(capture));

    private string Technology(string id) =>
        wording.SayOr(
            "technology." + id,
            context.Governance.Table.Technologies.FirstOrDefault(technology => technology.Id == id)?.Name ?? id
        );

    private string Time(DateTimeOffset? instant) => instant is { } at ? wording.Time(_city.LocalTime(at)) : wording.Say("not-stated");

    private static string Number(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
