using System.Collections.Immutable;
using System.Globalization;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies;
using SurveillanceRegistry.Grains.Policies;
using SurveillanceRegistry.Web.Policies;

namespace SurveillanceRegistry.Web.Changes;

/// <summary>A document of an act: what it is called, where it stands, and what became of it.</summary>
/// <param name="Page">The address of its page, or null when it has none.</param>
internal sealed record DocumentWords(string Title, string? Page, RevisionWords Words);

/// <summary>One thing that happened to the governance, in words for pages and feeds.</summary>
/// <param name="Title">What happened, in one line.</param>
/// <param name="Documents">What was recorded, in words; of a large act only the first.</param>
/// <param name="More">How many documents are left out.</param>
internal sealed record ActWords(PublicAct Act, string Title, ImmutableArray<DocumentWords> Documents, int More)
{
    /// <summary>How many acts a page or a feed holds.</summary>
    public const int Most = 50;

    private const int MostDocuments = 25, MostTitle = 200;

    /// <summary>Whether something took effect, rather than being recorded.</summary>
    public bool IsSwitch => Act.Switch is not null;

    /// <summary>Everything there is to say, one line each.</summary>
    public IEnumerable<string> Lines
    {
        get
        {
            if (Act.Switch is { } switched)
                yield return $"{Title}. Before, it was {PlainWords.Of(switched.Switch.Before)}.";
            else if (Documents.IsEmpty)
                yield return $"{Title}, from the files of policy staff; each is named by its hash in the ledger.";
            foreach (var document in Documents)
            {
                foreach (var sentence in document.Words.Sentences)
                    yield return $"{document.Title}: {sentence.Under(Act.Change?.Source)}.";
            }

            if (More > 0)
                yield return $"And {PlainWords.Count(More, "more document")}.";
            if (Act.Change is { } change)
            {
                yield return $"Why: {change.Reason}";
                yield return $"{PlainWords.Sentence(RevisionWords.Who(change))}.";
            }
        }
    }

    /// <summary>The newest acts before an entry of the ledger.</summary>
    public static async Task<ImmutableArray<ActWords>> BeforeAsync(long before, int most, IGrainFactory grains)
    {
        var policies = grains.GetGrain<IPoliciesGrain>(IPoliciesGrain.City);
        var acts = await policies.Acts(before, most);
        var history = await policies.History();
        return [.. acts.Select(act => Of(act, history))];
    }

    /// <summary>How a document is called.</summary>
    public static string TitleOf(PolicyDocument document) => document.Kind switch
    {
        DocumentKind.Instrument => document.Value<Instrument>().Citation,
        DocumentKind.Technology => document.Value<Technology>().Name.Trim(),
        DocumentKind.Wording => $"Words of notices ({document.Id})",
        DocumentKind.City => "The city",
        _ => "Chapters that may be cited",
    };

    private static ActWords Of(PublicAct act, GovernanceHistory history)
    {
        if (act.Switch is { } switched)
            return new ActWords(act, Switched(switched, history.Current), [], 0);
        if (act.Change is null && act.Revisions.All(revision => revision.Number == 1))
            return new ActWords(act, $"The registry was opened with {PlainWords.Count(Number(act, DocumentKind.Instrument), "text")} about {Technologies(Number(act, DocumentKind.Technology))}", [], 0);
        ImmutableArray<DocumentWords> documents = [.. act.Revisions.Take(MostDocuments).Select(revision => new DocumentWords(TitleOf(revision.Document), PageOf(revision.Document), RevisionWords.Of(revision, act.Change, history)))];
        var more = act.Revisions.Length - documents.Length;
        var sentences = documents[0].Words.Sentences;
        var title = act.Revisions.Length > 1 ? $"{PlainWords.Count(act.Revisions.Length, "document")} changed together: {string.Join("; ", documents.Select(document => document.Title))}"
            : sentences.IsEmpty ? $"{documents[0].Title}: recorded again, with the same words"
            : $"{documents[0].Title}: {sentences[0].What}" + (sentences.Length > 1 ? $", and {PlainWords.Count(sentences.Length - 1, "change")} more" : "");
        return new ActWords(act, title.Length <= MostTitle ? title : title[..MostTitle].TrimEnd() + "…", documents, more);
    }

    private static string Switched(RecordedSwitch switched, Governance known)
    {
        var (technology, instrument, version, _, now) = switched.Switch;
        var text = known.Table.Instruments.FirstOrDefault(one => one.Id == instrument)?.Citation ?? instrument;
        var name = known.Table.Technologies.FirstOrDefault(one => one.Id == technology)?.Name.Trim() ?? technology;
        var became = (switched.Switch.Before, now) switch
        {
            (RuleStatus.InForce, RuleStatus.InForce) => string.Create(CultureInfo.InvariantCulture, $"A new text of {text} (version {version}) took effect"),
            (_, RuleStatus.InForce) => $"{text} took effect",
            (_, RuleStatus.Paused) => $"{text} began to pause the technology",
            (_, RuleStatus.Superseded) => $"{text} was superseded",
            (_, RuleStatus.Ended) => $"{text} ended",
            _ => $"{text} is now {PlainWords.Of(now)}",
        };
        return $"{became} for {name} on {PlainWords.Date(switched.Day)}";
    }

    private static int Number(PublicAct act, DocumentKind kind) => act.Revisions.Count(revision => revision.Document.Kind == kind);

    private static string Technologies(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "technology" : "technologies")}");

    private static string? PageOf(PolicyDocument document) => document.Kind switch
    {
        DocumentKind.Instrument => $"/instruments/{document.Id}",
        DocumentKind.Technology => $"/technologies/{document.Id}",
        _ => null,
    };
}
