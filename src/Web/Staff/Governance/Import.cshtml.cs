using System.Collections.Immutable;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Governance;

/// <summary>Import of a file: the whole file becomes one draft, or nothing is imported and every problem is listed.</summary>
[Authorize(StaffPolicies.Editor)]
public sealed class ImportModel(IGrainFactory grains, ITableFiles files) : PageModel
{
    /// <summary>The size of the largest file that can be imported, in bytes.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    public ImmutableArray<FieldError> Errors { get; private set; } = [];

    /// <summary>The name of an imported file that contains no change; otherwise null.</summary>
    public string? UnchangedFile { get; private set; }

    public async Task<IActionResult> OnPostAsync(IFormFile? file)
    {
        if (file is null || file.Length == 0)
            return Invalid("Choose a file: a table that ends with .csv, or the file of one law or policy that ends with .yaml.");
        if (file.Length > MaxBytes)
            return Invalid($"The file has {file.Length} bytes: expected at most {MaxBytes}.");
        using var buffer = new MemoryStream();
        await file.CopyToAsync(buffer, HttpContext.RequestAborted);
        var outcome = files.Read(buffer.ToArray(), file.FileName, await grains.History());
        if (outcome.Value is not { } content)
            return Invalid([.. outcome.Refusals.Select(Describe)]);
        if (content.Documents.IsEmpty)
        {
            UnchangedFile = file.FileName;
            return Page();
        }

        var draft = await grains.Policies().Draft(new Proposal("", null, content.Documents), User.AttributionAs(Role.Editor));
        return draft.Value is { } recorded ? Redirect($"/staff/changes/{recorded.Id}/why") : Invalid([.. draft.Refusals.Select(Describe)]);
    }

    private static string Describe(Refusal refusal) => refusal.Where is { } where ? $"{where}: {refusal.Sentence}" : refusal.Sentence;

    private PageResult Invalid(params string[] messages)
    {
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        Errors = [.. messages.Select(message => new FieldError("file", message))];
        return Page();
    }
}
