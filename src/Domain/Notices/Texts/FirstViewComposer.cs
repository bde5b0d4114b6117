using System.Collections.Immutable;
using System.Globalization;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Notices.Texts;

/// <summary>
/// Composes what is read of a notice in five seconds, in one language. It has a limit of words: a title of a rule and a second purpose are
/// left out first. What is captured, its certainty and what exceeds a rule are never left out.
/// </summary>
internal sealed class FirstViewComposer(NoticeContext context, Wording wording, FactTextComposer factTexts)
{
    /// <summary>The versions of the items, the longest first.</summary>
    private static readonly ImmutableArray<Length> Lengths = [Length.Whole, Length.WithoutTitle, Length.OnePurpose, Length.WithoutPurpose];

    private readonly City _city = context.Governance.City;

    private enum Length
    {
        Whole,
        WithoutTitle,
        OnePurpose,
        WithoutPurpose,
    }

    /// <summary>Composes the view: the longest that has no more words than it may.</summary>
    public FirstView Compose()
    {
        var headline = new HeadlineComposer(context, wording).Compose();
        ImmutableArray<ViewRow> rows = [.. Rows()];
        var maxWords = FirstView.MaxWords + FirstView.MaxWordsOfFact * (Math.Max(context.Facts.Length, rows.Length) - 1);
        var views = Lengths.Select(length => new FirstView(headline, rows, [.. Items(length)]));
        return views.FirstOrDefault(view => CountWords(view) <= maxWords) ?? views.Last();
    }

    /// <summary>The words of a view and of the line above it, which names the place and the city.</summary>
    private int CountWords(FirstView view) =>
        ((string[])[context.Place.Name, _city.Name, view.Headline])
            .Concat(
                view.Rows.SelectMany(row => row.States)
                    .SelectMany(state =>
                        state
                            .Facts.Select(fact => factTexts.NameOf(context.Facts[fact].Technology))
                            .Distinct()
                            .Append(state.Text)
                            .Append(state.Detail)
                            .Append(state.Exceeds)
                    )
            )
            .Concat(view.Items.SelectMany(item => (string[])[item.Label, item.Text]))
            .Sum(text => text.Split(' ').Count(word => word.Any(char.IsLetterOrDigit)));

    private IEnumerable<ViewRow> Rows()
    {
        if (context.Covered.IsEmpty)
            return [new ViewRow(null, [new ViewState(wording.Sentence("view.others"), "", "", [])])];
        return context.Facts.IsEmpty
            ? context.Possible.Select(fact => fact.Capture).Distinct().Order().Select(CanRow)
            // What no rule allows comes first: on a full glass the other rows take turns.
            : context
                .Facts.Index()
                .GroupBy(fact => fact.Item.Capture)
                .OrderByDescending(same => same.Any(fact => fact.Item.UnderReview))
                .ThenBy(same => same.Key)
                .Select(Row);
    }

    /// <summary>A capture that the devices here can make. They report that it is off; that can change.</summary>
    private ViewRow CanRow(Capture capture) =>
        new(capture, [new ViewState(StateText(capture, "view.state.can"), wording.Sentence("view.off"), "", [])]);

    private ViewRow Row(IGrouping<Capture, (int Index, NoticeFact Fact)> same) =>
        new(
            same.Key,
            [
                .. same.GroupBy(one =>
                        (
                            IsUnknown: one.Fact.Certainty != FactCertainty.Reported,
                            IsLive: one.Fact is { Certainty: FactCertainty.Reported, Mode: Mode.Live },
                            IsOfFleet: one.Fact.Fleet is not null
                        )
                    )
                    .OrderBy(state => state.Key)
                    .Select(state => State(same.Key, [.. state])),
            ]
        );

    private ViewState State(Capture capture, ImmutableArray<(int Index, NoticeFact Fact)> same)
    {
        ImmutableArray<NoticeFact> facts = [.. same.Select(one => one.Fact)];
        var mode =
            facts[0].Certainty != FactCertainty.Reported ? "maybe"
            : facts[0].Mode == Mode.Live ? "live"
            : "recorded";
        return new ViewState(
            StateText(capture, "view.state." + mode),
            wording.Capitalize(Detail(facts)),
            Exceeding(facts),
            [.. same.Select(one => one.Index)]
        );
    }

    private string StateText(Capture capture, string state) =>
        wording.Sentence("view.state", ("capture", wording.Say("view.capture." + Json.Word(capture))), ("state", wording.Say(state)));

    /// <summary>Since when it is so, or why it is not known: the earliest time, and none where a device has none.</summary>
    private string Detail(ImmutableArray<NoticeFact> facts)
    {
        var stated = facts.Where(fact => !fact.IsUnstated).ToArray();
        var since = stated.Any(fact => fact.Since is null) ? null : stated.Min(fact => fact.Since);
        if (facts[0].Fleet is not null)
            return wording.Say("view.fleet");
        if (facts[0].Certainty == FactCertainty.Reported)
            return since is { } began ? wording.Say("view.since", ("time", Time(began))) : "";
        if (context.IsWorst)
            return wording.Say("view.unconfirmed");
        if (facts.All(fact => fact.WithdrawnSince is not null))
            return wording.Say("view.withdrawn");
        if (stated.Length == 0)
            return wording.Say("view.unstated");
        return since is { } last ? wording.Say("view.silent", ("time", Time(last))) : wording.Say("view.never");
    }

    /// <summary>What is not allowed, in the fewest words: the law first, then the registered status, then the register entry.</summary>
    private string Exceeding(ImmutableArray<NoticeFact> facts)
    {
        if (facts.Any(fact => fact.UnderReview))
            return wording.Say(
                facts.All(fact => fact is { UnderReview: true, IsAllowedToSome: false }) ? "view.exceeds.rule" : "view.exceeds.some"
            );
        if (facts.Any(fact => !fact.InactiveStatuses.IsEmpty))
            return wording.Say("view.exceeds.status");
        return facts.Any(fact => fact.IsUnregistered) ? wording.Say("view.exceeds.register") : "";
    }

    private IEnumerable<ViewItem> Items(Length length)
    {
        if (!context.Covered.IsEmpty)
        {
            yield return Item("who", Who());
            if (length < Length.WithoutPurpose)
                yield return Item("why", Why(length < Length.OnePurpose ? 2 : 1));
            yield return Item("rule", Rule(length < Length.WithoutTitle));
            yield return Item("retention", HowLong());
        }

        yield return new ViewItem(
            "more",
            wording.Say("view.label.more"),
            $"{context.PublicUrl}/places/{context.Place.Id}".Split("://")[^1]
        );
    }

    private ViewItem Item(string item, string text) =>
        new(item, wording.Say("view.label." + item), text.Length > 0 ? wording.Capitalize(text) : wording.Say("not-stated"));

    private string Who() =>
        WithOthers([
            .. context
                .Covered.Select(covered => covered.Department)
                .Distinct()
                .Order(StringComparer.Ordinal)
                .Select(_city.Department)
                .OfType<Department>()
                .Select(department => wording.Say("view.who", ("name", department.Name), ("phone", department.Phone))),
        ]);

    private string Why(int count) =>
        wording.Sentences(
            context
                .Technologies.Where(technology => technology.PurposeSource is { Confidence: not Confidence.Unsure })
                .Select(technology =>
                    wording.SayOr("why." + technology.Id, wording.SayOr("purpose." + technology.Id, technology.Purpose ?? ""))
                )
                .Take(count)
        );

    /// <summary>One rule that allows what is captured, and the number of the others; that none does, where none does.</summary>
    private string Rule(bool withTitle)
    {
        var rules = context
            .Governed.Select(fact => factTexts.RulesOf(fact).FirstOrDefault(rule => fact.AllowedBy.Contains(rule.Instrument)))
            .OfType<GoverningText>()
            .Select(rule => withTitle ? wording.Say("view.rule", ("citation", rule.Citation), ("title", rule.Title)) : rule.Citation);
        ImmutableArray<string> distinct = [.. rules.Distinct()];
        return distinct.IsEmpty ? wording.Say("view.exceeds.rule") : WithOthers(distinct);
    }

    /// <summary>
    /// The longest retention of the technologies here; that one is not published, where one is not. The only one says to which part of the
    /// recordings it applies, if to a part; of several the notice says that they differ.
    /// </summary>
    private string HowLong()
    {
        var stated = context.Governed.GroupBy(fact => fact.Technology).Select(same => same.SelectMany(fact => fact.Retention).ToArray());
        var lengths = stated
            .SelectMany(one => one.Length == 0 ? [null] : one.Select(retention => (Retention?)retention.Retention))
            .Distinct()
            .OrderByDescending(retention => retention is null ? double.MaxValue : RankOf(retention))
            .ToArray();
        if (lengths.Length == 0)
            return "";
        if (lengths is [var only])
            return Text(only);
        return wording.Say(
            "view.differ",
            ("text", Text(lengths[0] is { } longest ? longest with { DataClass = null, Note = null } : null))
        );

        string Text(Retention? retention) => retention is null ? wording.Say("view.retention.none") : factTexts.TextOf(retention);
    }

    /// <summary>Orders retentions by length: a minimum has no end, and a sentence may be longer than any period.</summary>
    private static double RankOf(Retention retention) =>
        retention switch
        {
            { Event: RetentionEvent.EndOfSentence } => 1e9,
            { Event: RetentionEvent.EndOfShift } => 0,
            { Bound: RetentionBound.Minimum } => 1e6 + DaysOf(retention),
            _ => DaysOf(retention),
        };

    /// <summary>At least so many days. It orders, and is never shown.</summary>
    private static double DaysOf(Retention retention) => retention.Days ?? retention.Months * 28 ?? retention.Years * 365 ?? 0;

    private string WithOthers(ImmutableArray<string> texts) =>
        texts.Length switch
        {
            0 => "",
            1 => texts[0],
            _ => wording.Say("view.and-more", ("text", texts[0]), ("count", (texts.Length - 1).ToString(CultureInfo.InvariantCulture))),
        };

    private string Time(DateTimeOffset at) => wording.ShortTime(_city.LocalTime(at), context.Day.Year);
}
