using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Web.Api;

namespace SurveillanceRegistry.Web.Devices.Responses;

/// <summary>
/// A device as it was at an instant, or over a day in the city. `place` and the values beside it are those of the last entry.
/// </summary>
/// <param name="AsOf">The instant or the day, as it was asked for.</param>
/// <param name="KnownAt">The instant: nothing that was registered later is in the answer.</param>
/// <param name="Registered">What the register said of it then: one entry for an instant, and all that held for a day.</param>
/// <param name="States">What it was doing then.</param>
internal record PastDeviceResponse(
    string Id,
    string Kind,
    string Technology,
    ImmutableArray<Capture> Sensors,
    string? Place,
    string? Fleet,
    string Department,
    Lifecycle Lifecycle,
    string AsOf,
    [property: Instant] string KnownAt,
    ImmutableArray<DeviceEntryResponse> Registered,
    ImmutableArray<StateResponse> States
) : FactsResponse
{
    /// <param name="registered">At least one entry; each says what was registered.</param>
    public static PastDeviceResponse Create(
        string asOf,
        DateTimeOffset knownAt,
        ImmutableArray<RegisteredDevice> registered,
        StateHistory past
    )
    {
        var device = registered[^1].Device!;
        var all = new PastDeviceResponse(
            device.Id,
            device.Kind,
            device.Technology,
            device.Sensors,
            device.Place,
            device.Fleet,
            device.Department,
            device.Lifecycle,
            asOf,
            LedgerEntry.FormatTime(knownAt),
            [.. registered.Select(DeviceEntryResponse.From)],
            [.. past.Intervals.Select(StateResponse.Create)]
        )
        {
            FactsOf = device,
        };
        return device.Fleet is null ? new FixedPastDeviceResponse(all, device as FixedDevice) : all;
    }
}

/// <summary>What a device was doing from one time to another.</summary>
/// <param name="To">Null while it lasts.</param>
/// <param name="Evidence">Why it was in this state; `registry` where the registry itself could not observe.</param>
/// <param name="SessionEnd">How its session had ended; null while it was heard.</param>
/// <param name="Capture">The mode of each sensor while it was heard; empty otherwise, because it may have been doing anything.</param>
/// <param name="LastReported">Its last report.</param>
internal sealed record StateResponse(
    [property: Instant] string From,
    [property: Instant] string? To,
    PresenceState Presence,
    Evidence Evidence,
    SessionEnd? SessionEnd,
    CaptureReport Capture,
    CaptureReport LastReported,
    Health Health
)
{
    public static StateResponse Create(StateInterval interval) =>
        new(
            LedgerEntry.FormatTime(interval.From),
            interval.To is { } to ? LedgerEntry.FormatTime(to) : null,
            interval.Presence,
            interval.Evidence,
            interval.SessionEnd,
            interval.IsHeard ? interval.Capture : default,
            interval.Capture,
            interval.Health
        );
}

/// <summary>How a time divides into parts in which a device was heard, was not heard, and could not be observed.</summary>
/// <param name="Seconds">The whole time.</param>
/// <param name="Unseen">The time in which the registry itself could not observe.</param>
internal sealed record AvailabilityResponse(double Seconds, ShareResponse Heard, ShareResponse NotHeard, ShareResponse Unseen)
{
    public static AvailabilityResponse From(TimeShares shares) =>
        new(
            Math.Round(shares.Whole.TotalSeconds, 3),
            ShareResponse.Create(shares.Heard, shares.Whole),
            ShareResponse.Create(shares.NotHeard, shares.Whole),
            ShareResponse.Create(shares.Unseen, shares.Whole)
        );
}

/// <summary>A part of a time.</summary>
internal sealed record ShareResponse(double Seconds, double Percent)
{
    public static ShareResponse Create(TimeSpan part, TimeSpan whole) =>
        new(Math.Round(part.TotalSeconds, 3), whole == TimeSpan.Zero ? 0 : Math.Round(100 * part / whole, 3));
}
