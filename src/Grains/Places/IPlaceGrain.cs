using System.Collections.Immutable;
using Orleans.Concurrency;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Grains.Places;

/// <summary>One place: the devices that cover it, and the notice that must be shown there. Key: the place's id.</summary>
[Alias("place")]
public interface IPlaceGrain : IGrainWithStringKey
{
    /// <summary>
    /// Records a state change of a device that covers the place. If the notice says something new, it is signed before this returns.
    /// </summary>
    [Alias("changed")]
    Task RecordObservation(DeviceObservation observation);

    /// <summary>
    /// Composes the notice again: the rules changed, or a day began. If it says something new, it is signed before this returns.
    /// </summary>
    [Alias("reconsider")]
    Task Recompose();

    /// <summary>
    /// Marks the place, its screens, devices or fleets as changed in the register. Returns at once. The place reads them again before its
    /// next description, once for all changes until then, and composes its notice.
    /// </summary>
    [Alias("registered")]
    [AlwaysInterleave]
    Task MarkDevicesChanged();

    /// <summary>Reads the place and its devices again if they are marked as changed, and composes its notice.</summary>
    [Alias("read-again")]
    Task ReloadDevices();

    /// <summary>Composes what the notice would say under other rules; null if there is no such place. Changes nothing.</summary>
    [Alias("preview")]
    Task<NoticePreview?> Preview(GovernanceSnapshot governance, DateOnly day);

    /// <summary>
    /// Composes what the notice would say if the place were registered like this; null if there is no such place. Changes nothing.
    /// </summary>
    [Alias("preview-place")]
    Task<NoticePreview?> PreviewPlace(Place place);

    /// <summary>
    /// Composes what the notice would say if these fleets worked from the place; null if there is no such place. Changes nothing.
    /// </summary>
    [Alias("preview-fleets")]
    Task<NoticePreview?> PreviewFleets(ImmutableArray<PlaceFleet> fleets);

    /// <summary>The place, its devices and its notice now; null if there is no such place, or if it is retired.</summary>
    [Alias("describe")]
    Task<PlaceDescription?> Describe();

    /// <summary>Subscribes to new notices. Must be renewed within <see cref="WatchSeconds"/>.</summary>
    [Alias("watch")]
    Task Watch(INoticeWatcher watcher);

    /// <summary>How long a subscription lasts without renewal, in seconds.</summary>
    const int WatchSeconds = 60;
}
