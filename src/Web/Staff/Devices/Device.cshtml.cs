using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Fleets;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Devices;
using SurveillanceRegistry.Web.Devices.Facts;
using SurveillanceRegistry.Web.Devices.Withdrawals;
using SurveillanceRegistry.Web.Languages;
using SurveillanceRegistry.Web.Staff.Credentials;
using SurveillanceRegistry.Web.Staff.Forms;

namespace SurveillanceRegistry.Web.Staff.Devices;

/// <summary>
/// One device: its registration, its state and its credentials. A mobile device is shown only to roles that may read it singly, and each
/// reading is recorded.
/// </summary>
public sealed class DeviceModel(
    DeviceRegistration registrar,
    IDeviceRegister devices,
    IGatewayRegister gateways,
    ICredentialRegister credentials,
    IClaimRegister claims,
    IPlaceRegister places,
    IInventoryRegister<Fleet> fleets,
    IMobileReadAudit readAudit,
    IWithdrawalRegister withdrawals,
    INamedListRegister lists,
    AbsenceConfirmation confirmation,
    IGrainFactory grains,
    TimeProvider time
) : CredentialHolderPageModel(registrar, gateways, credentials, claims, grains, time)
{
    /// <summary>The page shows only the newest actions. The API returns all.</summary>
    public const int MaxActs = 50;

    private ImmutableArray<Place> _places = [];
    private ImmutableArray<string> _fleets = [];
    private ImmutableArray<Gateway> _gateways = [];
    private NamedLists _lists = NamedLists.Empty;
    private PageLanguage _language = null!;

    public Device Device { get; private set; } = null!;

    /// <summary>The version of the registration.</summary>
    public int Version { get; private set; }

    /// <summary>The last observation; null when the device was never heard.</summary>
    public DeviceObservation? Last { get; private set; }

    public ExpectedState? Expected { get; private set; }

    /// <summary>The recorded actions on a mobile device, the newest first. The actions on a fixed device are in the ledger.</summary>
    public ImmutableArray<MobileAct> Acts { get; private set; } = [];

    /// <summary>What the register took of the device and no other person has confirmed.</summary>
    public ImmutableArray<DeviceWithdrawals> AwaitingConfirmation { get; private set; } = [];

    /// <summary>Whether the user may confirm that a device is gone, if another person made the change.</summary>
    public bool MayConfirm => AbsenceConfirmation.MayConfirm(User);

    public string UserId => User.StaffId();

    public override string ReasonHint =>
        Device.Fleet is null
            ? base.ReasonHint
            : "Only device clerks and auditors can read the reason. Do not include personal names or serial numbers.";

    public string PlaceName => NameOf(Device.Place ?? "");

    /// <summary>The name of a place; its id when it is not registered.</summary>
    public string NameOf(string place) => _places.FirstOrDefault(known => known.Id == place)?.Name ?? place;

    public override bool IsRemoved => Device.Lifecycle == Lifecycle.Removed;

    /// <summary>The fields of the form that changes the registration.</summary>
    public DeviceFields Registered =>
        new(City, _places, _fleets, _gateways, Device.KindOf.IsMobile, Fields, [.. Errors.Select(error => error.Field)]) { Lists = _lists };

    /// <summary>What is known of it beside what it captures.</summary>
    internal IEnumerable<(string Member, string Name, string Sentence)> Known => new KnownFacts(Device, City, _language).All;

    /// <summary>Each sensor with its reported mode, and the mode that the rules permit.</summary>
    public IEnumerable<(Capture Sensor, string Text)> Sensors =>
        new Domain.Places.CoveringDevice(Device, Last).AllSensors.Select(sensor =>
            (sensor, DeviceStateText.ForSensor(sensor, Device.Lifecycle, Last, Expected))
        );

    private protected override string Address => $"/staff/devices/{Holder}";

    public async Task<IActionResult> OnPostChangeAsync(string id)
    {
        if (await CheckActionAsync(id, "change-reason") is { } refused)
            return refused;
        var read = DeviceFields.Read(Request.Form, id, Device.Kind, Device);
        if (read.Value is not { } after)
            return Invalid(FieldError.From(read.Refusals));
        var outcome = await Registrar.ChangeAsync(
            Device,
            after,
            Request.Form.Version(),
            User,
            Form("change-reason"),
            HttpContext.RequestAborted
        );
        return outcome.IsDone
            ? Redirect($"{Address}?done={(after.Lifecycle == Lifecycle.Removed ? "removed" : "changed")}")
            : Invalid(FieldError.From(outcome.Refusals, ("reason", "change-reason"), ("position", "latitude")));
    }

    public async Task<IActionResult> OnPostForgetAsync(string id)
    {
        if (await CheckActionAsync(id, "forget-reason") is { } refused)
            return refused;
        var outcome = await Registrar.ForgetEpochAsync(Device, User, Form("forget-reason"), HttpContext.RequestAborted);
        return outcome.IsDone
            ? Redirect($"{Address}?done=forgotten")
            : Invalid(FieldError.From(outcome.Refusals, ("reason", "forget-reason")));
    }

    public async Task<IActionResult> OnPostConfirmAsync(string id)
    {
        if (!MayConfirm)
            return Forbid();
        if (!await LoadAsync(id))
            return NotFound();
        var outcome = await confirmation.ConfirmAsync(id, Form("confirm-place"), User, Form("confirm-reason"), HttpContext.RequestAborted);
        return outcome.IsDone
            ? Redirect($"{Address}?done=confirmed")
            : Invalid(FieldError.From(outcome.Refusals, ("reason", "confirm-reason-0"), ("place", "confirm-reason-0")));
    }

    private protected override async Task<bool> FindAsync(string id)
    {
        var cancellationToken = HttpContext.RequestAborted;
        if (await devices.FindAsync(id, cancellationToken) is not { } device)
            return false;
        var isMobile = device.KindOf.IsMobile;
        if (isMobile && !MobileReadPolicy.MayRead(User))
            return false;
        if (isMobile)
        {
            await readAudit.RecordAsync(User.StaffId(), id, "state", Now, cancellationToken);
            await readAudit.RecordAsync(User.StaffId(), id, "acts", Now, cancellationToken);
            Acts = await devices.ActsAsync(id, null, MaxActs, cancellationToken);
        }

        Device = device;
        AwaitingConfirmation =
        [
            .. (await withdrawals.OfDeviceAsync(id, cancellationToken)).Where(withdrawn => withdrawn.AwaitsConfirmation),
        ];
        Version = await devices.VersionAsync(id, cancellationToken) ?? 0;
        if (await Grains.Device(id).Describe() is { } description)
            (Last, Expected) = (description.Last, description.Expected);
        _places = await places.PlacesAsync(cancellationToken);
        _language = PageLanguage.InEnglish(await Grains.Governance());
        _lists = NamedLists.From(await lists.AllAsync(cancellationToken));
        _fleets = isMobile ? await FleetsAsync(device.Fleet!, cancellationToken) : [];
        _gateways =
        [
            .. (await GatewayRegister.GatewaysAsync(cancellationToken)).Where(gateway => !gateway.Removed || gateway.Id == device.Gateway),
        ];
        Fields = DeviceFields.ValuesOf(device);
        return true;
    }

    private async Task<ImmutableArray<string>> FleetsAsync(string current, CancellationToken cancellationToken)
    {
        var inUse = (await fleets.ListAsync(null, cancellationToken)).Where(fleet => !fleet.Value.IsRetired);
        return [.. inUse.Select(fleet => fleet.Value.Id).Append(current).Distinct().Order(StringComparer.Ordinal)];
    }
}
