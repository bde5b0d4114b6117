using System.Collections.Concurrent;
using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Staff;

namespace SurveillanceRegistry.Web.Tests.Fixtures.Staff;

/// <summary>A security log in memory. Postgres.Tests tests counting and retention.</summary>
internal sealed class InMemorySecurityLog : ISecurityLog
{
    private readonly ConcurrentQueue<StoredSecurityEvent> _events = [];

    private long _last;

    /// <summary>Everything that was recorded of an account or by it, oldest first.</summary>
    public ImmutableArray<SecurityEvent> Of(string staff) =>
        [.. _events.Select(stored => stored.Event).Where(happened => happened.Actor == staff || happened.Subject == staff)];

    /// <summary>Everything that was recorded, oldest first.</summary>
    public ImmutableArray<SecurityEvent> All => [.. _events.Select(stored => stored.Event)];

    public Task RecordAsync(SecurityEvent happened, DateTimeOffset at, CancellationToken cancellationToken)
    {
        _events.Enqueue(new StoredSecurityEvent(Interlocked.Increment(ref _last), at, at, 1, happened));
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<StoredSecurityEvent>> ListAsync(
        SecurityFilter filter,
        long? before,
        int most,
        CancellationToken cancellationToken
    ) =>
        Task.FromResult(
            _events
                .Where(stored => before is null || stored.Number < before)
                .Where(stored => filter.Kind is null || stored.Event.Kind == filter.Kind)
                .Where(stored => filter.Staff is null || stored.Event.Actor == filter.Staff || stored.Event.Subject == filter.Staff)
                .OrderByDescending(stored => stored.Number)
                .Take(most)
                .ToImmutableArray()
        );
}
