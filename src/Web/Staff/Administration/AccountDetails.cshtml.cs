using System.Collections.Immutable;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Account;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Administration;

/// <summary>One account, and everything that an administrator can do with it.</summary>
[Authorize(Policy = StaffPolicies.Administrator)]
public sealed class AccountDetailsModel(
    IStaffRegister register,
    IStaffCredentialRegister credentials,
    IStaffSessions sessions,
    IChangeRegister changes,
    IGrainFactory grains,
    TimeProvider time
) : FormPageModel
{
    public StaffMember Member { get; private set; } = null!;

    public StaffCredentials Credentials { get; private set; } = null!;

    public City City { get; private set; } = null!;

    public ImmutableArray<StaffSession> Sessions { get; private set; } = [];

    /// <summary>The drafts and submitted requests of the account.</summary>
    public ImmutableArray<ChangeRequest> OpenChanges { get; private set; } = [];

    /// <summary>The people to whom open requests can be handed over.</summary>
    public ImmutableArray<StaffMember> Editors { get; private set; } = [];

    /// <summary>The new first password. It is shown only in the response to the form that set it.</summary>
    public string? FirstPassword { get; private set; }

    public string? StatusMessage { get; private set; }

    /// <summary>An administrator changes neither their own rights nor their own password here: another administrator must.</summary>
    public bool IsOwn => Member.Id == User.StaffId();

    private Attribution By => User.AttributionAs(Role.Administrator);

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        if (!await LoadAsync((string?)RouteData.Values["id"] ?? ""))
            context.Result = NotFound();
        else if (HttpContext.Request.Method == "POST" && IsOwn)
            context.Result = Invalid([new FieldError("", "This is your own account: another administrator must change it.")]);
        else
            await next();
    }

    public void OnGet(string? done) =>
        StatusMessage = done switch
        {
            "renamed" => "Name, sign-in name and department are updated.",
            "roles" => "The roles are updated. All sessions of the account have ended.",
            "deactivated" => "The account is deactivated. Its sessions and tokens are refused from now on.",
            "activated" => "The account is active again.",
            "second-factor" => "The second factor is removed. The person adds a new one at the next sign-in.",
            "sessions" => "All sessions of the account have ended.",
            "identity" => "The link to the city account is removed. The next sign-in with the verified mail address links it anew.",
            "handed-over" => "The open requests are handed over.",
            "anonymized" => "The name and everything that says who it was is removed.",
            _ => null,
        };

    public async Task<IActionResult> OnPostProfileAsync()
    {
        var (profile, errors) = Request.Form.ReadProfile();
        if (!errors.IsEmpty)
            return Invalid(errors);
        return await register.RenameAsync(Member.Id, profile, By, time.GetUtcNow(), HttpContext.RequestAborted)
            ? await DoneAsync(SecurityEventKind.AccountRenamed, "renamed")
            : Invalid([new FieldError("sign-in", "This sign-in name is registered already, or looks like one that is: choose another.")]);
    }

    public async Task<IActionResult> OnPostRolesAsync()
    {
        var roles = Request.Form.ReadRoles();
        await register.ChangeAsync(Member.Id, roles, null, By, time.GetUtcNow(), HttpContext.RequestAborted);
        return await DoneAsync(SecurityEventKind.RolesChanged, "roles");
    }

    public async Task<IActionResult> OnPostActiveAsync(bool active)
    {
        await register.ChangeAsync(Member.Id, null, active, By, time.GetUtcNow(), HttpContext.RequestAborted);
        return await DoneAsync(
            active ? SecurityEventKind.AccountActivated : SecurityEventKind.AccountDeactivated,
            active ? "activated" : "deactivated"
        );
    }

    public async Task<IActionResult> OnPostPasswordAsync()
    {
        if (Member.IsProgram)
            return Invalid([new FieldError("", "A program has no password: make a token for it.")]);
        var (password, now) = (Passwords.New(), time.GetUtcNow());
        var first = StoredPassword.First(Passwords.Hash(password), now);
        await credentials.SetPasswordAsync(Member.Id, first, By, now, HttpContext.RequestAborted);
        await HttpContext.RecordAsync(SecurityEventKind.FirstPasswordSet, Member.Id);
        await LoadAsync(Member.Id);
        FirstPassword = password;
        return Page();
    }

    public async Task<IActionResult> OnPostSecondFactorAsync()
    {
        await credentials.RemoveSecondFactorAsync(Member.Id, By, time.GetUtcNow(), HttpContext.RequestAborted);
        return await DoneAsync(SecurityEventKind.SecondFactorRemoved, "second-factor");
    }

    public async Task<IActionResult> OnPostSessionsAsync()
    {
        await sessions.EndAllAsync(Member.Id, except: null, HttpContext.RequestAborted);
        return await DoneAsync(SecurityEventKind.SessionsEnded, "sessions");
    }

    public async Task<IActionResult> OnPostIdentityAsync() =>
        await register.UnbindSubjectAsync(Member.Id, By, time.GetUtcNow(), HttpContext.RequestAborted)
            ? await DoneAsync(SecurityEventKind.IdentityUnbound, "identity")
            : Invalid([new FieldError("", "The account is not linked to a city account.")]);

    public async Task<IActionResult> OnPostHandOverAsync(string? to)
    {
        if (Editors.FirstOrDefault(editor => editor.Id == to) is not { } successor)
            return Invalid([new FieldError("to", "Choose a person with the role editor.")]);
        foreach (var request in OpenChanges)
        {
            var outcome = await grains.Policies().HandOver(request.Id, request.Version, By, successor.AttributionAs(Role.Editor));
            if (!outcome.IsDone)
                return Invalid(FieldError.From(outcome.Refusals.Select(refusal => refusal with { Where = "to" })));
        }

        return await DoneAsync(SecurityEventKind.ChangeHandedOver, "handed-over");
    }

    public async Task<IActionResult> OnPostAnonymizeAsync()
    {
        if (!OpenChanges.IsEmpty)
            return Invalid([new FieldError("to", "The account has open change requests: hand them over first.")]);
        return await register.AnonymizeAsync(Member.Id, By, time.GetUtcNow(), HttpContext.RequestAborted)
            ? await DoneAsync(SecurityEventKind.AccountAnonymized, "anonymized")
            : Invalid([new FieldError("", "Only a deactivated account can be anonymised: deactivate it first.")]);
    }

    private async Task<IActionResult> DoneAsync(SecurityEventKind kind, string done)
    {
        await HttpContext.RecordAsync(kind, Member.Id);
        return Redirect($"/staff/accounts/{Member.Id}?done={done}");
    }

    private async Task<bool> LoadAsync(string id)
    {
        var cancellation = HttpContext.RequestAborted;
        if (await register.FindAsync(id, cancellation) is not { } member || await credentials.FindAsync(id, cancellation) is not { } known)
            return false;
        (Member, Credentials) = (member, known);
        City = (await grains.Governance()).City;
        Sessions = await sessions.ListAsync(id, time.GetUtcNow(), cancellation);
        OpenChanges = await changes.ListOpenByAuthorAsync(id, cancellation);
        Editors =
        [
            .. (await register.AllAsync(cancellation)).Where(one =>
                one is { IsActive: true, IsProgram: false } && one.Roles.Contains(Role.Editor) && one.Id != id
            ),
        ];
        Fields = new Dictionary<string, string>
        {
            ["sign-in"] = member.SignIn,
            ["name"] = member.Name,
            ["department"] = member.Department ?? "",
        }.ToImmutableDictionary();
        return true;
    }
}
