using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Devices;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Staff.Credentials;

/// <summary>
/// A page about one device or gateway: what is registered of it, its credentials, and what a device clerk may do with them.
/// </summary>
public abstract class CredentialHolderPageModel(DeviceRegistration registrar, IEnrolment enrolment, IGrainFactory grains, TimeProvider time)
    : PageModel
{
    /// <summary>What just happened, as the page that did it says to the page that shows it.</summary>
    private static readonly ImmutableDictionary<string, string> Sentences = new Dictionary<string, string>
    {
        ["registered"] = "It is registered. It cannot sign in before it has a credential.",
        ["changed"] = "The change is registered.",
        ["removed"] = "It is removed: its credentials have ended, and its session is cut.",
        ["certificate"] = "The certificate is registered.",
        ["ended"] = "The credential has ended, and the session that signed in with it is cut.",
        ["forgotten"] = "Its next word counts, whatever its clock says.",
    }.ToImmutableDictionary();

    private protected DeviceRegistration Registrar => registrar;

    private protected IEnrolment Enrolment => enrolment;

    private protected IGrainFactory Grains => grains;

    private protected TimeProvider Clock => time;

    public City City { get; private set; } = null!;

    /// <summary>The device or gateway.</summary>
    public string Holder { get; private set; } = "";

    /// <summary>Every credential that it ever had, the newest first.</summary>
    public ImmutableArray<Credential> Credentials { get; private set; } = [];

    /// <summary>Until when a claim code is open; null when none is.</summary>
    public DateTimeOffset? ClaimOpenUntil { get; private set; }

    /// <summary>What is shown once, on the answer to the form that made it.</summary>
    public IssuedCredential? Issued { get; private set; }

    /// <summary>What just happened, in a sentence.</summary>
    public string? Done { get; private set; }

    public ImmutableArray<(string Field, string Sentence)> Faults { get; private protected set; } = [];

    /// <summary>What the forms show for each field: what was sent, or what stands.</summary>
    public ImmutableDictionary<string, string> Fields { get; private protected set; } = ImmutableDictionary<string, string>.Empty;

    public DateTimeOffset Now { get; private set; }

    public bool MayAct => User.Is(Role.DeviceClerk);

    /// <summary>Whether it is out of service, so that it gets no credentials.</summary>
    public abstract bool IsRemoved { get; }

    /// <summary>Whether credentials are shown: to those who keep them, and to those who look after them.</summary>
    public bool MaySeeCredentials => DevicesApi.MayReadSingly(User);

    public IEnumerable<Credential> Live => Credentials.Where(credential => credential.EndedAt is null && !(credential.NotAfter <= Now));

    /// <summary>What of the credentials was seen: a form that is sent again after something was issued makes nothing.</summary>
    public string Seen =>
        string.Create(CultureInfo.InvariantCulture, $"{(Credentials.IsEmpty ? 0 : Credentials[0].Number)}.{ClaimOpenUntil?.UtcTicks ?? 0}");

    /// <summary>Who will read the reasons of acts, for whoever writes one.</summary>
    public virtual string ReadBy => "For the ledger, which everybody reads. Name no person and no serial number.";

    /// <summary>The address of this page.</summary>
    private protected abstract string Address { get; }

    public bool Has(string field, string word) => Fields.TryGetValue(field, out var value) && value.Split(',').Contains(word);

    public string Value(string field) => Fields.GetValueOrDefault(field, "");

    public string Time(DateTimeOffset at) => CityTime.Format(City, at);

    public async Task<IActionResult> OnGetAsync(string id, string? done)
    {
        if (!await OpenAsync(id))
            return NotFound();
        Done = done is null ? null : Sentences.GetValueOrDefault(done);
        return Page();
    }

    public async Task<IActionResult> OnPostIssueAsync(string id)
    {
        if (await RefusalAsync(id, "issue-reason") is { } refusal)
            return refusal;
        if (Form("seen") != Seen)
            return Wrong([
                new Refusal(
                    "stale",
                    "Something was issued since you opened this form. What was shown then is not shown again: look at the list, and issue anew if you must.",
                    "credentials"
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
            return Wrong(outcome.Refusals, ("reason", "issue-reason"), ("kind", "credential-kind"));
        if (issued.Certificate is not null)
            return Redirect($"{Address}?done=certificate");
        await LoadCredentialsAsync();
        Issued = issued; // Shown on this answer alone, which nobody may keep: staff pages are no-store.
        return Page();
    }

    public async Task<IActionResult> OnPostEndAsync(string id)
    {
        if (await RefusalAsync(id, "end-reason") is { } refusal)
            return refusal;
        if (!long.TryParse(Form("credential"), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return Wrong([new Refusal("invalid", "Choose the credential that ends.", "credential")]);
        return await registrar.EndAsync(id, number, User, Form("end-reason"), HttpContext.RequestAborted) is { } wrong
            ? Wrong([wrong], ("reason", "end-reason"))
            : Redirect($"{Address}?done=ended");
    }

    /// <summary>Loads what the page shows; false when there is nobody with this id whom whoever asks may see.</summary>
    private protected abstract Task<bool> FindAsync(string id);

    private protected async Task<bool> OpenAsync(string id)
    {
        (Holder, Now, City) = (id, time.GetUtcNow(), (await grains.Governance()).City);
        if (!await FindAsync(id))
            return false;
        await LoadCredentialsAsync();
        return true;
    }

    /// <summary>
    /// Why an act is not carried out: whoever asks is no clerk, there is nobody of the kind, or no reason was given. Null when it may be.
    /// </summary>
    /// <param name="reason">The field of the reason.</param>
    private protected async Task<IActionResult?> RefusalAsync(string id, string reason)
    {
        if (!MayAct)
            return Forbid();
        if (!await OpenAsync(id))
            return NotFound();
        return string.IsNullOrWhiteSpace(Form(reason))
            ? Wrong([new Refusal("invalid", "Say why: every act is kept with its reason.", reason)])
            : null;
    }

    /// <summary>The page again, with what is wrong and with what was sent.</summary>
    /// <param name="fields">How a field of the register is called in the form that was sent.</param>
    private protected PageResult Wrong(IEnumerable<Refusal> refusals, params (string Where, string Field)[] fields)
    {
        Faults =
        [
            .. refusals.Select(refusal =>
                (fields.FirstOrDefault(field => field.Where == refusal.Where).Field ?? refusal.Where ?? "", refusal.Sentence)
            ),
        ];
        foreach (var (key, value) in Request.Form)
            Fields = Fields.SetItem(key, value.ToString());
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    private protected string Form(string field) => Request.Form[field].ToString().Trim();

    private async Task LoadCredentialsAsync()
    {
        if (!MaySeeCredentials)
            return;
        Credentials = await enrolment.CredentialsAsync(Holder, HttpContext.RequestAborted);
        ClaimOpenUntil = await enrolment.ClaimOpenUntilAsync(Holder, Now, HttpContext.RequestAborted);
    }
}
