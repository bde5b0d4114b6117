using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Devices;
using SurveillanceRegistry.Web.Staff.Credentials;

namespace SurveillanceRegistry.Web.Staff.Devices;

/// <summary>
/// One device for those who keep the register. A mobile unit only for those who may read it singly, and that they did is written down.
/// </summary>
public sealed class DeviceModel(
    DeviceRegistration registrar,
    IDeviceRegister devices,
    IEnrolment enrolment,
    IPlaceRegister places,
    IMobileReadAudit readings,
    IGrainFactory grains,
    TimeProvider time
) : CredentialHolderPageModel(registrar, enrolment, grains, time)
{
    private ImmutableArray<Place> _places = [];
    private ImmutableArray<string> _fleets = [];
    private ImmutableArray<Gateway> _gateways = [];

    public Device Device { get; private set; } = null!;

    /// <summary>Its version in the register.</summary>
    public int Version { get; private set; }

    public DeviceObservation? Last { get; private set; }

    public ExpectedState? Expected { get; private set; }

    /// <summary>The most acts that the page shows; programs get all.</summary>
    public const int MaxActs = 50;

    /// <summary>What was done to a mobile unit, the newest first. What was done to a fixed device stands in the ledger.</summary>
    public ImmutableArray<MobileAct> Acts { get; private set; } = [];

    public override string ReadBy =>
        Device.Fleet is null
            ? base.ReadBy
            : "For device clerks and auditors, who can read what was done to this unit. Name no person and no serial number.";

    /// <summary>Why something was done, as whoever did it said.</summary>
    public static string Reason(MobileAct act)
    {
        ArgumentNullException.ThrowIfNull(act);
        return JsonNode.Parse(act.Body)!["reason"]?.GetValue<string>() ?? "";
    }

    public string PlaceName => _places.FirstOrDefault(place => place.Id == Device.Place)?.Name ?? Device.Place ?? "";

    public override bool IsRemoved => Device.Lifecycle == Lifecycle.Removed;

    /// <summary>The form of what is registered.</summary>
    public DeviceFields Registered =>
        new(City, _places, _fleets, _gateways, Device.KindOf.IsMobile, Fields, [.. Faults.Select(fault => fault.Field)]);

    /// <summary>What is known of each sensor, and what its rules let it do.</summary>
    public IEnumerable<(Capture Sensor, string Sentence)> Sensors =>
        new Domain.Places.CoveringDevice(Device, Last).AllSensors.Select(sensor =>
            (
                sensor,
                (Last is { IsHeard: true } last && last.Capture[sensor] is { } mode ? $"reports {Word(mode)}" : "not known now")
                    + (
                        Expected?.Capture[sensor] is { } allowed
                            ? allowed is Mode.Off
                                ? DeviceText.NotInUse(Device.Lifecycle) is { } state
                                    ? $"; as it is {state}, it is not to take in anything"
                                    : "; no rule in force allows it"
                                : $"; its rules allow {Word(allowed)}"
                            : ""
                    )
            )
        );

    private protected override string Address => $"/staff/devices/{Holder}";

    public async Task<IActionResult> OnPostChangeAsync(string id)
    {
        if (await RefusalAsync(id, "change-reason") is { } refusal)
            return refusal;
        var read = DeviceFields.Read(Request.Form, id, Device.Kind);
        if (read.Value is not { } after)
            return Wrong(read.Refusals);
        var outcome = await Registrar.ChangeAsync(
            Device,
            after,
            int.TryParse(Form("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : 0,
            User,
            Form("change-reason"),
            HttpContext.RequestAborted
        );
        return outcome.IsDone
            ? Redirect($"{Address}?done={(after.Lifecycle == Lifecycle.Removed ? "removed" : "changed")}")
            : Wrong(outcome.Refusals, ("reason", "change-reason"));
    }

    public async Task<IActionResult> OnPostForgetAsync(string id)
    {
        if (await RefusalAsync(id, "forget-reason") is { } refusal)
            return refusal;
        var outcome = await Registrar.ForgetEpochAsync(Device, User, Form("forget-reason"), HttpContext.RequestAborted);
        return outcome.IsDone ? Redirect($"{Address}?done=forgotten") : Wrong(outcome.Refusals, ("reason", "forget-reason"));
    }

    private protected override async Task<bool> FindAsync(string id)
    {
        var cancellationToken = HttpContext.RequestAborted;
        if (await devices.FindAsync(id, cancellationToken) is not { } device || device.KindOf.IsMobile && !DevicesApi.MayReadSingly(User))
            return false;
        if (device.KindOf.IsMobile)
        {
            await readings.RecordAsync(User.StaffId(), id, "state", Now, cancellationToken);
            await readings.RecordAsync(User.StaffId(), id, "acts", Now, cancellationToken);
            Acts = await devices.ActsAsync(id, null, MaxActs, cancellationToken);
        }

        Device = device;
        Version = await devices.VersionAsync(id, cancellationToken) ?? 0;
        if (await Grains.Device(id).Describe() is { } described)
            (Last, Expected) = (described.Last, described.Expected);
        _places = await places.PlacesAsync(cancellationToken);
        _fleets = device.KindOf.IsMobile
            ?
            [
                .. (await devices.FleetsAsync(Now, cancellationToken))
                    .Select(fleet => fleet.Id)
                    .Append(device.Fleet!)
                    .Distinct()
                    .Order(StringComparer.Ordinal),
            ]
            : [];
        _gateways =
        [
            .. (await Enrolment.GatewaysAsync(cancellationToken)).Where(gateway => !gateway.Removed || gateway.Id == device.Gateway),
        ];
        Fields = DeviceFields.Of(device);
        return true;
    }

    /// <summary>How a session ended, for people.</summary>
    public static string Sentence(SessionEnd end) =>
        end switch
        {
            SessionEnd.ConnectionLost => "The connection broke without a goodbye.",
            SessionEnd.KeepAlive => "The client was silent for longer than its keep-alive allows.",
            SessionEnd.Farewell => "The client said goodbye.",
            SessionEnd.FarewellWithWill => "The client said goodbye and asked for its will.",
            SessionEnd.ClientError => "The client ended it over an error of its own.",
            SessionEnd.TakenOver => "The same client signed in on another connection, and the unit has not spoken on it.",
            SessionEnd.Refused => "The registry ended it over what the client sent, or did not send or take in time.",
            SessionEnd.NotAuthorized => "Its credential does not hold any more.",
            SessionEnd.Registry => "The registry could not do its part and ended it, for the client to come again.",
            SessionEnd.DeathMessage => "Its death was published, by itself or by its gateway.",
            _ => throw new ArgumentOutOfRangeException(nameof(end)),
        };

    public static string Word<T>(T value)
        where T : struct, Enum => Domain.Json.Word(value).Replace('-', ' ');
}
