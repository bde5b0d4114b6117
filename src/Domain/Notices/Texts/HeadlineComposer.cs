using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Domain.Notices.Texts;

/// <summary>
/// Composes the answer to "what is recorded here": first what devices report that they record, then what may be recorded, then what is
/// live.
/// Every capture counts for the most that is known of it. Of many captures it names those that people least expect, "and more".
/// </summary>
internal sealed class HeadlineComposer(NoticeContext context, Wording wording)
{
    /// <summary>How many captures the headline names in all, and how many a sentence of several names.</summary>
    private const int MaxCaptures = 3,
        MaxOfSentence = 2;

    /// <summary>The captures, that which people least expect first.</summary>
    private static readonly ImmutableArray<Capture> Surprising =
    [
        Capture.Faces,
        Capture.Audio,
        Capture.Plates,
        Capture.Video,
        Capture.Stills,
        Capture.Location,
    ];

    /// <summary>What is the case of a capture, the most first.</summary>
    private enum Case
    {
        Recorded,
        Maybe,
        Live,
        Can,
    }

    /// <summary>The headline, as sentences where there are several. The second and third say what is so, too.</summary>
    public string Compose()
    {
        if (context.Covered.IsEmpty)
            return wording.Sentence("view.no-device");
        var cases = Cases().GroupBy(one => one.Case, one => one.Capture).OrderBy(same => same.Key).ToArray();
        var count = cases.Sum(same => same.Count());
        ImmutableArray<string> sentences = [.. cases.Select((same, i) => Say(same.Key, [.. same], count <= MaxCaptures, isFirst: i == 0))];
        return sentences.Length == 1
            ? sentences[0]
            : wording.Sentences(sentences.Select(sentence => wording.Say("view.sentence", ("text", sentence))));
    }

    private IEnumerable<(Capture Capture, Case Case)> Cases() =>
        context.Facts.IsEmpty
            ? context.Possible.Select(fact => (fact.Capture, Case.Can)).Distinct()
            : context.Facts.GroupBy(fact => fact.Capture).Select(same => (same.Key, same.Min(CaseOf)));

    private static Case CaseOf(NoticeFact fact) =>
        fact switch
        {
            { Certainty: FactCertainty.Reported, Mode: Mode.Recorded } => Case.Recorded,
            { Certainty: FactCertainty.Reported } => Case.Live,
            _ => Case.Maybe,
        };

    private string Say(Case which, ImmutableArray<Capture> captures, bool namesAll, bool isFirst)
    {
        var max = namesAll ? MaxCaptures : MaxOfSentence;
        var named = captures.Length <= max ? captures : [.. captures.OrderBy(Surprising.IndexOf).Take(max)];
        string[] names =
        [
            .. named.Order().Select(NameOf),
            .. named.Length < captures.Length ? [wording.Say("view.capture.more")] : (string[])[],
        ];
        // Names of several things are plurals in every language that has them: photos, plates, faces.
        var isOne = names.Length == 1 && captures[0] is Capture.Video or Capture.Audio or Capture.Location;
        var key = isFirst ? $"view.{Json.Word(which)}.{(isOne ? "one" : "many")}" : $"view.also.{Json.Word(which)}";
        return wording.Sentence(key, ("captures", wording.List(names)));
    }

    private string NameOf(Capture capture) => wording.Say("view.capture." + Json.Word(capture));
}
