namespace SurveillanceRegistry.Grains.Places;

/// <summary>Is notified when a place has a new notice. The notification does not carry the notice.</summary>
[Alias("notice-watcher")]
public interface INoticeWatcher : IGrainObserver
{
    [Alias("changed")]
    Task NoticeChanged(string place, long sequence);
}
