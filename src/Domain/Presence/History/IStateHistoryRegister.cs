namespace SurveillanceRegistry.Domain.Presence.History;

/// <summary>The register of what devices did.</summary>
public interface IStateHistoryRegister
{
    /// <summary>The longest time that one query may span.</summary>
    static readonly TimeSpan MaxSpan = TimeSpan.FromDays(31);

    /// <summary>What a device did over a time of at most <see cref="MaxSpan"/>.</summary>
    Task<StateHistory> FindAsync(string deviceId, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);
}
