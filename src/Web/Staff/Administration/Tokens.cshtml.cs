using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Administration;

/// <summary>The list of tokens, and the form with which an administrator makes a token of a program.</summary>
[Authorize(Policy = StaffPolicies.Administrator)]
public sealed class TokensModel(IStaffRegister register, ITokenRegister tokens, IGrainFactory grains, TimeProvider time) : FormPageModel
{
    public City City { get; private set; } = null!;

    public ImmutableArray<TokenGrant> Tokens { get; private set; } = [];

    /// <summary>The names of members of staff, by staff id.</summary>
    public ImmutableDictionary<string, string> Names { get; private set; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The new token. It is shown only in the response to the form that made it.</summary>
    public string? Issued { get; private set; }

    public DateTimeOffset Now => time.GetUtcNow();

    public async Task OnGetAsync()
    {
        City = (await grains.Governance()).City;
        Tokens = await tokens.TokensAsync(HttpContext.RequestAborted);
        Names = (await register.AllAsync(HttpContext.RequestAborted)).ToImmutableDictionary(member => member.Id, member => member.Name);
    }

    public async Task<IActionResult> OnPostAsync()
    {
        await OnGetAsync();
        var label = StaffName.Normalize(Request.Form["label"].ToString());
        var roles = Request.Form.ReadRoles();
        var errors = FieldError.From(new[] { StaffName.Check(label, "label") }.OfType<Refusal>());
        if (roles.IsEmpty)
            errors = errors.Add(new FieldError("roles", "Choose at least one role."));
        if (
            !int.TryParse(Request.Form.Text("days"), NumberStyles.None, CultureInfo.InvariantCulture, out var days)
            || days is < 1 or > ProgramTokens.MaxDays
        )
            errors = errors.Add(new FieldError("days", $"Enter a number of days from 1 to {ProgramTokens.MaxDays}."));
        if (!errors.IsEmpty)
            return Invalid(errors);
        var by = User.AttributionAs(Role.Administrator);
        var program = await ProgramTokens.AddProgramAsync(register, label, roles, by, Now, HttpContext.RequestAborted);
        var (token, grant) = await ProgramTokens.IssueAsync(program, tokens, label, roles, days, by, Now, HttpContext.RequestAborted);
        await HttpContext.RecordAsync(SecurityEventKind.TokenMade, grant.Staff, grant.Id);
        await OnGetAsync();
        Issued = token;
        return Page();
    }

    public async Task<IActionResult> OnPostRevokeAsync(long token)
    {
        if (await tokens.RevokeTokenAsync(token, User.AttributionAs(Role.Administrator), Now, HttpContext.RequestAborted))
            await HttpContext.RecordAsync(SecurityEventKind.TokenRevoked, subject: null, token);
        return Redirect("/staff/tokens");
    }
}
