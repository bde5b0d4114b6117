using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Devices.Facts;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Devices;

/// <summary>The lists of vendors, models and organisations, and the form with which a device clerk adds a name.</summary>
public sealed class NamesModel(NamedListActs acts, INamedListRegister lists) : PageModel
{
    private ImmutableArray<ListedName> _names = [];
    private ImmutableDictionary<string, string> _fields = ImmutableDictionary<string, string>.Empty;

    public ImmutableArray<FieldError> Errors { get; private set; } = [];

    /// <summary>The name that was added just now; null otherwise.</summary>
    public string? Added { get; private set; }

    public bool MayAct => User.Is(Role.DeviceClerk);

    public string Value(string field) => _fields.GetValueOrDefault(field, "");

    public string? AriaInvalid(string field) => Errors.Any(error => error.Field == field) ? "true" : null;

    public ImmutableArray<ListedName> NamesIn(NamedList list) => [.. _names.Where(name => name.List == list)];

    public async Task OnGetAsync(string? added)
    {
        _names = await lists.AllAsync(HttpContext.RequestAborted);
        Added = _names.Any(name => name.Name == added) ? added : null;
    }

    public async Task<IActionResult> OnPostAsync()
    {
        if (!MayAct)
            return Forbid();
        var form = Request.Form;
        if (form.Text("reason") is not { } reason)
            Errors = [FieldError.MissingReason("reason")];
        else if (!Domain.Json.TryWord<NamedList>(form.Text("list"), out var list))
            Errors = [new FieldError("list", "Choose the list.")];
        else
        {
            var outcome = await acts.AddAsync(
                new ListedName(list, form.Text("name") ?? "", form.Text("of")),
                User,
                reason,
                HttpContext.RequestAborted
            );
            if (outcome.Value is { } added)
                return Redirect($"/staff/names?added={Uri.EscapeDataString(added.Name)}");
            Errors = FieldError.From(outcome.Refusals);
        }

        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        _fields = form.ToFields();
        _names = await lists.AllAsync(HttpContext.RequestAborted);
        return Page();
    }
}
