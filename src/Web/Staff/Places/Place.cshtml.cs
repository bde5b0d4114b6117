using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Registers;
using SurveillanceRegistry.Web.Staff.Changes;
using SurveillanceRegistry.Web.Staff.Devices;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Places;

/// <summary>One place: what is there, what was recorded of it, and the forms that change and retire it.</summary>
public sealed class PlaceModel(
    RegisterClerk clerk,
    IInventoryRegister<Place> places,
    IPlaceRegister register,
    IInventoryRegister<Fleet> fleets,
    IDeviceRegister devices,
    IAreaCheck areas,
    IGrainFactory grains
) : RegisterPageModel<Place>(places, grains)
{
    private static readonly ImmutableDictionary<string, string> AfterActs = new Dictionary<string, string>
    {
        ["registered"] = "The place is added, and its notice is signed. Now register its devices and add a screen.",
        ["changed"] = "The place is changed, and its notice is signed again.",
        ["retired"] = "The place is retired. Its public page says so and keeps its history.",
        ["restored"] = "The place is in use again, and its notice is signed again.",
    }.ToImmutableDictionary();

    public Place Place => Latest.Value;

    /// <summary>The screens that show its notice.</summary>
    public ImmutableArray<Kiosk> Screens { get; private set; } = [];

    /// <summary>The fleets whose people work from it.</summary>
    public ImmutableArray<Fleet> Fleets { get; private set; } = [];

    /// <summary>A page of the devices that cover it and are not removed.</summary>
    public ImmutableArray<Device> Devices { get; private set; } = [];

    /// <summary>The last id of this page when more devices follow; otherwise null.</summary>
    public string? Next { get; private set; }

    /// <summary>Only devices after this id.</summary>
    [BindProperty(Name = "after", SupportsGet = true)]
    public string? After { get; set; }

    /// <summary>What the change that waits for a confirmation would change in the notice; null when none waits.</summary>
    public ImmutableArray<LanguageEffect>? Effect { get; private set; }

    private protected override ImmutableDictionary<string, string> Messages => AfterActs;

    private protected override string PageAddress => $"/staff/places/{Place.Id}";

    /// <summary>Shows the effect of a change on the notice. The form of that answer makes the change.</summary>
    public async Task<IActionResult> OnPostChangeAsync(string id)
    {
        if (await CheckAsync(id) is { } refused)
            return refused;
        var after = PlaceFields.Read(Request.Form, Place, out var unread);
        if (unread is not null)
            return Invalid(FieldError.From([unread]));
        if (Request.Form.Text("seen") is null)
            return await ShowEffectAsync(after);
        return await ChangeAsync(after, "changed");
    }

    /// <summary>Retires the place, or brings it back.</summary>
    public async Task<IActionResult> OnPostRetireAsync(string id)
    {
        if (await CheckAsync(id) is { } refused)
            return refused;
        var after = Place with { IsRetired = !Place.IsRetired };
        var answer = await ChangeAsync(after, Place.IsRetired ? "restored" : "retired", RetireReason);
        Errors = [.. Errors.Select(error => error.Field == "retired" ? error with { Links = LinksToUses() } : error)];
        return answer;
    }

    /// <summary>Where what names the place can be moved away.</summary>
    private ImmutableArray<FieldLink> LinksToUses() =>
        [
            .. Devices.IsEmpty ? [] : (FieldLink[])[new($"/staff/devices?place={Place.Id}", "The devices of this place")],
            .. Screens.Select(screen => new FieldLink($"/staff/screens/{screen.Id}", $"The screen {screen.Id}")),
            .. Fleets.Select(fleet => new FieldLink($"/staff/fleets/{fleet.Id}", $"The fleet {fleet.DisplayName}")),
        ];

    private async Task<IActionResult> ShowEffectAsync(Place after)
    {
        ImmutableArray<Refusal> refusals =
        [
            .. PlaceRegistration.Check(after, areas),
            .. RegisterTimes.ReadSince(Request.Form.Text("since"), City, out var since) is { } refusal ? (Refusal[])[refusal] : [],
        ];
        if (after == Place && since is null)
            refusals = refusals.Add(
                new Refusal(RefusalCodes.NothingChanged, "Nothing changes: the place is registered like this.", "name")
            );
        if (!refusals.IsEmpty)
            return Invalid(FieldError.From(refusals));
        Fields = Fields.SetItems(Request.Form.ToFields());
        Effect = await Grains.Place(Place.Id).PreviewPlace(after) is { } preview ? NoticeEffect.From(preview).Languages : [];
        return Page();
    }

    private Task<IActionResult> ChangeAsync(Place after, string done, string reasonField = "reason") =>
        ActAsync((version, act, cancellationToken) => clerk.ChangeAsync(after, version, act, cancellationToken), done, reasonField);

    private protected override async Task LoadMoreAsync(string id, CancellationToken cancellationToken)
    {
        Screens = await register.KiosksAtAsync(id, cancellationToken);
        Fleets =
        [
            .. (await fleets.ListAsync(null, cancellationToken))
                .Select(version => version.Value)
                .Where(fleet => !fleet.IsRetired && fleet.Places.Contains(id)),
        ];
        // One more than is shown tells whether another page follows.
        var found = await devices.ListAsync(
            new DeviceFilter(Place: id) { WithoutRemoved = true },
            string.IsNullOrEmpty(After) ? null : After,
            DevicesModel.DevicesPerPage + 1,
            cancellationToken
        );
        Next = found.Length > DevicesModel.DevicesPerPage ? found[DevicesModel.DevicesPerPage - 1].Id : null;
        Devices = [.. found.Take(DevicesModel.DevicesPerPage)];
        Fields = PlaceFields.ValuesOf(Place);
    }
}
