using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Grains.Places;

/// <summary>A place, its kiosks and devices, and the notice in force there.</summary>
public sealed record PlaceDescription(
    Place Place,
    ImmutableArray<Kiosk> Kiosks,
    ImmutableArray<CoveringDevice> Covering,
    SignedNotice Notice,
    NoticeContent Content
)
{
    /// <summary>The fleets of mobile devices whose people work from the place.</summary>
    public ImmutableArray<PlaceFleet> Fleets { get; init; } = [];
}

/// <summary>
/// A notice as it is now, and as it would be on a day under other rules. Both are composed of what is known of the devices now.
/// </summary>
public sealed record NoticePreview(Place Place, ImmutableArray<Kiosk> Kiosks, NoticeContent Now, NoticeContent Then);
