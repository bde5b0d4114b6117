using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Web.Changes;

/// <summary>A proposal of a program: whole documents, or single values of rows of the table, and the reason.</summary>
/// <param name="Reason">The reason, for all who read the history.</param>
/// <param name="Source">What it rests on; must be there when the request is submitted.</param>
/// <param name="Documents">Documents as they should be, each as <c>GET /api/v1/documents/{kind}/{id}</c> gives it.</param>
/// <param name="Rows">Values of rows; those that are not named stay as they are.</param>
public sealed record ChangeBody(
    string? Reason = null,
    Source? Source = null,
    ImmutableArray<DocumentBody>? Documents = null,
    ImmutableArray<RowBody>? Rows = null
)
{
    /// <summary>Reads a body; the refusal names the invalid member.</summary>
    internal static Outcome<ChangeBody> Read(string body)
    {
        try
        {
            return Http.JsonBody.Deserialize<ChangeBody>(body) is { } form
                ? form
                : new Refusal(RefusalCodes.Invalid, "The body is null: expected an object with 'reason' and 'documents' or 'rows'.");
        }
        catch (JsonException exception)
        {
            return Invalid(exception, "");
        }
    }

    /// <summary>The proposal with whole documents; changed rows are put into their documents.</summary>
    internal Outcome<Proposal> Propose(GovernanceHistory history)
    {
        var refusals = new List<Refusal>();
        var proposed = new Dictionary<(DocumentKind, string), ProposedDocument>();
        // A list may hold null, whatever its type says.
        if (Documents is { } documents && documents.Contains(null!) || Rows is { } rows && rows.Contains(null!))
            return new Refusal(RefusalCodes.Invalid, "A list has the element null: expected objects.", "documents, rows");
        foreach (var document in Documents ?? [])
            document.Propose(proposed, refusals);
        foreach (var row in Rows ?? [])
            row.Propose(history, proposed, refusals);
        return refusals.Count > 0 ? refusals.ToImmutableArray() : new Proposal(Reason ?? "", Source, [.. proposed.Values]);
    }

    internal static Refusal Invalid(JsonException exception, string where) =>
        new(
            RefusalCodes.Invalid,
            $"The JSON cannot be read at {exception.Path ?? "$"}: {Http.JsonBody.Sentence(exception)}",
            $"{where}{exception.Path}"
        );
}

/// <summary>A document as it should be.</summary>
/// <param name="Document"><c>instrument</c>, <c>technology</c>, <c>wording</c>, <c>city</c> or <c>chapters</c>.</param>
/// <param name="Base">The revision that it was made from; 0 for a new document.</param>
/// <param name="Content">All of it.</param>
public sealed record DocumentBody(DocumentKind Document, string? Id, int? Base, JsonObject? Content)
{
    internal void Propose(Dictionary<(DocumentKind, string), ProposedDocument> proposed, List<Refusal> refusals)
    {
        var where = $"{Domain.Json.Word(Document)} {Id}";
        if (Base is not { } revision || revision < 0 || Content is null)
        {
            refusals.Add(
                new Refusal(
                    RefusalCodes.Invalid,
                    "A document needs 'base', the revision that it was made from (0 for a new one), and 'content'.",
                    where
                )
            );
            return;
        }

        try
        {
            var document = PolicyDocument.Read(Document, Content.ToJsonString());
            if (Id is not null && document.Id != Id)
                refusals.Add(new Refusal(RefusalCodes.Invalid, $"The content is of '{document.Id}': expected that of '{Id}'.", where));
            else if (!proposed.TryAdd((document.Kind, document.Id), new ProposedDocument(document, revision)))
                refusals.Add(new Refusal(RefusalCodes.Invalid, "The request has the same document twice: expected each once.", where));
        }
        catch (JsonException exception)
        {
            refusals.Add(ChangeBody.Invalid(exception, where + " "));
        }
    }
}

/// <summary>Values of one row of the table: what a version of an instrument says of a technology.</summary>
/// <param name="Base">The revision of the instrument that it was made from.</param>
/// <param name="Version">Number of the instrument's version.</param>
/// <param name="Values">Members of the row and their new values, e.g. <c>{"retention":[{"bound":"limit","days":21}]}</c>.</param>
public sealed record RowBody(string Instrument, string Technology, int Version, int? Base, JsonObject? Values)
{
    internal void Propose(GovernanceHistory history, Dictionary<(DocumentKind, string), ProposedDocument> proposed, List<Refusal> refusals)
    {
        var where = $"instrument {Instrument} / version {Version} / {Technology}";
        if (Base is not { } revision || Values is null)
        {
            refusals.Add(
                new Refusal(
                    RefusalCodes.Invalid,
                    "A row needs 'base', the revision of its instrument that it was made from, and 'values'.",
                    where
                )
            );
            return;
        }

        var key = (DocumentKind.Instrument, Instrument);
        var document = proposed.TryGetValue(key, out var begun)
            ? begun.Document
            : history.RevisionsOf(DocumentKind.Instrument, Instrument).FirstOrDefault(one => one.Number == revision)?.Document;
        var content = document is null ? null : JsonNode.Parse(document.Body);
        var rule = content
            ?["versions"]!.AsArray()
            .FirstOrDefault(version => (int)version!["number"]! == Version)
            ?["rules"]!.AsArray()
            .FirstOrDefault(rule => (string)rule!["technology"]! == Technology);
        if (rule is not JsonObject row)
        {
            refusals.Add(
                new Refusal(RefusalCodes.Invalid, $"There is no such row in revision {revision}: GET /api/v1/governance lists them.", where)
            );
            return;
        }

        foreach (var (member, value) in Values)
            row[member] = value?.DeepClone();
        try
        {
            proposed[key] = new ProposedDocument(PolicyDocument.Read(DocumentKind.Instrument, content!.ToJsonString()), revision);
        }
        catch (JsonException exception)
        {
            refusals.Add(ChangeBody.Invalid(exception, where + " "));
        }
    }
}
