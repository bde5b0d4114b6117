using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Registers;
using SurveillanceRegistry.Web.Staff.Changes;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Places;

/// <summary>One place: what is there, what was recorded of it, and the forms that change and retire it.</summary>
public sealed class PlaceModel(
    RegisterClerk clerk,
    IInventoryRegister<Place> places,
    IPlaceRegister register,
    IDeviceRegister devices,
    IGrainFactory grains
) : FormPageModel
{
    private static readonly ImmutableDictionary<string, string> Messages = new Dictionary<string, string>
    {
        ["registered"] = "The place is added, and its notice is signed. Now register its devices and add a screen.",
        ["changed"] = "The place is changed, and its notice is signed again.",
        ["retired"] = "The place is retired. Its public page says so and keeps its history.",
        ["restored"] = "The place is in use again, and its notice is signed again.",
    }.ToImmutableDictionary();

    public City City { get; private set; } = null!;

    /// <summary>The latest version.</summary>
    public RegisterVersion<Place> Latest { get; private set; } = null!;

    public Place Place => Latest.Value;

    /// <summary>Every version, the newest first.</summary>
    public ImmutableArray<AttributedVersion<Place>> Versions { get; private set; } = [];

    /// <summary>The screens that show its notice.</summary>
    public ImmutableArray<Kiosk> Screens { get; private set; } = [];

    /// <summary>The devices that cover it and are not removed.</summary>
    public ImmutableArray<Device> Devices { get; private set; } = [];

    /// <summary>What the change that waits for a confirmation would change in the notice; null when none waits.</summary>
    public ImmutableArray<LanguageEffect>? Effect { get; private set; }

    /// <summary>The result of the act from which the browser was redirected here; null when there was none.</summary>
    public string? StatusMessage { get; private set; }

    public bool MayAct => User.Is(Role.DeviceClerk);

    public string Time(DateTimeOffset at) => CityTime.Format(City, at);

    public async Task<IActionResult> OnGetAsync(string id, string? done)
    {
        StatusMessage = Messages.GetValueOrDefault(done ?? "");
        return await LoadAsync(id) ? Page() : NotFound();
    }

    /// <summary>Shows the effect of a change on the notice. The form of that answer makes the change.</summary>
    public async Task<IActionResult> OnPostChangeAsync(string id)
    {
        if (await CheckAsync(id) is { } refused)
            return refused;
        var after = PlaceFields.Read(Request.Form, Place);
        if (Request.Form.Text("seen") is null)
            return await ShowEffectAsync(after);
        return await ChangeAsync(after, "changed");
    }

    /// <summary>Retires the place, or brings it back.</summary>
    public async Task<IActionResult> OnPostRetireAsync(string id)
    {
        if (await CheckAsync(id) is { } refused)
            return refused;
        return await ChangeAsync(Place with { IsRetired = !Place.IsRetired }, Place.IsRetired ? "restored" : "retired", "retire-reason");
    }

    private async Task<IActionResult> ShowEffectAsync(Place after)
    {
        ImmutableArray<Refusal> refusals =
        [
            .. PlaceRegistration.Check(after),
            .. RegisterTimes.ReadSince(Request.Form.Text("since"), City, out var since) is { } refusal ? (Refusal[])[refusal] : [],
        ];
        if (after == Place && since is null)
            refusals = refusals.Add(
                new Refusal(RefusalCodes.NothingChanged, "Nothing changes: the place is registered like this.", "name")
            );
        if (!refusals.IsEmpty)
            return Invalid(FieldError.From(refusals));
        Fields = Fields.SetItems(Request.Form.ToFields());
        Effect = await grains.Place(Place.Id).PreviewPlace(after) is { } preview ? NoticeEffect.From(preview).Languages : [];
        return Page();
    }

    private async Task<IActionResult> ChangeAsync(Place after, string done, string reasonField = "reason")
    {
        var form = Request.Form;
        var act = new ClerkAct(User, form.Text("reason"), form.Text("since"));
        var outcome = await clerk.ChangeAsync(after, form.Version(), act, HttpContext.RequestAborted);
        return outcome.IsDone
            ? Redirect($"/staff/places/{Place.Id}?done={done}")
            : Invalid(FieldError.From(outcome.Refusals, ("reason", reasonField)));
    }

    /// <summary>Loads the page. Returns the answer when the user may not act, or when there is no such place.</summary>
    private async Task<IActionResult?> CheckAsync(string id)
    {
        if (!MayAct)
            return Forbid();
        return await LoadAsync(id) ? null : NotFound();
    }

    private async Task<bool> LoadAsync(string id)
    {
        var cancellationToken = HttpContext.RequestAborted;
        Versions = [.. (await places.HistoryAsync(id, cancellationToken)).Reverse()];
        if (Versions.IsEmpty)
            return false;
        Latest = Versions[0].Version;
        City = (await grains.Governance()).City;
        Screens = await register.KiosksAtAsync(id, cancellationToken);
        Devices = await devices.ListAsync(new DeviceFilter(Place: id) { WithoutRemoved = true }, null, int.MaxValue, cancellationToken);
        Fields = PlaceFields.ValuesOf(Place);
        return true;
    }
}
