using System.Globalization;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Changes;

/// <summary>Change requests, for programs: every act that staff pages offer.</summary>
internal static class ChangesApi
{
    private const int MaxPerPage = 200,
        UsualPerPage = 50;

    public static void Map(IEndpointRouteBuilder api)
    {
        var changes = api.MapGroup("changes").WithTags("Changes");
        MapReading(changes);
        MapProposing(changes);
        MapTable(api);
        MapActs(changes);
        api.MapGet("documents/{kind}/{id}", Document)
            .Answers<DocumentResponse>("ETag")
            .WithTags("Changes")
            .WithSummary("A document in the form of change requests")
            .WithDescription("`kind` is city, chapters, wording, technology or instrument. `revision` is the `base` of a change.");
    }

    private static void MapReading(RouteGroupBuilder changes)
    {
        changes
            .MapGet("", List)
            .Answers<ItemsResponse<ChangeRequestResponse>>()
            .RequireAuthorization(StaffPolicies.AnyRole)
            .WithSummary("Change requests, newest first")
            .WithDescription(
                "`state` is one of draft, submitted, approved, rejected, withdrawn; `after` is the `next` of the previous page."
            );
        changes
            .MapGet("{id:long}", One)
            .Answers<ChangeRequestResponse>("ETag", "Location")
            .RequireAuthorization(StaffPolicies.AnyRole)
            .WithSummary("One change request, with its differences");
    }

    private static void MapProposing(RouteGroupBuilder changes)
    {
        changes
            .MapPost("", Draft)
            .Answers<ChangeRequestResponse>(StatusCodes.Status201Created, "ETag", "Location")
            .RequireAuthorization(Json.Word(Role.Editor))
            .Accepts<ChangeBody>("application/json")
            .WithSummary("Propose a change: a draft")
            .WithDescription(
                "Whole documents, or values of single rows, each with the `base` revision that it was made from. Honours Idempotency-Key."
            );
        changes
            .MapPut("{id:long}", Revise)
            .Answers<ChangeRequestResponse>("ETag", "Location")
            .RequireAuthorization(Json.Word(Role.Editor))
            .Accepts<ChangeBody>("application/json")
            .WithSummary("Change a draft")
            .WithDescription("Needs If-Match.");
        changes
            .MapPost("from-file", FromFile)
            .Answers<ChangeRequestResponse>(StatusCodes.Status201Created, "ETag", "Location")
            .AnswersNothing()
            .RequireAuthorization(Json.Word(Role.Editor))
            .WithSummary("Propose the content of a file: a draft, or every problem by row")
            .WithDescription(
                "The body is a table as `GET governance.csv` gives it, or the file of one instrument; "
                    + "`name` is its name, which ends with .csv or .yaml. All or nothing. 204 when nothing differs."
            );
    }

    private static void MapTable(IEndpointRouteBuilder api) =>
        api.MapGet(
                "governance.csv",
                async (IGrainFactory grains, ITableFiles files) =>
                    Results.Bytes(files.WriteCsv(await grains.History()), "text/csv; charset=utf-8", "governance.csv")
            )
            .AnswersMedia(MediaTypeNames.Text.Csv, "Content-Disposition")
            .WithTags("Changes")
            .WithSummary("The whole table with every version, as CSV");

    private static void MapActs(RouteGroupBuilder changes)
    {
        MapAct(changes, "submit", ChangeAct.Submitted, Role.Editor, "Submit a draft for another person to decide");
        MapAct(
            changes,
            "approve",
            ChangeAct.Approved,
            Role.Approver,
            "Approve a request: persons do so on the staff pages; a token is refused with program-decides"
        );
        MapAct(
            changes,
            "reject",
            ChangeAct.Rejected,
            Role.Approver,
            "Reject a request: persons do so on the staff pages; a token is refused with program-decides"
        );
        MapAct(changes, "withdraw", ChangeAct.Withdrawn, Role.Editor, "Withdraw your own request");
        MapAct(changes, "reopen", ChangeAct.Reopened, Role.Editor, "Reopen your own request that was rejected or withdrawn");
    }

    private static void MapAct(RouteGroupBuilder changes, string name, ChangeAct act, Role role, string summary) =>
        changes
            .MapPost("{id:long}/" + name, (long id, HttpContext http, IGrainFactory grains) => ActAsync(id, act, role, http, grains))
            .Answers<ChangeRequestResponse>("ETag", "Location")
            .RequireAuthorization(Json.Word(role))
            .Accepts<NoteBody>(true, "application/json")
            .WithSummary(summary)
            .WithDescription("Needs If-Match. Honours Idempotency-Key.");

    /// <summary>The note of an act.</summary>
    internal sealed record NoteBody(string? Note = null);

    private static async Task<IResult> List(HttpContext http, IChangeRegister register, IGrainFactory grains)
    {
        var query = http.Request.Query;
        ChangeState? state = null;
        if (query["state"].ToString() is { Length: > 0 } word)
        {
            if (!Json.TryWord<ChangeState>(word, out var requested))
                return Problem.BadParameter($"state is '{word}': expected one of {QueryParameters.WordsOf<ChangeState>()}.");
            state = requested;
        }

        if (QueryParameters.After(query, out var before) is { } afterProblem)
            return afterProblem;
        if (QueryParameters.Limit(query, MaxPerPage, out var limit, UsualPerPage) is { } limitProblem)
            return limitProblem;
        var page = await register.ListAsync(state, before, limit + 1, http.RequestAborted);
        var history = await grains.History();
        return StoredJsonResult.Create(
            StatusCodes.Status200OK,
            new ItemsResponse<ChangeRequestResponse>(
                page.Take(limit).Select(request => ChangeRequestResponse.Create(http, request, history)),
                page.Length > limit ? page[limit - 1].Id.ToString(CultureInfo.InvariantCulture) : null
            )
        );
    }

    private static async Task<IResult> One(long id, IChangeRegister register, IGrainFactory grains, HttpContext http) =>
        await register.FindAsync(id, http.RequestAborted) is { } request
            ? ChangeRequestResponse.Answer(http, request, await grains.History(), StatusCodes.Status200OK)
            : Problem.NotFound($"There is no change request {id}.");

    private static Task<IResult> Draft(HttpContext http, IGrainFactory grains) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                var history = await grains.History();
                var proposal = Read(text, history);
                if (proposal.Value is not { } proposed)
                    return Problem.Refused(proposal.Refusals);
                var drafted = await grains.Policies().Draft(proposed, http.User.AttributionAs(Role.Editor));
                return Drafted(http, drafted, history);
            }
        );

    private static IResult Drafted(HttpContext http, Outcome<ChangeRequest> drafted, GovernanceHistory history) =>
        drafted.Value is { } request
            ? ChangeRequestResponse.Answer(http, request, history, StatusCodes.Status201Created)
            : Problem.Refused(drafted.Refusals);

    private static Task<IResult> FromFile(HttpContext http, IGrainFactory grains, ITableFiles files) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                var history = await grains.History();
                var read = files.Read(
                    Encoding.UTF8.GetBytes(text),
                    http.Request.Query["name"].ToString() is { Length: > 0 } name ? name : "table.csv",
                    history
                );
                if (read.Value is not { } content)
                    return Problem.Refused(read.Refusals);
                if (content.Documents.IsEmpty)
                    return Results.NoContent();
                var drafted = await grains
                    .Policies()
                    .Draft(
                        new Proposal(http.Request.Query["reason"].ToString(), null, content.Documents),
                        http.User.AttributionAs(Role.Editor)
                    );
                return Drafted(http, drafted, history);
            }
        );

    private static Task<IResult> Revise(long id, HttpContext http, IGrainFactory grains) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                if (EntityTags.RequireIfMatch(http, out var version) is { } precondition)
                    return precondition;
                var history = await grains.History();
                var proposal = Read(text, history);
                return proposal.Value is { } proposed
                    ? await Answer(
                        http,
                        grains.Policies().Act(id, version, ChangeAct.Revised, http.User.AttributionAs(Role.Editor), null, proposed),
                        grains
                    )
                    : Problem.Refused(proposal.Refusals);
            }
        );

    private static Task<IResult> ActAsync(long id, ChangeAct act, Role role, HttpContext http, IGrainFactory grains) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                if (EntityTags.RequireIfMatch(http, out var version) is { } precondition)
                    return precondition;
                string? note;
                try
                {
                    note = text.Length == 0 ? null : JsonSerializer.Deserialize<NoteBody>(text, Json.Options)?.Note;
                }
                catch (JsonException exception)
                {
                    return Problem.Refused([ChangeBody.Invalid(exception, "")]);
                }

                return note?.Length > Proposal.MaxReasonLength
                    ? Problem.Refused([
                        new Refusal(
                            RefusalCodes.Invalid,
                            $"The note has {note.Length} characters: at most {Proposal.MaxReasonLength}.",
                            "note"
                        ),
                    ])
                    : await Answer(http, grains.Policies().Act(id, version, act, http.User.AttributionAs(role), note), grains);
            }
        );

    private static async Task<IResult> Document(string kind, string id, IGrainFactory grains)
    {
        if (!Json.TryWord<DocumentKind>(kind, out var named))
            return Problem.NotFound($"There is no kind of document '{kind}': expected one of {QueryParameters.WordsOf<DocumentKind>()}.");
        return (await grains.History()).LatestOf(named, id) is { } latest
            ? StoredJsonResult.Create(
                StatusCodes.Status200OK,
                new DocumentResponse(
                    named,
                    id,
                    latest.Number,
                    LedgerEntry.FormatTime(latest.RecordedAt),
                    JsonNode.Parse(latest.Document.Body)!.AsObject()
                ),
                EntityTags.FromVersion(latest.Number)
            )
            : Problem.NotFound($"There is no {kind} '{id}'.");
    }

    private static Outcome<Proposal> Read(string text, GovernanceHistory history)
    {
        var form = ChangeBody.Read(text);
        return form.Value is { } read ? read.Propose(history) : form.Refusals;
    }

    private static async Task<IResult> Answer(HttpContext http, Task<Outcome<ChangeRequest>> act, IGrainFactory grains)
    {
        var outcome = await act;
        return outcome.Value is { } done
            ? ChangeRequestResponse.Answer(http, done, await grains.History(), StatusCodes.Status200OK)
            : Problem.Refused(outcome.Refusals);
    }
}
