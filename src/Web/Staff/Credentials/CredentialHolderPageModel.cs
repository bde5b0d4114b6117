using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Devices;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Credentials;

/// <summary>
/// The page of one device or gateway: its registration, its credentials, and the actions of a device clerk.
/// </summary>
public abstract class CredentialHolderPageModel(
    DeviceRegistration registrar,
    IGatewayRegister gateways,
    ICredentialRegister credentials,
    IClaimRegister claims,
    IGrainFactory grains,
    TimeProvider time
) : FormPageModel
{
    /// <summary>The messages after a redirect, by the value of the query parameter <c>done</c>.</summary>
    private static readonly ImmutableDictionary<string, string> StatusMessages = new Dictionary<string, string>
    {
        ["registered"] = "Registered. It cannot sign in before it has a credential.",
        ["changed"] = "The registration is updated.",
        ["removed"] =
            "Removed from service. Its credentials are revoked and its session is closed. "
            + "The notice names it until another person has confirmed on the spot that it is gone.",
        ["confirmed"] = "Confirmed. The notice of the place no longer counts what was taken from the register.",
        ["certificate"] = "The certificate is registered.",
        ["ended"] = "The credential is revoked. Any session that signed in with it is closed.",
        ["forgotten"] = "The next heartbeat will be accepted, whatever the device’s clock says.",
    }.ToImmutableDictionary();

    private protected DeviceRegistration Registrar => registrar;

    private protected IGatewayRegister GatewayRegister => gateways;

    private protected IGrainFactory Grains => grains;

    private protected TimeProvider Clock => time;

    public City City { get; private set; } = null!;

    /// <summary>The id of the device or gateway.</summary>
    public string Holder { get; private set; } = "";

    /// <summary>All credentials, also those that ended, the newest first.</summary>
    public ImmutableArray<Credential> Credentials { get; private set; } = [];

    /// <summary>When the open claim code expires; null when there is none.</summary>
    public DateTimeOffset? ClaimOpenUntil { get; private set; }

    /// <summary>The new secret or claim code. It is shown only in the response to the form that issued it.</summary>
    public IssuedCredential? Issued { get; private set; }

    /// <summary>The result of the action from which the browser was redirected here; null when there was none.</summary>
    public string? StatusMessage { get; private set; }

    public DateTimeOffset Now { get; private set; }

    public bool MayAct => User.Is(Role.DeviceClerk);

    /// <summary>Whether the device or gateway is removed from service, so that no credential can be issued to it.</summary>
    public abstract bool IsRemoved { get; }

    /// <summary>Whether the user may see credentials: the same roles that may see single mobile devices.</summary>
    public bool MaySeeCredentials => MobileReadPolicy.MayRead(User);

    public IEnumerable<Credential> ValidCredentials => Credentials.Where(credential => StatusOf(credential).IsValid);

    /// <summary>
    /// The state of the credentials when the form was opened. A form that is submitted twice issues only once, because the state differs.
    /// </summary>
    public string Seen
    {
        get
        {
            var newest = Credentials.IsEmpty ? 0 : Credentials[0].Number;
            return string.Create(CultureInfo.InvariantCulture, $"{newest}.{ClaimOpenUntil?.UtcTicks ?? 0}");
        }
    }

    /// <summary>The hint below the field of a reason: who can read it.</summary>
    public virtual string ReasonHint => "The reason is public, in the ledger. Do not include personal names or serial numbers.";

    private protected abstract string Address { get; }

    public string Time(DateTimeOffset at) => CityTime.Format(City, at);

    /// <summary>The status of a credential, and the time at which it ended or will end; null when it has no end.</summary>
    public (string Text, bool IsValid, DateTimeOffset? Until) StatusOf(Credential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        if (credential.EndedAt is { } endedAt)
            return ("revoked", false, endedAt);
        return credential.NotAfter <= Now ? ("expired", false, credential.NotAfter) : ("valid", true, credential.NotAfter);
    }

    public async Task<IActionResult> OnGetAsync(string id, string? done)
    {
        if (!await LoadAsync(id))
            return NotFound();
        StatusMessage = done is null ? null : StatusMessages.GetValueOrDefault(done);
        return Page();
    }

    public async Task<IActionResult> OnPostIssueAsync(string id)
    {
        if (await CheckActionAsync(id, "issue-reason") is { } refused)
            return refused;
        if (Form("seen") != Seen)
            return Invalid([
                new FieldError(
                    "credentials",
                    "A credential was issued since you opened this form. A secret or code is shown only once. "
                        + "Check the list, and issue another if you need one."
                ),
            ]);
        var outcome = await registrar.IssueAsync(
            id,
            Form("credential-kind"),
            Form("pem"),
            User,
            Form("issue-reason"),
            HttpContext.RequestAborted
        );
        if (outcome.Value is not { } issued)
            return Invalid(FieldError.From(outcome.Refusals, ("reason", "issue-reason"), ("kind", "credential-kind")));
        if (issued.Certificate is not null)
            return Redirect($"{Address}?done=certificate");
        await LoadCredentialsAsync();
        Issued = issued; // No cache stores it: staff pages are sent with no-store.
        return Page();
    }

    public async Task<IActionResult> OnPostEndAsync(string id)
    {
        if (await CheckActionAsync(id, "end-reason") is { } refused)
            return refused;
        if (!long.TryParse(Form("credential"), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return Invalid([new FieldError("credential", "Choose the credential to revoke.")]);
        return await registrar.EndAsync(id, number, User, Form("end-reason"), HttpContext.RequestAborted) is { } refusal
            ? Invalid(FieldError.From([refusal], ("reason", "end-reason")))
            : Redirect($"{Address}?done=ended");
    }

    /// <summary>Loads the device or gateway. Returns false when there is none with the id, or the user may not see it.</summary>
    private protected abstract Task<bool> FindAsync(string id);

    /// <summary>
    /// Loads the page and checks whether an action may be done. Returns the response when it may not: the user is not a device clerk,
    /// the device or gateway is not found, or the reason is empty.
    /// </summary>
    /// <param name="reasonField">The field of the reason.</param>
    private protected async Task<IActionResult?> CheckActionAsync(string id, string reasonField)
    {
        if (!MayAct)
            return Forbid();
        if (!await LoadAsync(id))
            return NotFound();
        return Form(reasonField).Length == 0 ? Invalid([FieldError.MissingReason(reasonField)]) : null;
    }

    private protected string Form(string field) => Request.Form.Text(field) ?? "";

    /// <summary>Loads the page. Returns false when there is no such device or gateway, or the user may not see it.</summary>
    private protected async Task<bool> LoadAsync(string id)
    {
        Holder = id;
        Now = time.GetUtcNow();
        City = (await grains.Governance()).City;
        if (!await FindAsync(id))
            return false;
        await LoadCredentialsAsync();
        return true;
    }

    private async Task LoadCredentialsAsync()
    {
        if (!MaySeeCredentials)
            return;
        Credentials = await credentials.CredentialsAsync(Holder, HttpContext.RequestAborted);
        ClaimOpenUntil = await claims.ClaimOpenUntilAsync(Holder, Now, HttpContext.RequestAborted);
    }
}
