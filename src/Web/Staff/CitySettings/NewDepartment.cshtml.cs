using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.CitySettings;

/// <summary>The form with which an editor proposes a department.</summary>
[Authorize(StaffPolicies.Editor)]
public sealed class NewDepartmentModel(IGrainFactory grains) : CityPageModel(grains)
{
    public Task OnGetAsync() => LoadAsync();

    public async Task<IActionResult> OnPostAsync()
    {
        await LoadAsync();
        var added = new Department(Request.Form.Text("id") ?? "", Request.Form.Text("name") ?? "", Request.Form.Text("phone") ?? "");
        FieldError[] errors =
        [
            .. DepartmentFields.Check(added),
            .. !Identifier.IsValid(added.Id)
                ? (FieldError[])[new("id", $"Enter an ID: lowercase letters, digits and hyphens, at most {Identifier.MaxLength}.")]
            : City.Department(added.Id) is not null ? [new("id", $"“{added.Id}” is taken: choose another ID.")]
            : [],
        ];
        return errors.Length > 0
            ? Invalid(errors)
            : await DraftAsync(city => city with { Departments = city.Departments.Add(added) }, [], _ => "id");
    }
}

/// <summary>Checks what a form says of a department.</summary>
internal static class DepartmentFields
{
    public static IEnumerable<FieldError> Check(Department department)
    {
        if (department.Name.Length == 0)
            yield return new FieldError("name", "Enter the name: notices state it.");
        if (department.Phone.Length == 0)
            yield return new FieldError("phone", "Enter the telephone number: notices state it.");
    }
}
