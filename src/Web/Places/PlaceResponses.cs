using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains.Places;
using SurveillanceRegistry.Web.Api;

namespace SurveillanceRegistry.Web.Places;

/// <summary>A place with the ids of its screens, its devices and the fleets whose people work from it.</summary>
/// <param name="Area">What the notice covers, in words.</param>
/// <param name="Geometry">Where it is; null when that is not known.</param>
/// <param name="Devices">Of now: also what was removed and is still on the notice. Of the past: what the register named there.</param>
/// <param name="Version">The number of the version of the register that says this.</param>
/// <param name="Since">From when it holds.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="Entry">The number of its ledger entry.</param>
internal sealed record PlaceResponse(
    string Id,
    string Name,
    string Address,
    string Area,
    PlaceGeometry? Geometry,
    ImmutableArray<string> Kiosks,
    ImmutableArray<string> Devices,
    ImmutableArray<string> Fleets,
    int Version,
    [property: Instant] string Since,
    [property: Instant] string RecordedAt,
    long Entry
)
{
    public static PlaceResponse From(PlaceDescription place, RegisterVersion<Place> version) =>
        Create(
            place.Place,
            version,
            place.Kiosks.Select(kiosk => kiosk.Id),
            place
                .Covering.Where(covering => covering.IsInScope || covering.Device.Lifecycle != Lifecycle.Removed)
                .Select(covering => covering.Device.Id),
            place.Fleets.Select(fleet => fleet.Id).Distinct()
        );

    /// <summary>A place with what the register named there at that time.</summary>
    public static PlaceResponse From(RegisterVersion<Place> version, PastUses uses) =>
        Create(
            version.Value,
            version,
            uses.Kiosks.Where(kiosk => kiosk.Place == version.Value.Id).Select(kiosk => kiosk.Id),
            uses.Devices[version.Value.Id],
            uses.Fleets[version.Value.Id]
        );

    private static PlaceResponse Create(
        Place place,
        RegisterVersion<Place> version,
        IEnumerable<string> kiosks,
        IEnumerable<string> devices,
        IEnumerable<string> fleets
    ) =>
        new(
            place.Id,
            place.Name,
            place.Address,
            place.Area,
            place.Geometry,
            [.. kiosks],
            [.. devices],
            [.. fleets],
            version.Number,
            LedgerEntry.FormatTime(version.Since),
            LedgerEntry.FormatTime(version.RecordedAt),
            version.Entry
        );
}

/// <summary>What was at the places at one time.</summary>
internal sealed record PastUses(ImmutableArray<Kiosk> Kiosks, ILookup<string, string> Devices, ILookup<string, string> Fleets);

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
/// <param name="Glass">Its measures and the distance from which people read it; null when it was not measured.</param>
/// <param name="Version">The number of the version of the register that says this.</param>
/// <param name="Since">From when it holds.</param>
/// <param name="RecordedAt">When it was recorded.</param>
/// <param name="Entry">The number of its ledger entry.</param>
internal sealed record KioskResponse(
    string Id,
    string Place,
    bool Paired,
    [property: Instant] string? LastSeenAt,
    KioskState State,
    ShownResponse? Shown,
    Glass? Glass,
    int Version,
    [property: Instant] string Since,
    [property: Instant] string RecordedAt,
    long Entry
)
{
    public static KioskResponse From(RegisterVersion<Kiosk> version) =>
        new(
            version.Value.Id,
            version.Value.Place,
            Paired: false,
            LastSeenAt: null,
            KioskState.Unpaired,
            Shown: null,
            version.Value.Glass,
            version.Number,
            LedgerEntry.FormatTime(version.Since),
            LedgerEntry.FormatTime(version.RecordedAt),
            version.Entry
        );
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
