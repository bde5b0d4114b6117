using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Grains.Places;
using SurveillanceRegistry.Web.Api;

namespace SurveillanceRegistry.Web.Places;

/// <summary>A place with the ids of its screens, its devices and the fleets whose people work from it.</summary>
/// <param name="Area">What the notice covers, in words.</param>
internal sealed record PlaceResponse(
    string Id,
    string Name,
    string Address,
    string Area,
    ImmutableArray<string> Kiosks,
    ImmutableArray<string> Devices,
    ImmutableArray<string> Fleets
)
{
    public static PlaceResponse From(PlaceDescription place) =>
        new(
            place.Place.Id,
            place.Place.Name,
            place.Place.Address,
            place.Place.Area,
            [.. place.Kiosks.Where(kiosk => !kiosk.Removed).Select(kiosk => kiosk.Id)],
            [
                .. place
                    .Covering.Where(covering => covering.IsInScope || covering.Device.Lifecycle != Lifecycle.Removed)
                    .Select(covering => covering.Device.Id),
            ],
            [.. place.Fleets.Select(fleet => fleet.Id).Distinct()]
        );
}

/// <summary>The notice that was in force at a place at an instant.</summary>
/// <param name="Notice">The signed notice; null for a time in which the registry could not observe.</param>
/// <param name="Hash">SHA-256 of the decoded payload, as hexadecimal digits.</param>
/// <param name="Gap">The time in which the registry could not observe; null otherwise.</param>
/// <param name="Displays">What screens showed. Empty: screens do not sign yet what they show.</param>
internal sealed record NoticeResponse(
    string Place,
    [property: Instant] string At,
    JwsResponse? Notice,
    string? Hash,
    GapResponse? Gap,
    ImmutableArray<DisplayResponse> Displays
)
{
    public static NoticeResponse Create(DateTimeOffset at, SignedNotice notice, ObservationGap? gap) =>
        new(
            notice.Place,
            NoticePayload.FormatInstant(at),
            gap is null ? new JwsResponse(notice.Payload, notice.Protected, notice.Signature) : null,
            gap is null ? notice.Hash : null,
            gap is null ? null : GapResponse.Create(gap, notice),
            []
        );
}

/// <summary>A JWS in flattened JSON serialization (RFC 7515), signed with ES256. Each member is base64url.</summary>
/// <param name="Payload">The notice as JSON: its facts, its text in each language, and its worst case.</param>
internal sealed record JwsResponse(string Payload, string Protected, string Signature);

/// <summary>A time in which no notice can be stated. Screens then showed the worst case of the last notice before it.</summary>
/// <param name="From">Null when the registry was never able to observe before.</param>
/// <param name="To">Null while it lasts.</param>
internal sealed record GapResponse([property: Instant] string? From, [property: Instant] string? To, string LastHash, long LastSequence)
{
    public static GapResponse Create(ObservationGap gap, SignedNotice last) =>
        new(
            gap.From is { } from ? NoticePayload.FormatInstant(from) : null,
            gap.To is { } to ? NoticePayload.FormatInstant(to) : null,
            last.Hash,
            last.Sequence
        );
}

/// <summary>What a screen showed, from one time to another.</summary>
internal sealed record DisplayResponse(
    string Kiosk,
    string Hash,
    ImmutableArray<string> Languages,
    [property: Instant] string From,
    [property: Instant] string? To
);

/// <summary>A screen. Until paired screens sign what they show, nothing is known of what it shows.</summary>
/// <param name="LastSeenAt">Null until a paired screen reports.</param>
/// <param name="Shown">Null until a paired screen reports.</param>
internal sealed record KioskResponse(
    string Id,
    string Place,
    bool Paired,
    [property: Instant] string? LastSeenAt,
    KioskState State,
    ShownResponse? Shown
)
{
    public static KioskResponse For(Kiosk kiosk) =>
        new(kiosk.Id, kiosk.Place, Paired: false, LastSeenAt: null, KioskState.Unpaired, Shown: null);
}

/// <summary>What is known of a screen.</summary>
internal enum KioskState
{
    /// <summary>No screen reports under this id.</summary>
    Unpaired,

    /// <summary>It shows the notice in force.</summary>
    Current,

    /// <summary>It shows the worst case, because it has no confirmation.</summary>
    Unconfirmed,

    /// <summary>It does not report any more.</summary>
    Unseen,
}

/// <summary>The notice that a screen shows.</summary>
internal sealed record ShownResponse(string Hash, long Sequence, string Language, [property: Instant] string From);
