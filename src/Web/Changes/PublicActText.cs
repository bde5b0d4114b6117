using System.Collections.Immutable;
using System.Globalization;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains.Policies;
using SurveillanceRegistry.Web.Policies.Text;

namespace SurveillanceRegistry.Web.Changes;

/// <summary>A document of an act: its name, its page and its revision.</summary>
/// <param name="Page">The address of its page, or null when it has none.</param>
internal sealed record DocumentText(string Title, string? Page, RevisionText Words);

/// <summary>One public act of the governance, as text for pages and feeds.</summary>
/// <param name="Title">What happened, in one line.</param>
/// <param name="Documents">The recorded documents; only the first of a large act.</param>
/// <param name="More">How many documents are left out.</param>
/// <param name="City">The source of the names of departments.</param>
internal sealed record PublicActText(PublicAct Act, string Title, ImmutableArray<DocumentText> Documents, int More, City City)
{
    /// <summary>The most acts of a page or feed.</summary>
    public const int MaxActs = 50;

    private const int MaxDocuments = 25,
        MaxTitle = 200;

    /// <summary>True when a rule took effect; false when documents were recorded.</summary>
    public bool IsSwitch => Act.Switch is not null;

    /// <summary>The act in full, one sentence a line.</summary>
    public IEnumerable<string> Lines
    {
        get
        {
            if (Act.Switch is { } switched)
                yield return $"{Title}. Previous status: {PlainLanguage.For(switched.Switch.Before)}.";
            else if (Documents.IsEmpty)
                yield return $"{Title}, from the files of policy staff. The ledger has the hash of each file.";
            foreach (var document in Documents)
            {
                foreach (var sentence in document.Words.Sentences)
                    yield return $"{document.Title}: {sentence.WithBasis(Act.Change?.Source)}.";
                foreach (var correction in document.Words.Corrections)
                    yield return $"{document.Title}: {correction}";
            }

            if (More > 0)
                yield return $"And {PlainLanguage.Count(More, "more document")}.";
            if (Act.Change is { } change)
            {
                yield return $"Reason: {change.Reason}";
                yield return $"{PlainLanguage.Sentence(RevisionText.Who(change, City))}.";
            }
        }
    }

    /// <summary>Returns the newest acts before an entry of the ledger.</summary>
    public static async Task<ImmutableArray<PublicActText>> BeforeAsync(long before, int most, IGrainFactory grains)
    {
        var policies = grains.GetGrain<IPoliciesGrain>(IPoliciesGrain.City);
        var acts = await policies.Acts(before, most);
        var history = await policies.History();
        return [.. acts.Select(act => For(act, history))];
    }

    /// <summary>The name of a document.</summary>
    public static string TitleOf(PolicyDocument document) =>
        document.Kind switch
        {
            DocumentKind.Instrument => document.Value<Instrument>().Citation,
            DocumentKind.Technology => document.Value<Technology>().Name.Trim(),
            DocumentKind.Wording => $"Notice texts ({document.Id})",
            DocumentKind.City => "The city",
            DocumentKind.Chapters => "Chapters that can be cited",
            _ => throw new ArgumentOutOfRangeException(nameof(document), document.Kind, null),
        };

    private static PublicActText For(PublicAct act, GovernanceHistory history)
    {
        if (act.Switch is { } switched)
            return new PublicActText(act, Switched(switched, history.Current), [], 0, history.Current.City);
        if (act.Change is null && act.Revisions.All(revision => revision.Number == 1))
            return new PublicActText(
                act,
                $"The registry was opened with {PlainLanguage.Count(Number(act, DocumentKind.Instrument), "instrument")} "
                    + $"about {Technologies(Number(act, DocumentKind.Technology))}",
                [],
                0,
                history.Current.City
            );
        ImmutableArray<DocumentText> documents =
        [
            .. act
                .Revisions.Take(MaxDocuments)
                .Select(revision => new DocumentText(
                    TitleOf(revision.Document),
                    PageOf(revision.Document),
                    RevisionText.For(revision, act.Change, history)
                )),
        ];
        var more = act.Revisions.Length - documents.Length;
        var title =
            act.Revisions.Length > 1
                ? $"{PlainLanguage.Count(act.Revisions.Length, "document")} changed together: "
                    + string.Join("; ", documents.Select(document => document.Title))
                : $"{documents[0].Title}: {Headline(documents[0].Words)}";
        var shown = title.Length <= MaxTitle ? title : title[..MaxTitle].TrimEnd() + "…";
        return new PublicActText(act, shown, documents, more, history.Current.City);
    }

    /// <summary>
    /// The first sentence and the number of the others. That a version was added, or that the one before it ends then, counts as no other
    /// change. A correction is called one: it must not read like an amendment.
    /// </summary>
    private static string Headline(RevisionText words)
    {
        if (words.Sentences.IsEmpty)
            return "recorded again without changes";
        var others = words.Sentences.Skip(1).Count(sentence => !sentence.IsOfOrder);
        return (words.IsCorrection ? "correction of what was recorded: " : "")
            + words.Sentences[0].What
            + (others > 0 ? $", and {PlainLanguage.Count(others, "change")} more" : "");
    }

    private static string Switched(RecordedTransition switched, GovernanceSnapshot known)
    {
        var (technology, instrument, version, _, now) = switched.Switch;
        var text = known.Table.Instruments.FirstOrDefault(one => one.Id == instrument)?.Citation ?? instrument;
        var name = known.Table.Technologies.FirstOrDefault(one => one.Id == technology)?.Name.Trim() ?? technology;
        var became = (switched.Switch.Before, now) switch
        {
            (RuleStatus.InForce, RuleStatus.InForce) => string.Create(
                CultureInfo.InvariantCulture,
                $"A new version of {text} (version {version}) took effect"
            ),
            (_, RuleStatus.InForce) => $"{text} took effect",
            (_, RuleStatus.Paused) => $"{text} paused the technology",
            (_, RuleStatus.Superseded) => $"{text} was superseded",
            (_, RuleStatus.Ended) => $"{text} ended",
            _ => $"{text} is now {PlainLanguage.For(now)}",
        };
        return $"{became} for {name} on {PlainLanguage.Date(switched.Day)}";
    }

    private static int Number(PublicAct act, DocumentKind kind) => act.Revisions.Count(revision => revision.Document.Kind == kind);

    private static string Technologies(int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "technology" : "technologies")}");

    private static string? PageOf(PolicyDocument document) =>
        document.Kind switch
        {
            DocumentKind.Instrument => $"/instruments/{document.Id}",
            DocumentKind.Technology => $"/technologies/{document.Id}",
            DocumentKind.City or DocumentKind.Chapters or DocumentKind.Wording => null,
            _ => throw new ArgumentOutOfRangeException(nameof(document), document.Kind, null),
        };
}
