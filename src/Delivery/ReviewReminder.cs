using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Outbox;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Delivery;

/// <summary>Adds to the outbox that the day of a review has come: once for each instrument and day.</summary>
internal sealed class ReviewReminder(IGrainFactory grains, IOutbox outbox, TimeProvider time, ILogger<ReviewReminder> logger)
    : IPeriodicTask
{
    public TimeSpan Interval { get; } = TimeSpan.FromHours(1);

    public bool StartsAfterListeners => true;

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var governance = await grains.Governance();
        var now = time.GetUtcNow();
        var today = governance.City.DayAt(now);
        foreach (var due in ReviewsDue.On(governance.Table, today))
            await outbox.AddAsync(new Occasion(OccasionKind.ReviewDue, due.Instrument, now), due.Once, cancellationToken);
    }

    public void OnFailed(Exception failure) =>
        logger.LogWarning(failure, "Reviews that are due could not be looked up; the next attempt is in an hour.");
}
