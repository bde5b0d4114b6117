using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Web.Staff.OwnAccount;

/// <summary>What the registry stores about the signed-in person, how they sign in, and their sessions.</summary>
public sealed class AccountModel(
    IStaffRegister register,
    IStaffCredentialRegister credentials,
    IStaffSessions sessions,
    IGrainFactory grains,
    TimeProvider time
) : OwnAccountPageModel(register, credentials)
{
    public City City { get; private set; } = null!;

    /// <summary>The sessions of the person that have not ended, last used first.</summary>
    public ImmutableArray<StaffSession> Sessions { get; private set; } = [];

    /// <summary>The id of the session of this browser.</summary>
    public string? CurrentSession { get; private set; }

    /// <summary>The result of the action from which the browser was redirected here; null when there was none.</summary>
    public string? StatusMessage { get; private set; }

    public async Task OnGetAsync(string? done)
    {
        City = (await grains.Governance()).City;
        Sessions = await sessions.ListAsync(Member.Id, time.GetUtcNow(), HttpContext.RequestAborted);
        CurrentSession = await StaffSessionCookie.FindIdAsync(HttpContext);
        StatusMessage = done switch
        {
            "password" => "Your password is changed. All your other sessions have ended.",
            "ended" => "The session has ended.",
            "ended-all" => "All your other sessions have ended.",
            _ => null,
        };
    }

    /// <summary>Ends one session of the person.</summary>
    public async Task<IActionResult> OnPostEndAsync(string session)
    {
        if (await CheckPasswordAsync("end-password") is { } error)
            return await RefusedAsync(error);
        await sessions.EndAsync(Member.Id, session, HttpContext.RequestAborted);
        await HttpContext.RecordAsync(SecurityEventKind.SessionsEnded, Member.Id, detail: "one");
        return Redirect("/staff/account?done=ended");
    }

    /// <summary>Ends every session of the person but this one.</summary>
    public async Task<IActionResult> OnPostEndOthersAsync()
    {
        if (await CheckPasswordAsync("end-password") is { } error)
            return await RefusedAsync(error);
        await sessions.EndAllAsync(Member.Id, await StaffSessionCookie.FindIdAsync(HttpContext), HttpContext.RequestAborted);
        await HttpContext.RecordAsync(SecurityEventKind.SessionsEnded, Member.Id, detail: "all-others");
        return Redirect("/staff/account?done=ended-all");
    }

    private async Task<IActionResult> RefusedAsync(Forms.FieldError error)
    {
        await OnGetAsync(null);
        return Invalid([error]);
    }
}
