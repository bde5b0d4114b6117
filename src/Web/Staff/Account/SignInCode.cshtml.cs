using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Access.SecondFactors;

namespace SurveillanceRegistry.Web.Staff.Account;

/// <summary>The second step of signing in: a code of an authenticator app, or a recovery code.</summary>
public sealed class SignInCodeModel(IStaffRegister register, IStaffCredentialRegister credentials, IServiceProvider services) : PageModel
{
    /// <summary>Why the code was refused; null when it was not.</summary>
    public string? Error { get; private set; }

    public async Task<IActionResult> OnGetAsync() => await FindStepAsync() is null ? Redirect("/staff/sign-in") : Page();

    public async Task<IActionResult> OnPostAsync(string? code)
    {
        if (await FindStepAsync() is not { } step)
            return Redirect("/staff/sign-in");
        var check = await services.GetRequiredService<SecondFactor>().CheckAsync(step.Member.Id, code ?? "", HttpContext.RequestAborted);
        if (RefusalOf(check) is { } error)
        {
            var kind = check == SecondFactorCheck.Paused ? SecurityEventKind.SignInPaused : SecurityEventKind.SecondFactorRefused;
            await SecurityEvents.RecordAsync(HttpContext, kind, actor: null, step.Member.Id, token: null, detail: null);
            Response.StatusCode =
                check == SecondFactorCheck.Paused ? StatusCodes.Status429TooManyRequests : StatusCodes.Status400BadRequest;
            Error = error;
            return Page();
        }

        var known = await credentials.FindAsync(step.Member.Id, HttpContext.RequestAborted);
        var method = check == SecondFactorCheck.RightRecoveryCode ? SignInMethod.PasswordAndRecoveryCode : SignInMethod.PasswordAndCode;
        if (check == SecondFactorCheck.RightRecoveryCode)
            await SecurityEvents.RecordAsync(
                HttpContext,
                SecurityEventKind.RecoveryCodeUsed,
                step.Member.Id,
                subject: null,
                token: null,
                detail: null
            );
        await HttpContext.SignOutAsync(StaffAuthentication.SecondStep);
        await StaffSessionCookie.SignInAsync(HttpContext, step.Member, method, known?.NextStep ?? AccountStep.ChangePassword);
        return LocalRedirect(step.Destination);
    }

    /// <summary>The member whose password was right; null when there is none, or passwords are switched off meanwhile.</summary>
    private async Task<(StaffMember Member, string Destination)?> FindStepAsync() =>
        services.GetService<IdentityProviderSettings>() is { IsOnlyWay: true }
            ? null
            : await StaffSessionCookie.FindSecondStepAsync(HttpContext, register);

    /// <summary>What is wrong with a code; null when it is right.</summary>
    internal static string? RefusalOf(SecondFactorCheck check) =>
        check switch
        {
            SecondFactorCheck.RightCode or SecondFactorCheck.RightRecoveryCode => null,
            SecondFactorCheck.Wrong => "The code is wrong, or it was used before. Wait for the next code and try again.",
            SecondFactorCheck.Paused => "Too many wrong codes for this account. Try again in 15 minutes.",
            SecondFactorCheck.Unusable =>
                "The second factor of this account cannot be checked. Ask an administrator to remove it, and add it again.",
            _ => throw new ArgumentOutOfRangeException(nameof(check), check, null),
        };
}
