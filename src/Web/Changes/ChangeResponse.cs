using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Changes;

/// <summary>Change requests as the API writes them.</summary>
internal static class ChangeResponse
{
    /// <summary>The whole change request, with its version as ETag.</summary>
    public static StoredJsonResult Answer(HttpContext http, ChangeRequest request, GovernanceHistory history, int status) =>
        StoredJsonResult.Create(
            status,
            Create(http, request, history),
            EntityTags.FromVersion(request.Version),
            $"/api/v1/changes/{request.Id}"
        );

    /// <summary>A change request with its documents, their differences and its steps.</summary>
    public static object Create(HttpContext http, ChangeRequest request, GovernanceHistory history) =>
        Describe(http, VersionIdentity.Complete(request, history), history);

    private static object Describe(HttpContext http, ChangeRequest request, GovernanceHistory history) =>
        new
        {
            request.Id,
            request.Version,
            request.State,
            stands = ChangeStatusText.For(request, history, Today(http, history)),
            request.Author,
            request.Decider,
            draftedAt = LedgerEntry.FormatTime(request.DraftedAt),
            submittedAt = request.SubmittedAt is { } submitted ? LedgerEntry.FormatTime(submitted) : null,
            decidedAt = request.DecidedAt is { } decided ? LedgerEntry.FormatTime(decided) : null,
            request.Proposal.Reason,
            request.Proposal.Source,
            documents = request.Proposal.Documents.Select(document => Document(document, history)),
            moved = request.StaleDocuments(history).Select(stale => stale.Document.ToString()),
            steps = request.Steps.Select(step => new
            {
                step.Act,
                at = LedgerEntry.FormatTime(step.At),
                step.By,
                step.Note,
                step.Entry,
            }),
        };

    private static object Document(ProposedDocument proposed, GovernanceHistory history)
    {
        var (kind, id) = (proposed.Document.Kind, proposed.Document.Id);
        var before = history.RevisionsOf(kind, id).FirstOrDefault(revision => revision.Number == proposed.Base)?.Document;
        return new
        {
            document = kind,
            id,
            proposed.Base,
            content = JsonNode.Parse(proposed.Document.Body),
            differences = Difference
                .Between(before, proposed.Document)
                .Select(difference => new
                {
                    path = string.Join('/', difference.NumberedPath(before, proposed.Document)),
                    before = Node(difference.Before),
                    after = Node(difference.After),
                }),
        };
    }

    private static DateOnly Today(HttpContext http, GovernanceHistory history) =>
        history.Current.City.DayAt(http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());

    private static JsonNode? Node(string? json) => json is null ? null : JsonNode.Parse(json);
}
