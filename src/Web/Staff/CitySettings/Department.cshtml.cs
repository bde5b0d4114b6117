using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Web.Registers;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.CitySettings;

/// <summary>One department: what names it, what was recorded of it, and the forms with which an editor changes or retires it.</summary>
public sealed class DepartmentModel(IDepartmentUses uses, IGrainFactory grains) : CityPageModel(grains)
{
    /// <summary>The department; as it was last when it is retired.</summary>
    public Department Department { get; private set; } = null!;

    public bool IsRetired => City.Department(Department.Id) is null;

    /// <summary>Every version, the newest first.</summary>
    public ImmutableArray<DepartmentVersion> Versions { get; private set; } = [];

    /// <summary>What belongs to it and is in use; null when nothing does.</summary>
    public DepartmentUse? Use { get; private set; }

    /// <summary>The instruments with a rule that names it.</summary>
    public ImmutableArray<Instrument> Instruments { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string id) => await FindAsync(id) ? Page() : NotFound();

    public async Task<IActionResult> OnPostChangeAsync(string id)
    {
        if (!MayAct)
            return Forbid();
        if (!await FindAsync(id))
            return NotFound();
        var changed = new Department(id, Request.Form.Text("name") ?? "", Request.Form.Text("phone") ?? "");
        FieldError[] errors = [.. DepartmentFields.Check(changed)];
        return errors.Length > 0
            ? Invalid(errors)
            : await DraftAsync(
                city => city with { Departments = [.. city.Departments.Select(department => department.Id == id ? changed : department)] },
                [],
                _ => "name"
            );
    }

    /// <summary>Retires the department, or brings it back.</summary>
    public async Task<IActionResult> OnPostRetireAsync(string id)
    {
        if (!MayAct)
            return Forbid();
        if (!await FindAsync(id))
            return NotFound();
        if (IsRetired)
            return await DraftAsync(city => city with { Departments = city.Departments.Add(Department) }, [], _ => "retired");
        return await DraftAsync(
            city => city with { Departments = city.Departments.RemoveAll(department => department.Id == id) },
            [.. AgainstRetirement()],
            _ => "retired"
        );
    }

    private IEnumerable<FieldError> AgainstRetirement()
    {
        if (Use is not null)
            yield return new FieldError("retired", $"{Department.Name} still has {Use.InWords}: give all to another department first.")
            {
                Links = [.. LinksTo(Use)],
            };
        if (!Instruments.IsEmpty)
            yield return new FieldError(
                "retired",
                "Rules name it, in versions of now or of before. A rule that is still right keeps its department: rename it instead."
            )
            {
                Links = [.. Instruments.Select(one => new FieldLink($"/staff/instruments/{one.Id}", one.Citation))],
            };
    }

    private IEnumerable<FieldLink> LinksTo(DepartmentUse use)
    {
        if (use.Devices > 0)
            yield return new FieldLink($"/staff/devices?department={Department.Id}", "Its fixed devices");
        foreach (var fleet in use.Fleets)
            yield return new FieldLink($"/staff/fleets/{fleet}", $"The fleet {fleet}");
        foreach (var gateway in use.Gateways)
            yield return new FieldLink($"/staff/gateways/{gateway}", $"The gateway {gateway}");
    }

    private async Task<bool> FindAsync(string id)
    {
        await LoadAsync();
        Versions = [.. DepartmentHistory.Of(id, Revisions).Reverse()];
        if (Versions.IsEmpty)
            return false;
        Department = Versions.Select(version => version.Department).OfType<Department>().First();
        Use = (await uses.AllAsync(HttpContext.RequestAborted)).FirstOrDefault(use => use.Department == id);
        Instruments =
        [
            .. Governance.Table.Instruments.Where(instrument =>
                instrument.Versions.SelectMany(version => version.Rules).Any(rule => rule.Departments.Contains(id))
            ),
        ];
        Fields = new Dictionary<string, string> { ["name"] = Department.Name, ["phone"] = Department.Phone }.ToImmutableDictionary();
        return true;
    }
}
