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

namespace SurveillanceRegistry.Web.Staff.Governance;

/// <summary>Files handed in: all of a file becomes one draft, or nothing does and every problem is listed.</summary>
[Authorize("editor")]
public sealed class ImportModel(IGrainFactory grains, ITableFiles files) : PageModel
{
    /// <summary>The largest file that is taken, in bytes.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    public ImmutableArray<(string Field, string Sentence)> Faults { get; private set; } = [];

    /// <summary>The name of a file that says what the registry holds already; null for none.</summary>
    public string? Same { get; private set; }

    public async Task<IActionResult> OnPostAsync(IFormFile? file)
    {
        if (file is null || file.Length == 0)
            return Refuse([
                new Refusal(
                    "invalid",
                    "Choose a file first: a table that ends with .csv, or the file of one instrument that ends with .yaml."
                ),
            ]);
        if (file.Length > MaxBytes)
            return Refuse([new Refusal("invalid", $"The file has {file.Length} bytes: at most {MaxBytes} are taken at once.")]);
        using var held = new MemoryStream();
        await file.CopyToAsync(held, HttpContext.RequestAborted);
        var read = files.Read(held.ToArray(), file.FileName, await grains.History());
        if (read.Value is not { } content)
            return Refuse(read.Refusals);
        if (content.Documents.IsEmpty)
        {
            Same = file.FileName;
            return Page();
        }

        var draft = await grains.Policies().Draft(new Proposal("", null, content.Documents), User.HasRole(Role.Editor));
        return Redirect($"/staff/changes/{draft.Value!.Id}/why");
    }

    private PageResult Refuse(ImmutableArray<Refusal> refusals)
    {
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        Faults = [.. refusals.Select(refusal => ("file", (refusal.Where is null ? "" : refusal.Where + ": ") + refusal.Sentence))];
        return Page();
    }
}
