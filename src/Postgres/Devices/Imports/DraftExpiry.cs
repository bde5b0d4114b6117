using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Imports;

namespace SurveillanceRegistry.Postgres.Devices.Imports;

/// <summary>Forgets drafts of lists past their validity also when no list is sent.</summary>
public sealed class DraftExpiry(IListImportRegister register, TimeProvider time, ILogger<DraftExpiry> logger) : IPeriodicTask
{
    public TimeSpan Interval { get; } = TimeSpan.FromHours(1);

    public Task RunOnceAsync(CancellationToken cancellationToken) => register.ForgetDraftsAsync(time.GetUtcNow(), cancellationToken);

    public void OnFailed(Exception failure) =>
        logger.LogWarning(failure, "Old drafts of lists could not be forgotten; the next run tries again.");
}
