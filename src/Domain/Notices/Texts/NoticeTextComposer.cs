using System.Collections.Immutable;
using System.Globalization;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Notices.Texts;

/// <summary>
/// Composes the texts of a notice in one language. An item without a stated value reads "not stated". No text says that something is not
/// captured: the registry knows what devices can do and what they report, and no more.
/// </summary>
internal sealed class NoticeTextComposer(NoticeContext context, Wording wording)
{
    private const int MaxPurposes = 3;

    private readonly List<string> _missing = [];
    private readonly City _city = context.Governance.City;
    private readonly FactTextComposer _factTexts = new(context, wording);

    /// <summary>The items that read "not stated".</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>Composes the text. Call it once.</summary>
    public NoticeText Compose()
    {
        var facts = context.Facts.Select(_factTexts.Compose).ToImmutableArray();
        return new NoticeText(wording.Direction, wording.Reviewed, facts, FirstLayer(facts), [.. SecondLayer()])
        {
            FirstView = new FirstViewComposer(context, wording, _factTexts).Compose(),
        };
    }

    private ImmutableArray<NoticeItem> FirstLayer(ImmutableArray<FactText> facts) =>
        [
            Item("what", wording.Sentences(What())),
            Item("now", wording.Sentences([.. Now(facts), .. NowOff()])),
            Item("why", HasDevices ? wording.Sentences(Purposes()) : NoDevice),
            Item("who", HasDevices ? wording.Sentences(Departments()) : wording.Say("who.none")),
            Item("rule", HasDevices ? wording.Sentences(Rules()) : NoDevice),
            Item("retention", HasDevices ? wording.Sentences(_factTexts.Retention(context.Governed)) : NoDevice),
            Item("access", wording.Sentences([Ask(), .. Exemptions()])),
            Item("rights", wording.Say("rights.ask", ("url", _city.Records.Url), ("phone", _city.Records.Phone))),
            Item("surprise", HasDevices ? Surprise() : NoDevice),
            Item("more", wording.Say("more.link", ("url", $"{context.PublicUrl}/places/{context.Place.Id}"))),
            Item("area", context.Place.Area),
            Item("scope", wording.Sentences([wording.Say("scope.line"), _city.IsSample ? wording.Say("scope.sample") : ""])),
        ];

    private NoticeItem Item(string item, string text)
    {
        if (text.Length > 0)
            return new NoticeItem(item, text);
        _missing.Add(item);
        return new NoticeItem(item, wording.Say("not-stated"));
    }

    private bool HasDevices => !context.Covered.IsEmpty;

    private string NoDevice => wording.Say("no-device");

    private IEnumerable<string> What()
    {
        if (!HasDevices)
            yield return wording.Say("what.no-device");
        if (!context.Facts.IsEmpty)
            yield return wording.Say("what.captures", ("captures", List(context.Facts.Select(fact => fact.Capture))));
        foreach (var off in WhatOff())
            yield return off;
    }

    private IEnumerable<string> WhatOff() =>
        context.Off.Select(off =>
            wording.Say("what.off", ("technology", _factTexts.NameOf(off.Technology)), ("captures", List(off.Captures)))
        );

    /// <summary>A sentence for each fact of the devices of the place, and one for each technology of a fleet.</summary>
    private IEnumerable<string> Now(ImmutableArray<FactText> texts)
    {
        foreach (var same in context.Facts.Zip(texts).GroupBy(pair => (pair.First.Fleet, pair.First.Technology)))
        {
            if (same.Key.Fleet is null)
            {
                foreach (var (_, text) in same)
                    yield return Now(text.Line, text);
            }
            else
            {
                var captures = List(same.Select(pair => pair.First.Capture));
                yield return Now(wording.Sentence("fact.maybe", ("capture", captures)), same.First().Second);
            }
        }
    }

    private string Now(string line, FactText text) =>
        wording.Say("fact.now", ("line", line), ("technology", text.Technology), ("certainty", text.CertaintyLine));

    /// <summary>What the devices here report as off. Paper and memory outlast a report, so it says that this can change.</summary>
    private IEnumerable<string> NowOff()
    {
        if (!HasDevices)
            yield return wording.Say("now.no-device");
        foreach (var (technology, captures) in context.Off)
            yield return wording.Sentence("now.off", ("captures", List(captures)), ("technology", _factTexts.NameOf(technology)));
    }

    private IEnumerable<string> Purposes() =>
        context
            .Technologies.Select(technology =>
                technology.PurposeSource is { Confidence: not Confidence.Unsure }
                    ? wording.SayOr("purpose." + technology.Id, technology.Purpose ?? "")
                    : ""
            )
            .Take(MaxPurposes);

    private IEnumerable<string> Departments() =>
        context
            .Covered.Select(covered => covered.Department)
            .Distinct()
            .Order(StringComparer.Ordinal)
            .Select(_city.Department)
            .OfType<Department>()
            .Select(department => wording.Say("who.department", ("name", department.Name), ("phone", department.Phone)));

    private IEnumerable<string> Rules() => [.. context.Governed.SelectMany(_factTexts.Rules), .. _factTexts.Reviews(context.Facts)];

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
        if (Has(Capture.Faces))
            return wording.Say("surprise.faces");
        if (Has(Capture.Audio))
            return wording.Say("surprise.audio");
        if (Has(Capture.Plates))
            return wording.Say("surprise.plates");
        if (context.Off.Any(off => off.Captures.Any(IsSurprising)))
            return wording.Sentences(WhatOff());
        if (context.Facts.Any(fact => fact is { Certainty: FactCertainty.Unknown, Fleet: null }))
            return wording.Say("surprise.not-heard");
        return context.Facts.Any(fact => fact.Mode == Mode.Live)
            ? wording.Say("surprise.live")
            : wording.Say("surprise.can", ("captures", List(context.Possible.Select(fact => fact.Capture))));
    }

    private static bool IsSurprising(Capture capture) => capture is Capture.Faces or Capture.Audio or Capture.Plates;

    private bool Has(Capture capture) => context.Facts.Any(fact => fact.Capture == capture);

    private IEnumerable<NoticeItem> SecondLayer()
    {
        foreach (var technology in context.Technologies)
        {
            var count = context.Covering.Count(device => device.IsInScope && device.Device.Technology == technology.Id);
            var name = ("technology", _factTexts.NameOf(technology.Id));
            if (count > 0)
                yield return new NoticeItem("devices", wording.Say("second.devices", ("count", Number(count)), name));
            var fleets = context.Fleets.Where(fleet => fleet.Technology == technology.Id).Select(fleet => fleet.Name ?? fleet.Id);
            foreach (var fleet in fleets.Distinct())
                yield return new NoticeItem("fleet", wording.Say("second.fleet", ("fleet", fleet), name));
        }

        foreach (var row in Rows())
        {
            var (citation, title) = (("citation", row.Instrument.Citation), ("title", row.Version!.Title));
            var access = wording.Say("second.access." + Json.Word(row.Rule!.RecordsAccess.Access));
            yield return new NoticeItem("rule", wording.Say("second.rule", citation, title, ("authority", row.Instrument.Authority)));
            yield return new NoticeItem("access", wording.Say("second.law", citation, ("text", access)));
            foreach (var other in row.DisagreesWith.Where(other => string.CompareOrdinal(row.Instrument.Id, other) < 0))
            {
                var instrument = context.Governance.Table.Instruments.First(instrument => instrument.Id == other);
                yield return new NoticeItem(
                    "disagreement",
                    wording.Say("second.disagree", ("one", row.Instrument.Citation), ("other", instrument.Citation))
                );
            }
        }
    }

    private IEnumerable<GovernanceRow> Rows() =>
        context
            .Governance.Table.On(context.Day)
            .Where(row =>
                row.IsPrintable
                && context.Covered.Any(covered => covered.Technology == row.Technology.Id && row.Rule!.AppliesTo(covered.Department))
            );

    private string List(IEnumerable<Capture> captures) => wording.List([.. captures.Distinct().Order().Select(_factTexts.NameOf)]);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
