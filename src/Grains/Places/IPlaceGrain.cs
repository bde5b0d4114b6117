using System.Collections.Immutable;
using Orleans.Concurrency;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Places;

/// <summary>One place: the devices that cover it, and the notice that must be shown there. Key: the place's id.</summary>
[Alias("place")]
public interface IPlaceGrain : IGrainWithStringKey
{
    /// <summary>
    /// Something changed at a device that covers the place. A notice that says something new is signed before this returns.
    /// </summary>
    [Alias("changed")]
    Task RecordObservation(DeviceObservation observation);

    /// <summary>The rules changed, or a day began. A notice that says something new is signed before this returns.</summary>
    [Alias("reconsider")]
    Task Recompose();

    /// <summary>
    /// What the register says of its devices changed. Returns at once: they are read again before anybody is shown the place, once for all
    /// that
    /// were registered meanwhile, and its notice follows.
    /// </summary>
    [Alias("registered")]
    [AlwaysInterleave]
    Task MarkDevicesChanged();

    /// <summary>Reads its devices again, if it was told that they changed, and looks at its notice.</summary>
    [Alias("read-again")]
    Task ReloadDevices();

    /// <summary>What the notice would say under other rules; null when there is no such place. Changes nothing.</summary>
    [Alias("preview")]
    Task<NoticePreview?> Preview(GovernanceSnapshot governance, DateOnly day);

    /// <summary>The place as it stands; null when there is no such place.</summary>
    [Alias("describe")]
    Task<PlaceDescription?> Describe();

    /// <summary>Asks to be told of new notices. Must be renewed within <see cref="WatchSeconds"/>.</summary>
    [Alias("watch")]
    Task Watch(INoticeWatcher watcher);

    /// <summary>A screen asked for the notice: when it was last seen, and the hash of what it holds.</summary>
    [Alias("seen")]
    Task RecordKioskRequest(string kioskId, string? shownHash);

    /// <summary>How long a watch lasts without renewal, in seconds.</summary>
    const int WatchSeconds = 60;
}

/// <summary>Told when a place has a new notice; never what it says.</summary>
[Alias("notice-watcher")]
public interface INoticeWatcher : IGrainObserver
{
    [Alias("changed")]
    Task NoticeChanged(string place, long sequence);
}

/// <summary>A place, its screens and devices, and the notice in force there.</summary>
public sealed record PlaceDescription(
    Place Place,
    ImmutableArray<KioskDescription> Kiosks,
    ImmutableArray<CoveringDevice> Covering,
    SignedNotice Notice,
    NoticeContent Content
);

/// <summary>A screen, when it last asked for its notice, and the hash of the notice that it then held; null when not known.</summary>
public sealed record KioskDescription(Kiosk Kiosk, DateTimeOffset? LastSeenAt, string? ShownHash);

/// <summary>
/// A notice as it stands, and as it would be on a day under other rules; both composed of what is known of the devices now.
/// </summary>
public sealed record NoticePreview(Place Place, ImmutableArray<KioskDescription> Kiosks, NoticeContent Now, NoticeContent Then);
