using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Outbox;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Staff.Forms;
using SurveillanceRegistry.Web.Staff.Sending;

namespace SurveillanceRegistry.Web.Staff.OwnAccount;

/// <summary>
/// The mail address of the signed-in person, and about what they want mail. Without an address there is none: the sign-in name may look
/// like an address and need not be one.
/// </summary>
public sealed class MailModel(
    IStaffRegister register,
    IStaffCredentialRegister credentials,
    IMailChoices choices,
    IMailSender sender,
    TimeProvider time
) : OwnAccountPageModel(register, credentials)
{
    private const string Digits = "0123456789";
    private const int CodeLength = 8;

    /// <summary>The address as it is stored; null when there is none.</summary>
    public MailChoice? Choice { get; private set; }

    public bool IsSetUp => sender.IsSetUp;

    public string? StatusMessage { get; private set; }

    /// <summary>The occasions of the person's roles. All are chosen before the person has an address: who enters one wants mail.</summary>
    public IEnumerable<(OccasionKind Kind, bool IsChosen)> Kinds =>
        Available.Select(kind => (kind, Errors.IsEmpty ? Choice?.Kinds.Contains(kind) ?? true : IsSelected("kinds", Json.Word(kind))));

    private IEnumerable<OccasionKind> Available =>
        Occasion.Choices.Where(kind => Occasion.RolesOf(kind).Any(role => Member.Roles.Contains(role)));

    public async Task OnGetAsync(string? done)
    {
        await LoadAsync();
        StatusMessage = done switch
        {
            "code" => "A mail with a code is on its way. Enter the code below.",
            "confirmed" => "Your address is confirmed.",
            "chosen" => "Your choice is stored.",
            "erased" => "Your address is erased. You get no mail.",
            _ => null,
        };
    }

    /// <summary>Stores the choice, and sends a code to an address that is new.</summary>
    public async Task<IActionResult> OnPostAsync()
    {
        await LoadAsync();
        var address = Request.Form["address"].ToString().Trim();
        var submitted = Request.Form["kinds"].ToArray();
        ImmutableArray<OccasionKind> kinds = [.. Available.Where(kind => submitted.Contains(Json.Word(kind)))];
        if (MailAddress.Check(address) is { } wrong)
            return Invalid([new FieldError("address", wrong)]);
        if (kinds.IsEmpty)
            return Invalid([new FieldError("kinds", "Choose at least one occasion, or erase your address.")]);
        if (await CheckPasswordAsync("current") is { } wrongPassword)
            return Invalid([wrongPassword]);
        if (Choice is { IsConfirmed: true } known && known.Address == address)
        {
            await choices.SetKindsAsync(Member.Id, kinds, HttpContext.RequestAborted);
            return Redirect("/staff/account/mail?done=chosen");
        }

        if (!Internal<MailCheckThrottle>().TryBegin(Member.Id, address))
            return Invalid([new FieldError("address", "Five codes were sent within a day. Try again tomorrow.")]);
        var code = RandomNumberGenerator.GetString(Digits, CodeLength);
        var result = await sender.SendAsync(CodeMail(address, code), HttpContext.RequestAborted);
        if (result.End != DeliveryEnd.Delivered)
            return Invalid([new FieldError("address", $"The code could not be sent. {OccasionText.Explain(result.Word)}")]);
        await choices.SetAddressAsync(Member.Id, address, kinds, Hash(code), time.GetUtcNow(), HttpContext.RequestAborted);
        await HttpContext.RecordAsync(SecurityEventKind.MailAddressSet, Member.Id);
        return Redirect("/staff/account/mail?done=code");
    }

    public async Task<IActionResult> OnPostConfirmAsync()
    {
        await LoadAsync();
        var code = Request.Form["code"].ToString().Trim();
        if (await choices.ConfirmAsync(Member.Id, Hash(code), time.GetUtcNow(), HttpContext.RequestAborted))
            return Redirect("/staff/account/mail?done=confirmed");
        return Invalid([
            new FieldError("code", "This code is wrong, or more than a day old. After five wrong codes enter the address again."),
        ]);
    }

    public async Task<IActionResult> OnPostEraseAsync()
    {
        await choices.EraseAsync(Member.Id, HttpContext.RequestAborted);
        await HttpContext.RecordAsync(SecurityEventKind.MailAddressErased, Member.Id);
        return Redirect("/staff/account/mail?done=erased");
    }

    private async Task LoadAsync()
    {
        Choice = await choices.FindAsync(Member.Id, HttpContext.RequestAborted);
        Fields = Fields.SetItem("address", Choice?.Address ?? "");
    }

    private static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code));

    private static MailText CodeMail(string address, string code) =>
        new(
            $"code_{RandomNumberGenerator.GetHexString(24, lowercase: true)}",
            address,
            "The code for your mail address",
            $"""
            The code is {code}. Enter it on your account page. It is valid for a day.

            If you did not ask for it, do nothing: no further mail comes.

            """,
            StopToken: null
        );
}
