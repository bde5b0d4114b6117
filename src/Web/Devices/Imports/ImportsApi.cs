using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Devices.Imports;

/// <summary>Takes in the lists of a city, for device clerks: preview, decisions, one act, and its undoing.</summary>
internal static class ImportsApi
{
    /// <summary>A list with its mapping.</summary>
    /// <param name="Name">The name of the file.</param>
    /// <param name="Content">The bytes of the file, in base64; null when `text` has them.</param>
    /// <param name="Text">A CSV or a GeoJSON as text; null when `content` has the file.</param>
    internal sealed record ImportBody(
        string? Name = null,
        string? Content = null,
        string? Text = null,
        ListMapping? Mapping = null,
        ImportDecisions? Decisions = null
    );

    /// <summary>The decisions of a person, and why.</summary>
    internal sealed record DecisionsBody(ListMapping? Mapping = null, ImportDecisions? Decisions = null, string? Reason = null);

    public static void Map(IEndpointRouteBuilder app, IEndpointRouteBuilder api)
    {
        ListFiles.Map(app);
        var clerk = Json.Word(Role.DeviceClerk);
        var imports = api.MapGroup("imports").WithTags("Imports");
        imports.MapGet("", ListAsync).Answers<ItemsResponse<ImportResponse>>().RequireAuthorization(StaffPolicies.AnyRole);
        imports
            .MapGet("{id}", FindAsync)
            .Answers<ImportPreviewResponse>("ETag")
            .OrAnswers<ImportResponse>()
            .RequireAuthorization(clerk)
            .WithSummary("A draft as it would be recorded now; or what a recorded list did");
        imports
            .MapPost("", SendAsync)
            .Answers<ImportPreviewResponse>(StatusCodes.Status201Created, "ETag", "Location")
            .RequireAuthorization(clerk)
            .Accepts<ImportBody>("application/json")
            .WithSummary("Send a list with its mapping: a draft and its preview")
            .WithDescription("CSV, GeoJSON or XLSX. The file is kept by the hash of its bytes. Nothing is registered yet.");
        imports
            .MapPatch("{id}", DecideAsync)
            .Answers<ImportPreviewResponse>("ETag", "Location")
            .RequireAuthorization(clerk)
            .Accepts<DecisionsBody>("application/json")
            .WithSummary("Change the mapping or the decisions of a draft")
            .WithDescription("Needs If-Match.");
        imports
            .MapPost("{id}/commit", CommitAsync)
            .Answers<ImportResponse>()
            .RequireAuthorization(clerk)
            .Accepts<DecisionsBody>("application/json")
            .WithSummary("Record a list: all of it as one act, or nothing")
            .WithDescription("If-Match names the preview that was seen: when the register changed since, nothing is recorded.");
        imports
            .MapPost("{id}/undo", UndoAsync)
            .Answers<ImportResponse>()
            .RequireAuthorization(clerk)
            .Accepts<DeviceRegistrationApi.ReasonBody>(true, "application/json")
            .WithSummary("Undo a recorded list: all of it as one act, or nothing")
            .WithDescription(
                "Devices that it registered are removed; those that it changed are as they were. Refused when one was changed since."
            );
    }

    private static async Task<IResult> ListAsync(HttpContext http, IListImportRegister register) =>
        JsonResults.Page(http, (await register.AllAsync(http.RequestAborted)).Select(ImportResponse.From), import => import.Id);

    private static async Task<IResult> FindAsync(string id, HttpContext http, IListImportRegister register, ListImports imports) =>
        await register.FindAsync(id, http.RequestAborted) is not { } import ? NotFound(id)
        : import.State == ListImportState.Draft ? await ShapeAsync(http, import, imports, StatusCodes.Status200OK)
        : StoredJsonResult.Create(StatusCodes.Status200OK, ImportResponse.From(import), $"\"{Json.Word(import.State)}\"");

    private static Task<IResult> SendAsync(HttpContext http, ListImports imports) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                if (JsonBody.Read<ImportBody>(text, out var body) is { } problem)
                    return problem;
                if (FileOf(body) is not { } file)
                    return Problem.Refused([
                        new Refusal(RefusalCodes.Invalid, "Give the file as `content` in base64, or as `text`: one of them.", "content"),
                    ]);
                var outcome = await imports.SendAsync(
                    body.Name,
                    file,
                    body.Mapping ?? new ListMapping(),
                    body.Decisions ?? new ImportDecisions(),
                    http.User,
                    http.RequestAborted
                );
                return outcome.Value is { } draft
                    ? await ShapeAsync(http, draft, imports, StatusCodes.Status201Created)
                    : Problem.Refused(outcome.Refusals);
            }
        );

    private static byte[]? FileOf(ImportBody body)
    {
        if (body.Content is null == body.Text is null)
            return null;
        if (body.Text is { } text)
            return Encoding.UTF8.GetBytes(text);
        var bytes = new byte[body.Content!.Length];
        return Convert.TryFromBase64String(body.Content, bytes, out var length) ? bytes[..length] : null;
    }

    private static Task<IResult> DecideAsync(string id, HttpContext http, IListImportRegister register, ListImports imports) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                if (await register.FindAsync(id, http.RequestAborted) is not { } import)
                    return NotFound(id);
                if (await CheckIfMatchAsync(http, import, imports) is { } precondition)
                    return precondition;
                if (JsonBody.Read<DecisionsBody>(text, out var body) is { } problem)
                    return problem;
                var outcome = await imports.DecideAsync(import, body.Mapping, body.Decisions, http.RequestAborted);
                return outcome.Value is { } decided
                    ? await ShapeAsync(http, decided, imports, StatusCodes.Status200OK)
                    : Problem.Refused(outcome.Refusals);
            }
        );

    private static Task<IResult> CommitAsync(string id, HttpContext http, IListImportRegister register, ListImports imports) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                if (await register.FindAsync(id, http.RequestAborted) is not { } import)
                    return NotFound(id);
                if (http.Request.Headers.IfMatch.Count == 0)
                    return Problem.PreconditionRequired();
                if (JsonBody.Read<DecisionsBody>(text, out var body) is { } problem)
                    return problem;
                if (body.Mapping is not null || body.Decisions is not null)
                    return Problem.Refused([
                        new Refusal(RefusalCodes.Invalid, "Decide with PATCH first, and look at what comes of it.", "decisions"),
                    ]);
                var seen = http.Request.Headers.IfMatch.ToString().Trim('"');
                var outcome = await imports.RecordAsync(import, seen, http.User, body.Reason, http.RequestAborted);
                return Result(outcome);
            }
        );

    private static Task<IResult> UndoAsync(string id, HttpContext http, IListImportRegister register, ListImports imports) =>
        IdempotencyKeys.ExecuteAsync(
            http,
            async text =>
            {
                if (await register.FindAsync(id, http.RequestAborted) is not { } import)
                    return NotFound(id);
                if (JsonBody.Read<DeviceRegistrationApi.ReasonBody>(text, out var body) is { } problem)
                    return problem;
                return Result(await imports.UndoAsync(import, http.User, body.Reason, http.RequestAborted));
            }
        );

    private static IResult Result(Outcome<ListImport> outcome) =>
        outcome.Value is { } import
            ? StoredJsonResult.Create(StatusCodes.Status200OK, ImportResponse.From(import))
            : Problem.Refused(outcome.Refusals);

    private static async Task<IResult?> CheckIfMatchAsync(HttpContext http, ListImport import, ListImports imports) =>
        http.Request.Headers.IfMatch.Count == 0 ? Problem.PreconditionRequired()
        : import.State != ListImportState.Draft ? null
        : Tag(import, await imports.PreviewAsync(import, http.User, http.RequestAborted)) == http.Request.Headers.IfMatch.ToString() ? null
        : Problem.PreconditionFailed();

    private static async Task<IResult> ShapeAsync(HttpContext http, ListImport import, ListImports imports, int status)
    {
        var preview = await imports.PreviewAsync(import, http.User, http.RequestAborted);
        return StoredJsonResult.Create(
            status,
            ImportPreviewResponse.From(import, preview),
            Tag(import, preview),
            $"/api/v1/imports/{import.Id}"
        );
    }

    private static string Tag(ListImport import, ListPreview preview) => $"\"{preview.FingerprintOf(import)}\"";

    private static IResult NotFound(string id) => Problem.NotFound($"There is no list '{id}'.");
}
