using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Outbox;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Sending;

/// <summary>The webhooks, what was sent to them, and the form with which an administrator adds one.</summary>
[Authorize(Policy = StaffPolicies.Administrator)]
public sealed class WebhooksModel(
    IWebhookRegister register,
    IOutbox outbox,
    IWebhookAddresses addresses,
    IMailSender mail,
    IDataProtectionProvider protection,
    IGrainFactory grains,
    TimeProvider time
) : FormPageModel
{
    private const string IdLetters = "abcdefghijklmnopqrstuvwxyz234567";
    private const int IdLength = 12,
        SecretBytes = 32,
        MaxListed = 100;

    public City City { get; private set; } = null!;

    public ImmutableArray<Webhook> Webhooks { get; private set; } = [];

    public ImmutableArray<ListedDelivery> Deliveries { get; private set; } = [];

    /// <summary>The new secret. It is shown only in the response to the form that made it.</summary>
    public string? Secret { get; private set; }

    public string? StatusMessage { get; private set; }

    public bool IsMailSetUp => mail.IsSetUp;

    /// <summary>All occasions; each is chosen unless the submitted form says otherwise.</summary>
    public IEnumerable<(OccasionKind Kind, bool IsChosen)> Kinds =>
        Occasion.Choices.Select(kind => (kind, Errors.IsEmpty || IsSelected("kinds", Json.Word(kind))));

    public async Task OnGetAsync(string? done = null)
    {
        City = (await grains.Governance()).City;
        Webhooks = await register.AllAsync(HttpContext.RequestAborted);
        Deliveries = await outbox.ListAsync(MaxListed, HttpContext.RequestAborted);
        StatusMessage = done switch
        {
            "test" => "A test is on its way. Reload this page to see how it ended.",
            "ended" => "The webhook gets nothing any more.",
            _ => null,
        };
    }

    public async Task<IActionResult> OnPostAsync()
    {
        await OnGetAsync();
        var url = Request.Form["url"].ToString().Trim();
        var submitted = Request.Form["kinds"].ToArray();
        ImmutableArray<OccasionKind> kinds = [.. Occasion.Choices.Where(kind => submitted.Contains(Json.Word(kind)))];
        if (addresses.RefusalOf(url) is { } refusal)
            return Invalid([new FieldError("url", refusal)]);
        if (kinds.IsEmpty)
            return Invalid([new FieldError("kinds", "Choose at least one occasion.")]);
        var secret = "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));
        var webhook = new Webhook("wh-" + RandomNumberGenerator.GetString(IdLetters, IdLength), url, kinds, time.GetUtcNow(), null, null);
        var encrypted = protection.CreateProtector(IWebhookRegister.SecretPurpose).Protect(secret);
        if (!await register.AddAsync(webhook, encrypted, HttpContext.RequestAborted))
            return Invalid([
                new FieldError("url", $"There are {IWebhookRegister.MaxWebhooks} webhooks already. End one that is not needed any more."),
            ]);
        await HttpContext.RecordAsync(SecurityEventKind.WebhookAdded, webhook.Id);
        await OnGetAsync();
        Secret = secret;
        return Page();
    }

    public async Task<IActionResult> OnPostTestAsync(string webhook) =>
        await outbox.AddTestAsync(webhook, time.GetUtcNow(), HttpContext.RequestAborted)
            ? Redirect("/staff/webhooks?done=test")
            : NotFound();

    public async Task<IActionResult> OnPostEndAsync(string webhook)
    {
        if (await register.EndAsync(webhook, "ended", time.GetUtcNow(), HttpContext.RequestAborted))
            await HttpContext.RecordAsync(SecurityEventKind.WebhookEnded, webhook);
        return Redirect("/staff/webhooks?done=ended");
    }
}
