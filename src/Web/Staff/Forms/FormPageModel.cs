using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SurveillanceRegistry.Web.Staff.Forms;

/// <summary>A page with a form that is shown again, with its errors and with the submitted values, when it cannot be accepted.</summary>
public abstract class FormPageModel : PageModel
{
    /// <summary>The value that the form shows in each field: the current one, or the submitted one after an error.</summary>
    public ImmutableDictionary<string, string> Fields { get; private protected set; } = ImmutableDictionary<string, string>.Empty;

    public ImmutableArray<FieldError> Errors { get; private protected set; } = [];

    public string Value(string field) => Fields.GetValueOrDefault(field, "");

    /// <summary>Whether a choice of a field with several values, such as a group of checkboxes, is selected.</summary>
    public bool IsSelected(string field, string choice) => Value(field).Split(',').Contains(choice);

    /// <summary>The value of <c>aria-invalid</c> for a field; null omits the attribute.</summary>
    public string? AriaInvalid(string field) => Errors.Any(error => error.Field == field) ? "true" : null;

    /// <summary>Shows the page again with errors and the submitted values, as status 422.</summary>
    private protected PageResult Invalid(IEnumerable<FieldError> errors)
    {
        Fields = Fields.SetItems(Request.Form.ToFields());
        return Refused(errors);
    }

    /// <summary>Shows the page again with errors and the values of <see cref="Fields"/>, as status 422.</summary>
    private protected PageResult Refused(IEnumerable<FieldError> errors)
    {
        Errors = [.. errors];
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }
}
