using System.Collections.Immutable;
using System.Text.Json.Serialization;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Grains.Devices;
using SurveillanceRegistry.Web.Api;

namespace SurveillanceRegistry.Web.Devices.Responses;

/// <summary>A device, its last report and the rules that govern it.</summary>
/// <param name="Place">The place that it covers; null for a mobile device.</param>
/// <param name="Fleet">The fleet that it belongs to; null for a fixed device.</param>
/// <param name="DeadlineSeconds">After how many seconds without a heartbeat it is not heard any more.</param>
/// <param name="Capture">The mode of each sensor in its last report.</param>
/// <param name="Beyond">Captures that it named and that are not registered. It may be recording them although `capture` does not say
/// so.</param>
/// <param name="Withdrawn">Captures that the register took from it at a place, and no second person has confirmed to be gone.</param>
/// <param name="Expected">What its rules permit; null until it was computed.</param>
/// <param name="Exceeds">Captures beyond what its rules permit.</param>
/// <param name="RuleVersion">The version of its rules that it reports; null when it reports none.</param>
/// <param name="IsBehind">Whether it reports another version of its rules than the newest.</param>
/// <param name="Evidence">Why it is in this presence state; null when it was never heard.</param>
/// <param name="SessionEnd">How its last session ended; null while it is heard.</param>
/// <param name="ClockFellBack">Whether its clock was set back, so that its heartbeats are late.</param>
/// <param name="SkewSeconds">By how many seconds its clock is ahead of the registry's; null when it sends no time.</param>
/// <param name="LastHeardAt">When it was last heard; null when it never was.</param>
internal record DeviceResponse(
    string Id,
    string Kind,
    string Technology,
    ImmutableArray<Capture> Sensors,
    string? Place,
    string? Fleet,
    string Department,
    Lifecycle Lifecycle,
    string? Gateway,
    PresenceState Presence,
    int DeadlineSeconds,
    CaptureReport Capture,
    CaptureSet Beyond,
    ImmutableArray<WithdrawnResponse> Withdrawn,
    ExpectedState? Expected,
    ImmutableArray<Capture> Exceeds,
    long? RuleVersion,
    bool IsBehind,
    Evidence? Evidence,
    SessionEnd? SessionEnd,
    bool ClockFellBack,
    int? SkewSeconds,
    [property: Instant] string? LastHeardAt,
    ImmutableArray<GoverningTextResponse> GovernedBy
) : FactsResponse
{
    /// <summary>The answer for a fixed device has more than that for a mobile one.</summary>
    public static DeviceResponse From(DeviceDescription described) =>
        described.Device.Fleet is null ? FromFixed(described) : FromAny(described);

    /// <param name="described">A fixed device.</param>
    public static FixedDeviceResponse FromFixed(DeviceDescription described) => new(FromAny(described), described.Device as FixedDevice);

    private static DeviceResponse FromAny(DeviceDescription described)
    {
        var (device, last, _, governedBy) = described;
        return new DeviceResponse(
            device.Id,
            device.Kind,
            device.Technology,
            device.Sensors,
            device.Place,
            device.Fleet,
            device.Department,
            device.Lifecycle,
            device.Gateway,
            last?.Presence ?? PresenceState.Unknown,
            device.DeadlineSeconds,
            last?.Capture ?? default,
            last?.UnregisteredCaptures ?? default,
            [
                .. described.Withdrawn.Select(gone => new WithdrawnResponse(
                    gone.Place,
                    gone.Captures,
                    NoticePayload.FormatInstant(gone.Since!.Value)
                )),
            ],
            described.Expected,
            ExceededBy(described),
            last?.RuleVersion,
            last is not null && described.Expected?.IsBehind(last) == true,
            last?.Evidence,
            last?.SessionEnd,
            last?.ClockFellBack ?? false,
            last?.SkewSeconds,
            last?.LastHeardAt is { } heardAt ? NoticePayload.FormatInstant(heardAt) : null,
            [.. governedBy.Select(GoverningTextResponse.From)]
        )
        {
            FactsOf = device,
        };
    }

    /// <summary>The captures of the last report beyond what its rules permit.</summary>
    public static ImmutableArray<Capture> ExceededBy(DeviceDescription described) =>
        described.Last is { } last && described.Expected is { } expected ? expected.ExceededBy(last) : [];
}

/// <summary>
/// Captures that the register took from a device at a place. It may be making them until a person has confirmed that they are gone.
/// </summary>
/// <param name="Since">When the first of them was taken.</param>
internal sealed record WithdrawnResponse(string Place, CaptureSet Captures, [property: Instant] string Since);

/// <summary>A law or policy that governs a device.</summary>
/// <param name="Instrument">Its id.</param>
/// <param name="Title">The title of the version in force; null when the registry holds none for today.</param>
/// <param name="EffectiveFrom">Since when that version is in force; null when that is not known.</param>
internal sealed record GoverningTextResponse(string Instrument, string Citation, string? Title, LawDate? EffectiveFrom, RuleStatus Status)
{
    public static GoverningTextResponse From(GovernanceRow row) =>
        new(row.Instrument.Id, row.Instrument.Citation, row.Version?.Title, row.Version?.Effective.From, row.Status);
}

/// <summary>What is registered of a device after an act on it.</summary>
/// <param name="Version">The version of its entry, which the next change must name in If-Match.</param>
internal record RegisteredDeviceResponse(
    string Id,
    string Kind,
    string Technology,
    ImmutableArray<Capture> Sensors,
    string? Place,
    string? Fleet,
    string Department,
    Lifecycle Lifecycle,
    string? Gateway,
    int DeadlineSeconds,
    int Version
) : FactsResponse
{
    public static RegisteredDeviceResponse From(Device device, int version)
    {
        var all = new RegisteredDeviceResponse(
            device.Id,
            device.Kind,
            device.Technology,
            device.Sensors,
            device.Place,
            device.Fleet,
            device.Department,
            device.Lifecycle,
            device.Gateway,
            device.DeadlineSeconds,
            version
        )
        {
            FactsOf = device,
        };
        return device.Fleet is null ? new RegisteredFixedDeviceResponse(all, device as FixedDevice) : all;
    }
}

/// <summary>What the register said of a device from a time on.</summary>
/// <param name="Since">When it was registered or changed; the entry held until the next one.</param>
[JsonDerivedType(typeof(FixedDeviceEntryResponse))]
internal record DeviceEntryResponse(
    [property: Instant] string Since,
    ImmutableArray<Capture> Sensors,
    string? Place,
    string? Fleet,
    string Department,
    Lifecycle Lifecycle,
    string? Gateway
) : FactsResponse
{
    public static DeviceEntryResponse From(RegisteredDevice entry)
    {
        var all = new DeviceEntryResponse(
            LedgerEntry.FormatTime(entry.Since),
            entry.Device!.Sensors,
            entry.Device!.Place,
            entry.Device!.Fleet,
            entry.Device!.Department,
            entry.Device!.Lifecycle,
            entry.Device!.Gateway
        )
        {
            FactsOf = entry.Device!,
        };
        return entry.Device!.Fleet is null ? new FixedDeviceEntryResponse(all, entry.Device as FixedDevice) : all;
    }
}
