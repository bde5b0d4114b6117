namespace SurveillanceRegistry.Domain.Presence;

/// <summary>What devices were doing, as remembered.</summary>
public interface IStateHistory
{
    /// <summary>The longest time that one question may span.</summary>
    static readonly TimeSpan Longest = TimeSpan.FromDays(31);

    /// <summary>What a device was doing over a time of at most <see cref="Longest"/>.</summary>
    Task<StateHistory> OfAsync(string deviceId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);
}
