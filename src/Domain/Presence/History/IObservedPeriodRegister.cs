namespace SurveillanceRegistry.Domain.Presence.History;

/// <summary>
/// The periods in which the registry itself could observe. What a device did between two of these periods is not known.
/// </summary>
public interface IObservedPeriodRegister
{
    /// <summary>Begins a period.</summary>
    /// <returns>Its number.</returns>
    Task<long> BeginAsync(DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Extends a period to an instant. That this call returns proves that the database can commit.</summary>
    Task ExtendAsync(long period, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The gap between observed periods at an instant; null when the registry could observe then.</summary>
    /// <param name="now">The present, up to which a gap without an end lasts.</param>
    Task<ObservationGap?> FindGapAsync(DateTimeOffset at, DateTimeOffset now, CancellationToken cancellationToken);
}
