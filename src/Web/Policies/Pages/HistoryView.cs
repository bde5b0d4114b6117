using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Policies.Text;

namespace SurveillanceRegistry.Web.Policies.Pages;

/// <summary>The recorded revisions of one document, for its page.</summary>
/// <param name="Page">The address of the page.</param>
/// <param name="Revisions">All revisions recorded by the instant asked for, oldest first.</param>
/// <param name="Shown">The newest of them as texts, newest first.</param>
internal sealed record HistoryView(
    string Page,
    BitemporalPoint At,
    ImmutableArray<PolicyRevision> Revisions,
    ImmutableArray<RevisionText> Shown
)
{
    private const int MaxShown = 50;

    /// <summary>The address of all revisions in the API.</summary>
    public string Api => $"/api/v1{Page}/history";

    public string Time(RevisionText words) => PlainLanguage.Time(At.City.LocalTime(words.Revision.RecordedAt));

    public static string Instant(RevisionText words) => LedgerEntry.FormatTime(words.Revision.RecordedAt);

    public string AsKnown(RevisionText words) => $"{Page}?asOf={At.AsOf}&knownAt={Instant(words)}";

    public static async Task<HistoryView> OfAsync(DocumentKind kind, string id, string page, BitemporalPoint at, IGrainFactory grains)
    {
        var revisions = at.RevisionsOf(kind, id);
        return new HistoryView(
            page,
            at,
            revisions,
            await RevisionText.OfAsync([.. revisions.TakeLast(MaxShown).Reverse()], at.History, grains)
        );
    }
}
