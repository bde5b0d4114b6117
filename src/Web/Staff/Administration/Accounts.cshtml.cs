using System.Collections.Immutable;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Account;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Administration;

/// <summary>The list of accounts, and the form with which an administrator adds a person.</summary>
[Authorize(Policy = StaffPolicies.Administrator)]
public sealed class AccountsModel(IStaffRegister register, IGrainFactory grains, TimeProvider time) : FormPageModel
{
    public City City { get; private set; } = null!;

    public ImmutableArray<StaffMember> Members { get; private set; } = [];

    /// <summary>The account that was just added, and its first password, which is shown only here; null for none.</summary>
    public (StaffMember Member, string? Password)? Added { get; private set; }

    public async Task OnGetAsync()
    {
        City = (await grains.Governance()).City;
        Members = await register.AllAsync(HttpContext.RequestAborted);
    }

    public async Task<IActionResult> OnPostAsync()
    {
        await OnGetAsync();
        var (profile, errors) = Request.Form.ReadProfile();
        var roles = Request.Form.ReadRoles();
        if (roles.IsEmpty)
            errors = errors.Add(new FieldError("roles", "Choose at least one role."));
        if (profile.Department is { } department && City.Department(department) is null)
            errors = errors.Add(new FieldError("department", "Choose a department of the list."));
        if (!errors.IsEmpty)
            return Invalid(errors);
        var member = new StaffMember(
            StaffMember.NewId(),
            profile.SignIn,
            profile.Name,
            profile.Department,
            roles,
            IsProgram: false,
            IsActive: true,
            1
        );
        var password = Request.Form["password"] == "yes" ? Passwords.New() : null;
        var first = password is null ? null : StoredPassword.First(Passwords.Hash(password), time.GetUtcNow());
        var by = User.AttributionAs(Role.Administrator);
        if (!await register.AddAsync(member, first, by, time.GetUtcNow(), HttpContext.RequestAborted))
            return Invalid([
                new FieldError("sign-in", "This sign-in name is registered already, or looks like one that is: choose another."),
            ]);
        await HttpContext.RecordAsync(SecurityEventKind.AccountAdded, member.Id, detail: password is null ? "provider" : "first-password");
        Added = (member, password);
        Members = await register.AllAsync(HttpContext.RequestAborted);
        return Page();
    }
}
