using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Changes.Versions;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Changes;

/// <summary>A change request with its documents, their differences and its steps.</summary>
/// <param name="Version">Grows with every act; the next act must name it in If-Match.</param>
/// <param name="Stands">What became of it, in a sentence.</param>
/// <param name="Decider">The person who approved or rejected it; null until then.</param>
/// <param name="Source">What it rests on; null until it is given.</param>
/// <param name="Moved">The documents that were changed since it was made from them.</param>
internal sealed record ChangeRequestResponse(
    long Id,
    int Version,
    ChangeState State,
    string Stands,
    Attribution Author,
    Attribution? Decider,
    [property: Instant] string DraftedAt,
    [property: Instant] string? SubmittedAt,
    [property: Instant] string? DecidedAt,
    string Reason,
    Source? Source,
    ImmutableArray<ProposedDocumentResponse> Documents,
    ImmutableArray<string> Moved,
    ImmutableArray<ChangeStepResponse> Steps
)
{
    /// <summary>The answer with the whole change request, and its version as ETag.</summary>
    public static StoredJsonResult Answer(HttpContext http, ChangeRequest request, GovernanceHistory history, int status) =>
        StoredJsonResult.Create(
            status,
            Create(http, request, history),
            EntityTags.FromVersion(request.Version),
            $"/api/v1/changes/{request.Id}"
        );

    public static ChangeRequestResponse Create(HttpContext http, ChangeRequest request, GovernanceHistory history) =>
        Describe(http, VersionIdentity.Complete(request, history), history);

    private static ChangeRequestResponse Describe(HttpContext http, ChangeRequest request, GovernanceHistory history) =>
        new(
            request.Id,
            request.Version,
            request.State,
            ChangeStatusText.For(request, history, Today(http, history)),
            request.Author,
            request.Decider,
            LedgerEntry.FormatTime(request.DraftedAt),
            request.SubmittedAt is { } submitted ? LedgerEntry.FormatTime(submitted) : null,
            request.DecidedAt is { } decided ? LedgerEntry.FormatTime(decided) : null,
            request.Proposal.Reason,
            request.Proposal.Source,
            [.. request.Proposal.Documents.Select(document => ProposedDocumentResponse.Create(document, history))],
            [.. request.StaleDocuments(history).Select(stale => stale.Document.ToString())],
            [
                .. request.Steps.Select(step => new ChangeStepResponse(
                    step.Act,
                    LedgerEntry.FormatTime(step.At),
                    step.By,
                    step.Note,
                    step.Entry
                )),
            ]
        );

    private static DateOnly Today(HttpContext http, GovernanceHistory history) =>
        history.Current.City.DayAt(http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
}

/// <summary>A document as a change request wants it to be.</summary>
/// <param name="Base">The revision that it was made from; 0 for a new document.</param>
/// <param name="Content">All of it.</param>
/// <param name="Differences">What differs from the revision that it was made from.</param>
internal sealed record ProposedDocumentResponse(
    DocumentKind Document,
    string Id,
    int Base,
    JsonObject Content,
    ImmutableArray<ValueDifferenceResponse> Differences
)
{
    public static ProposedDocumentResponse Create(ProposedDocument proposed, GovernanceHistory history)
    {
        var (kind, id) = (proposed.Document.Kind, proposed.Document.Id);
        var before = history.RevisionsOf(kind, id).FirstOrDefault(revision => revision.Number == proposed.Base)?.Document;
        return new ProposedDocumentResponse(
            kind,
            id,
            proposed.Base,
            JsonNode.Parse(proposed.Document.Body)!.AsObject(),
            [
                .. Difference
                    .Between(before, proposed.Document)
                    .Select(difference => new ValueDifferenceResponse(
                        string.Join('/', difference.NumberedPath(before, proposed.Document)),
                        Node(difference.Before),
                        Node(difference.After)
                    )),
            ]
        );
    }

    private static JsonNode? Node(string? json) => json is null ? null : JsonNode.Parse(json);
}

/// <summary>One value that differs.</summary>
/// <param name="Path">Names of members and keys of list items, with slashes between them.</param>
/// <param name="Before">The value before; null when there was none.</param>
/// <param name="After">The value after; null when there is none.</param>
internal sealed record ValueDifferenceResponse(string Path, JsonNode? Before, JsonNode? After);

/// <summary>One act on a change request.</summary>
/// <param name="Note">What the person who acted wrote; null for nothing.</param>
/// <param name="Entry">Number of the ledger entry.</param>
internal sealed record ChangeStepResponse(ChangeAct Act, [property: Instant] string At, Attribution By, string? Note, long Entry);

/// <summary>A document in the form of change requests.</summary>
/// <param name="Revision">The number of its newest revision: the `base` of a change.</param>
internal sealed record DocumentResponse(
    DocumentKind Document,
    string Id,
    int Revision,
    [property: Instant] string RecordedAt,
    JsonObject Content
);
