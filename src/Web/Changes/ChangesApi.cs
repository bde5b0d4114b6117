using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Changes;

/// <summary>Change requests, for programs: everything that the staff pages can do with them.</summary>
internal static class ChangesApi
{
    private const int MaxPerPage = 200,
        UsualPerPage = 50;

    public static void Map(IEndpointRouteBuilder api)
    {
        var changes = api.MapGroup("changes").WithTags("Changes");
        changes
            .MapGet("", List)
            .RequireAuthorization("staff")
            .WithSummary("Change requests, the newest first")
            .WithDescription(
                "`state` is one of draft, submitted, approved, rejected, withdrawn; `after` is the `next` of the page before."
            );
        changes.MapGet("{id:long}", One).RequireAuthorization("staff").WithSummary("One change request, with what differs");
        changes
            .MapPost("", Draft)
            .RequireAuthorization(Json.Word(Role.Editor))
            .Accepts<ChangeBody>("application/json")
            .WithSummary("Propose a change: a draft")
            .WithDescription(
                "Whole documents, or values of single rows, each with the `base` revision that it was made from. Honours Idempotency-Key."
            );
        changes
            .MapPut("{id:long}", Revise)
            .RequireAuthorization(Json.Word(Role.Editor))
            .Accepts<ChangeBody>("application/json")
            .WithSummary("Change a draft")
            .WithDescription("Needs If-Match.");
        changes
            .MapPost("from-file", FromFile)
            .RequireAuthorization(Json.Word(Role.Editor))
            .WithSummary("Propose what a file says: a draft, or every problem by row")
            .WithDescription(
                "The body is a table as `GET governance.csv` gives it, or the file of one instrument; `name` is its name, which ends with .csv or .yaml. All or nothing. 204 when nothing differs."
            );
        api.MapGet(
                "governance.csv",
                async (IGrainFactory grains, ITableFiles files) =>
                    Results.Bytes(files.WriteCsv(await grains.Governance()), "text/csv; charset=utf-8", "governance.csv")
            )
            .WithTags("Changes")
            .WithSummary("The whole table with every version, as CSV");
        Act("submit", ChangeAct.Submitted, Role.Editor, "Hand a draft to somebody else to decide");
        Act(
            "approve",
            ChangeAct.Approved,
            Role.Approver,
            "Approve somebody else's request: it is recorded, and takes effect on the days that it names"
        );
        Act("reject", ChangeAct.Rejected, Role.Approver, "Reject somebody else's request, with a note");
        Act("withdraw", ChangeAct.Withdrawn, Role.Editor, "Take back one's own request");
        Act("reopen", ChangeAct.Reopened, Role.Editor, "Take up again one's own request that was rejected or withdrawn");
        api.MapGet("documents/{kind}/{id}", Document)
            .WithTags("Changes")
            .WithSummary("A document as change requests take it")
            .WithDescription("`kind` is city, chapters, wording, technology or instrument. `revision` is the `base` of a change.");

        void Act(string word, ChangeAct act, Role role, string summary) =>
            changes
                .MapPost("{id:long}/" + word, (long id, HttpContext http, IGrainFactory grains) => ActAsync(id, act, role, http, grains))
                .RequireAuthorization(Json.Word(role))
                .Accepts<NoteBody>(true, "application/json")
                .WithSummary(summary)
                .WithDescription("Needs If-Match. Honours Idempotency-Key.");
    }

    /// <summary>What whoever acts has to say.</summary>
    internal sealed record NoteBody(string? Note = null);

    private static async Task<IResult> List(HttpContext http, IChangeRegister register, IGrainFactory grains)
    {
        var query = http.Request.Query;
        ChangeState? state = null;
        if (query["state"].ToString() is { Length: > 0 } word)
        {
            if (!Json.TryWord<ChangeState>(word, out var named))
                return Problem.BadParameter(
                    $"state is '{word}': expected one of {string.Join(", ", Enum.GetValues<ChangeState>().Select(Json.Word))}."
                );
            state = named;
        }

        long? before = null;
        if (query["after"].ToString() is { Length: > 0 } after)
        {
            if (!long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return Problem.BadParameter($"after is '{after}': expected the 'next' of a page.");
            before = number;
        }

        var most = UsualPerPage;
        if (
            query["limit"].ToString() is { Length: > 0 } limit
            && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most is < 1 or > MaxPerPage)
        )
            return Problem.BadParameter($"limit is '{limit}': expected 1 to {MaxPerPage}.");
        var page = await register.ListAsync(state, before, most + 1, http.RequestAborted);
        var history = await grains.History();
        return StoredJsonResult.Create(
            StatusCodes.Status200OK,
            new
            {
                items = page.Take(most).Select(request => Summary(request, history, Today(http, history))),
                next = page.Length > most ? page[most - 1].Id.ToString(CultureInfo.InvariantCulture) : null,
            }
        );
    }

    private static async Task<IResult> One(long id, IChangeRegister register, IGrainFactory grains, HttpContext http) =>
        await register.FindAsync(id, http.RequestAborted) is { } request
            ? Whole(http, request, await grains.History(), StatusCodes.Status200OK)
            : Problem.NotFound($"There is no change request {id}.");

    private static Task<IResult> Draft(HttpContext http, IGrainFactory grains) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async body =>
            {
                var history = await grains.History();
                var proposal = Read(body, history);
                if (proposal.Value is not { } proposed)
                    return Problem.Refused(proposal.Refusals);
                var drafted = await grains.Policies().Draft(proposed, http.User.HasRole(Role.Editor));
                return Whole(http, drafted.Value!, history, StatusCodes.Status201Created);
            }
        );

    private static Task<IResult> FromFile(HttpContext http, IGrainFactory grains, ITableFiles files) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async body =>
            {
                var history = await grains.History();
                var read = files.Read(
                    Encoding.UTF8.GetBytes(body),
                    http.Request.Query["name"].ToString() is { Length: > 0 } name ? name : "table.csv",
                    history
                );
                if (read.Value is not { } content)
                    return Problem.Refused(read.Refusals);
                if (content.Documents.IsEmpty)
                    return Results.NoContent();
                var drafted = await grains
                    .Policies()
                    .Draft(new Proposal(http.Request.Query["reason"].ToString(), null, content.Documents), http.User.HasRole(Role.Editor));
                return Whole(http, drafted.Value!, history, StatusCodes.Status201Created);
            }
        );

    private static Task<IResult> Revise(long id, HttpContext http, IGrainFactory grains) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async body =>
            {
                if (Version(http) is not { } version)
                    return Missing(http);
                var history = await grains.History();
                var proposal = Read(body, history);
                return proposal.Value is { } proposed
                    ? await Answer(
                        http,
                        grains.Policies().Act(id, version, ChangeAct.Revised, http.User.HasRole(Role.Editor), null, proposed),
                        grains
                    )
                    : Problem.Refused(proposal.Refusals);
            }
        );

    private static Task<IResult> ActAsync(long id, ChangeAct act, Role role, HttpContext http, IGrainFactory grains) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async body =>
            {
                if (Version(http) is not { } version)
                    return Missing(http);
                string? note;
                try
                {
                    note = body.Length == 0 ? null : JsonSerializer.Deserialize<NoteBody>(body, Json.Options)?.Note;
                }
                catch (JsonException wrong)
                {
                    return Problem.Refused([ChangeBody.Wrong(wrong, "")]);
                }

                return note?.Length > Proposal.MaxReason
                    ? Problem.Refused([
                        new Refusal("invalid", $"The note has {note.Length} characters: at most {Proposal.MaxReason}.", "note"),
                    ])
                    : await Answer(http, grains.Policies().Act(id, version, act, http.User.HasRole(role), note), grains);
            }
        );

    private static async Task<IResult> Document(string kind, string id, IGrainFactory grains)
    {
        if (!Json.TryWord<DocumentKind>(kind, out var named))
            return Problem.NotFound(
                $"There is no kind of document '{kind}': expected one of {string.Join(", ", Enum.GetValues<DocumentKind>().Select(Json.Word))}."
            );
        return (await grains.History()).LatestOf(named, id) is { } latest
            ? StoredJsonResult.Create(
                StatusCodes.Status200OK,
                new
                {
                    document = named,
                    id,
                    revision = latest.Number,
                    recordedAt = LedgerEntry.Time(latest.RecordedAt),
                    content = JsonNode.Parse(latest.Document.Body),
                },
                $"\"{latest.Number}\""
            )
            : Problem.NotFound($"There is no {kind} '{id}'.");
    }

    private static Outcome<Proposal> Read(string body, GovernanceHistory history)
    {
        var form = ChangeBody.Read(body);
        return form.Value is { } read ? read.Propose(history) : form.Refusals;
    }

    private static async Task<IResult> Answer(HttpContext http, Task<Outcome<ChangeRequest>> act, IGrainFactory grains)
    {
        var outcome = await act;
        return outcome.Value is { } done
            ? Whole(http, done, await grains.History(), StatusCodes.Status200OK)
            : Problem.Refused(outcome.Refusals);
    }

    /// <summary>The version of If-Match; null when there is none that could be one.</summary>
    private static int? Version(HttpContext http) =>
        http.Request.Headers.IfMatch.ToString() is { Length: > 2 } etag
        && etag[0] == '"'
        && etag[^1] == '"'
        && int.TryParse(etag[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : null;

    private static IResult Missing(HttpContext http) =>
        http.Request.Headers.IfMatch.Count == 0 ? Problem.PreconditionRequired() : Problem.PreconditionFailed();

    private static StoredJsonResult Whole(HttpContext http, ChangeRequest request, GovernanceHistory history, int status) =>
        StoredJsonResult.Create(
            status,
            Summary(request, history, Today(http, history)),
            $"\"{request.Version}\"",
            $"/api/v1/changes/{request.Id}"
        );

    private static object Summary(ChangeRequest request, GovernanceHistory history, DateOnly today) =>
        new
        {
            request.Id,
            request.Version,
            request.State,
            stands = ChangeStatusText.For(request, history, today),
            request.Author,
            request.Decider,
            draftedAt = LedgerEntry.Time(request.DraftedAt),
            submittedAt = request.SubmittedAt is { } submitted ? LedgerEntry.Time(submitted) : null,
            decidedAt = request.DecidedAt is { } decided ? LedgerEntry.Time(decided) : null,
            request.Proposal.Reason,
            request.Proposal.Source,
            documents = request.Proposal.Documents.Select(one => new
            {
                document = one.Document.Kind,
                one.Document.Id,
                one.Base,
                content = JsonNode.Parse(one.Document.Body),
                differences = Difference
                    .Between(
                        history.From(one.Document.Kind, one.Document.Id).FirstOrDefault(revision => revision.Number == one.Base)?.Document,
                        one.Document
                    )
                    .Select(difference => new
                    {
                        path = difference.Key,
                        before = Node(difference.Before),
                        after = Node(difference.After),
                    }),
            }),
            moved = request.StaleDocuments(history).Select(one => one.Document.ToString()),
            steps = request.Steps.Select(step => new
            {
                step.Act,
                at = LedgerEntry.Time(step.At),
                step.By,
                step.Note,
                step.Entry,
            }),
        };

    private static DateOnly Today(HttpContext http, GovernanceHistory history) =>
        history.Current.City.DayAt(http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());

    private static JsonNode? Node(string? json) => json is null ? null : JsonNode.Parse(json);
}
