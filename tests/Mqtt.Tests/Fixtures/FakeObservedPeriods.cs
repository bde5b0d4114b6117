using SurveillanceRegistry.Domain.Presence.History;

namespace SurveillanceRegistry.Mqtt.Tests.Fixtures;

internal sealed class FakeObservedPeriods : IObservedPeriodRegister
{
    public Task<long> BeginAsync(DateTimeOffset at, CancellationToken cancellationToken) => Task.FromResult(1L);

    public Task ExtendAsync(long period, DateTimeOffset at, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<ObservationGap?> FindGapAsync(DateTimeOffset at, DateTimeOffset now, CancellationToken cancellationToken) =>
        Task.FromResult<ObservationGap?>(null);
}
