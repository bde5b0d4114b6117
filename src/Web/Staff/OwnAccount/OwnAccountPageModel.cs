using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Access.SecondFactors;
using SurveillanceRegistry.Web.Staff.Account;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.OwnAccount;

/// <summary>A page on which a person changes their own account. Every change needs the current password again.</summary>
public abstract class OwnAccountPageModel(IStaffRegister register, IStaffCredentialRegister credentials) : FormPageModel
{
    public StaffMember Member { get; private set; } = null!;

    /// <summary>What the person signs in with here.</summary>
    public StaffCredentials Credentials { get; private set; } = null!;

    /// <summary>Whether the person has a password here. Other people sign in by the city's identity provider.</summary>
    public bool HasPassword => Credentials.Password is not null;

    /// <summary>
    /// Whether a change needs a code beside the password (ASVS 5.0, 7.5.1). A person who has to replace a first password gave one a moment
    /// ago.
    /// </summary>
    public bool NeedsCode => Credentials is { HasSecondFactor: true, Password.Kind: not PasswordKind.First };

    private protected IStaffRegister Register => register;

    private protected IStaffCredentialRegister CredentialRegister => credentials;

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        var member = await register.FindAsync(User.StaffId(), HttpContext.RequestAborted);
        var known = await credentials.FindAsync(User.StaffId(), HttpContext.RequestAborted);
        if (member is null || known is null)
        {
            context.Result = Forbid();
            return;
        }

        (Member, Credentials) = (member, known);
        await next();
    }

    /// <summary>Checks the current password of the form. Returns what is wrong; null when it is right, or the person has none.</summary>
    private protected async Task<FieldError?> CheckPasswordAsync(string field)
    {
        if (Credentials.Password is not { } password)
            return null;
        var throttle = Internal<AccountThrottle>();
        if (!throttle.TryBegin(Member.Id))
            return new FieldError(field, "Too many wrong passwords. Try again in 15 minutes.");
        var submitted = Request.Form[field].ToString();
        var check = Passwords.CanBe(submitted)
            ? await Internal<PasswordQueue>()
                .CheckAsync(
                    () => Task.FromResult((string?)password.Hash),
                    submitted,
                    HttpContext.Connection.RemoteIpAddress,
                    isKnownBrowser: true,
                    HttpContext.RequestAborted
                )
            : PasswordCheck.Wrong;
        if (check != PasswordCheck.Wrong)
            throttle.Withdraw(Member.Id);
        return check switch
        {
            PasswordCheck.Right => null,
            PasswordCheck.Busy => new FieldError(field, "Too many people sign in just now. Try again in a few seconds."),
            PasswordCheck.Wrong => new FieldError(field, "The current password is wrong."),
            _ => throw new InvalidOperationException($"A check of a password ended as {check}."),
        };
    }

    /// <summary>
    /// Checks the code of the form, and uses it up. Call it last: the person has no other code for half a minute. Returns what is wrong;
    /// null when it is right, or none is needed.
    /// </summary>
    private protected async Task<FieldError?> CheckCodeAsync(string field)
    {
        if (!NeedsCode)
            return null;
        var check = await Internal<SecondFactor>().CheckAsync(Member.Id, Request.Form[field].ToString(), HttpContext.RequestAborted);
        if (check == SecondFactorCheck.RightRecoveryCode)
            await HttpContext.RecordAsync(SecurityEventKind.RecoveryCodeUsed);
        return SignInCodeModel.RefusalOf(check) is { } refusal ? new FieldError(field, refusal) : null;
    }

    /// <summary>Starts a new session with the rights that the account has after a change. The change has ended all sessions.</summary>
    private protected async Task SignInAgainAsync(SignInMethod method)
    {
        var member = (await register.FindAsync(Member.Id, HttpContext.RequestAborted))!;
        var known = (await credentials.FindAsync(Member.Id, HttpContext.RequestAborted))!;
        await StaffSessionCookie.SignInAsync(HttpContext, member, method, known.NextStep);
    }

    /// <summary>A service that is no constructor parameter, because its type is internal and the constructor is public.</summary>
    private protected T Internal<T>()
        where T : notnull => HttpContext.RequestServices.GetRequiredService<T>();
}
