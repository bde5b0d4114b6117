using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Notices;

/// <summary>Puts a scene into the words of one language. Says only what the facts say; what nobody stated is "not stated".</summary>
internal sealed class NoticeTextComposer(NoticeContext scene, Wording wording)
{
    private const int MaxPurposes = 3;

    private readonly List<string> _missing = [];
    private readonly City _city = scene.Governance.City;

    /// <summary>Items that had to print "not stated".</summary>
    public IReadOnlyList<string> Missing => _missing;

    public NoticeText Text()
    {
        var facts = scene.Facts.Select(Text).ToImmutableArray();
        return new NoticeText(
            wording.Direction,
            wording.Reviewed,
            facts,
            [
                Item("what", What()),
                Item(
                    "now",
                    Sentences(
                        facts.Length == 0
                            ? [NothingNow()]
                            : facts.Select(words =>
                                wording.Say(
                                    "fact.now",
                                    ("line", words.Line),
                                    ("technology", words.Technology),
                                    ("certainty", words.CertaintyLine)
                                )
                            )
                    )
                ),
                Item("why", Why()),
                Item("who", Who()),
                Item(
                    "rule",
                    Sentences(
                        facts.Length == 0
                            ? [wording.Say("not-captured")]
                            : [.. scene.Facts.SelectMany(Texts), .. scene.Facts.SelectMany(Review)]
                    )
                ),
                Item("retention", Sentences(facts.Length == 0 ? [wording.Say("not-captured")] : Retention())),
                Item("access", Sentences([Ask(), .. Exemptions()])),
                Item("rights", wording.Say("rights.ask", ("url", _city.Records.Url), ("phone", _city.Records.Phone))),
                Item("surprise", Surprise()),
                Item("more", wording.Say("more.link", ("url", $"{scene.PublicUrl}/places/{scene.Place.Id}"))),
                Item("area", scene.Place.Area),
                Item(
                    "scope",
                    Sentences(_city.IsSample ? [wording.Say("scope.line"), wording.Say("scope.sample")] : [wording.Say("scope.line")])
                ),
            ],
            [.. SecondLayer()]
        );
    }

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
        var certainty =
            fact.Certainty == FactCertainty.Reported ? wording.Say("certainty.reported", ("time", Time(fact.Since)))
            : scene.IsWorst ? wording.Say("certainty.unconfirmed")
            : fact.Since is null ? wording.Say("certainty.never")
            : wording.Say("certainty.silent", ("time", Time(fact.Since)));
        return new FactText(
            line,
            Technology(fact.Technology),
            certainty,
            Sentences([.. Texts(fact), .. Review(fact)]),
            Sentences(Retention(fact))
        );
    }

    private string What() =>
        scene.Facts.Length > 0
            ? wording.Say("what.captures", ("captures", wording.List([.. scene.Facts.Select(fact => Capture(fact.Capture)).Distinct()])))
        : HasDevices ? wording.Say("what.none", ("devices", Number(scene.Covering.Count(device => device.IsInScope))))
        : wording.Say("what.no-device");

    private string NothingNow() => wording.Say(HasDevices ? "now.none" : "now.no-device");

    private bool HasDevices => scene.Covering.Any(device => device.IsInScope);

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
        var departments = scene
            .Covering.Where(device => device.IsInScope)
            .Select(device => device.Device.Department)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select(_city.Department)
            .OfType<Department>()
            .Select(department => wording.Say("who.department", ("name", department.Name), ("phone", department.Phone)));
        return HasDevices ? Sentences(departments) : wording.Say("who.none");
    }

    /// <summary>The texts that people on the spot need; what is only background to them stands in the second layer.</summary>
    private IEnumerable<string> Texts(NoticeFact fact)
    {
        var background = scene
            .Governance.Table.On(scene.Day, fact.Technology)
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

    private IEnumerable<string> Review(NoticeFact fact) =>
        fact.GovernedBy.IsEmpty ? [wording.Sentence("rule.none", ("technology", Technology(fact.Technology)))]
        : fact.UnderReview ? [wording.Sentence("rule.review", ("capture", Capture(fact.Capture)))]
        : [];

    /// <summary>How long, for all facts: each sentence once, and named by technology where there are several.</summary>
    private IEnumerable<string> Retention()
    {
        var technologies = scene.Facts.GroupBy(fact => fact.Technology).ToArray();
        return technologies
            .Select(facts =>
                (Technology: facts.Key, Stated: facts.Any(fact => !fact.Retention.IsEmpty), Text: Sentences(facts.SelectMany(Retention)))
            )
            .Select(one =>
                one.Stated && technologies.Length > 1
                    ? wording.Sentence("retention.for", ("technology", Technology(one.Technology)), ("text", one.Text))
                    : one.Text
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
        if (retention.DataClass is { } of)
            text = wording.Say("retention.of", ("text", text), ("class", wording.SayOr("class." + of.Replace(' ', '-'), of)));
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

    /// <summary>The one thing that people do not expect, most surprising first.</summary>
    private string Surprise() =>
        Has(Devices.Capture.Faces) ? wording.Say("surprise.faces")
        : Has(Devices.Capture.Audio) ? wording.Say("surprise.audio")
        : Has(Devices.Capture.Plates) ? wording.Say("surprise.plates")
        : scene.Facts.Any(fact => fact.Certainty == FactCertainty.Unknown) ? wording.Say("surprise.unknown")
        : scene.Facts.Any(fact => fact.Mode == Mode.Live) ? wording.Say("surprise.live")
        : wording.Say("surprise.none");

    private bool Has(Capture capture) => scene.Facts.Any(fact => fact.Capture == capture);

    private IEnumerable<NoticeItem> SecondLayer()
    {
        foreach (var technology in Technologies())
        {
            var count = scene.Covering.Count(device => device.IsInScope && device.Device.Technology == technology.Id);
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
                        ("other", scene.Governance.Table.Instruments.First(instrument => instrument.Id == other).Citation)
                    )
                );
            }
        }
    }

    private IEnumerable<Technology> Technologies()
    {
        var present = scene.Covering.Where(device => device.IsInScope).Select(device => device.Device.Technology).ToHashSet();
        return scene.Governance.Table.Technologies.Where(technology => present.Contains(technology.Id));
    }

    private IEnumerable<GovernanceRow> Rows()
    {
        var departments = scene
            .Covering.Where(device => device.IsInScope)
            .Select(device => (device.Device.Technology, device.Device.Department))
            .Distinct()
            .ToArray();
        return scene
            .Governance.Table.On(scene.Day)
            .Where(row =>
                row.IsPrintable && departments.Any(unit => unit.Technology == row.Technology.Id && row.Rule!.AppliesTo(unit.Department))
            );
    }

    private string Capture(Capture capture) => wording.Say("capture." + Json.Word(capture));

    private string Technology(string id) =>
        wording.SayOr(
            "technology." + id,
            scene.Governance.Table.Technologies.FirstOrDefault(technology => technology.Id == id)?.Name ?? id
        );

    private string Time(DateTimeOffset? instant) => instant is { } at ? wording.Time(_city.LocalTime(at)) : wording.Say("not-stated");

    private static string Number(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
