using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Devices.Imports;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Imports;

/// <summary>The lists that were sent, and the form with which a device clerk sends one.</summary>
public sealed class ImportsModel(ListImports acts, IListImportRegister register, IGrainFactory grains) : FormPageModel
{
    private City _city = null!;

    public ImmutableArray<ListImport> Imports { get; private set; } = [];

    public bool MayAct => User.Is(Role.DeviceClerk);

    public string Time(DateTimeOffset at) => CityTime.Format(_city, at);

    public async Task OnGetAsync()
    {
        _city = (await grains.Governance()).City;
        Imports = await register.AllAsync(HttpContext.RequestAborted);
    }

    public async Task<IActionResult> OnPostAsync(IFormFile? file)
    {
        if (!MayAct)
            return Forbid();
        await OnGetAsync();
        if (file is null || file.Length == 0)
            return Invalid([new FieldError("file", "Choose a file: a CSV, a GeoJSON or a workbook (.xlsx).")]);
        if (file.Length > CityList.MaxBytes)
            return Invalid([new FieldError("file", $"The file has {file.Length} bytes: expected at most {CityList.MaxBytes}.")]);
        var list = Request.Form.Text("list") ?? "";
        if (!Domain.Identifier.IsValid(list))
            return Invalid([new FieldError("list", "Give the list a name: small letters, digits and hyphens.")]);
        using var buffer = new MemoryStream();
        await file.CopyToAsync(buffer, HttpContext.RequestAborted);
        var like = Request.Form.Text("like") is { } earlier ? await register.FindAsync(earlier, HttpContext.RequestAborted) : null;
        var outcome = await acts.SendAsync(
            file.FileName,
            buffer.ToArray(),
            (like?.Mapping ?? new ListMapping()) with
            {
                List = list,
            },
            new ImportDecisions(),
            User,
            HttpContext.RequestAborted
        );
        return outcome.Value is { } draft
            ? Redirect($"/staff/imports/{draft.Id}")
            : Invalid(FieldError.From(outcome.Refusals, ("content", "file"), ("name", "file")));
    }
}
