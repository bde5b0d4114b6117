namespace SurveillanceRegistry.Domain.Presence.History;

/// <summary>When the registry itself was able to see. Between two of these periods nobody knows what any unit did.</summary>
public interface IObservedPeriodRegister
{
    /// <summary>Begins a period.</summary>
    /// <returns>Its number.</returns>
    Task<long> BeginAsync(DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Says that the period still lasts. Returning is the proof that something can be made durable.</summary>
    Task ExtendAsync(long period, DateTimeOffset at, CancellationToken cancellationToken);
}
