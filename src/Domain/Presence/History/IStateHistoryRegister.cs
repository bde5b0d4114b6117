namespace SurveillanceRegistry.Domain.Presence.History;

/// <summary>What devices were doing, as remembered.</summary>
public interface IStateHistoryRegister
{
    /// <summary>The longest time that one question may span.</summary>
    static readonly TimeSpan MaxSpan = TimeSpan.FromDays(31);

    /// <summary>What a device was doing over a time of at most <see cref="MaxSpan"/>.</summary>
    Task<StateHistory> FindAsync(string deviceId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);
}
