using SurveillanceRegistry.Domain.Policies.Documents;

namespace SurveillanceRegistry.Grains.Tests.Fixtures;

/// <summary>
/// The registers of a small city in memory, for tests of the grains alone. Every change is signalled, so that a test waits for what
/// happens and never for time. The implementations on PostgreSQL are tested in Postgres.Tests and Journeys.Tests.
/// </summary>
internal sealed partial class InMemoryRegisters(Opening opening)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>When the register was opened: long before any test.</summary>
    public static DateTimeOffset Opened { get; } = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>If true, the database cannot be reached and nothing can be recorded.</summary>
    public bool IsOutOfReach { get; set; }

    /// <summary>Holds up look-ups of device ids while closed.</summary>
    public InMemoryGate IdLookups { get; } = new();

    /// <summary>Holds up the recording of observations while closed.</summary>
    public InMemoryGate Observations { get; } = new();

    /// <summary>Holds up the recording of notices while closed, as an import that holds the ledger's head does.</summary>
    public InMemoryGate Notices { get; } = new();

    /// <summary>The number of observations that were refused because another owner has the partition.</summary>
    public int RefusedObservations { get; private set; }

    /// <summary>How often the devices of a place were read.</summary>
    public int PlaceReads { get; private set; }

    /// <summary>Waits until a condition holds.</summary>
    public async Task Until(Func<InMemoryRegisters, bool> condition)
    {
        for (; ; )
        {
            Task changed;
            lock (_lock)
                changed = _changed.Task;
            if (condition(this))
                return;
            await changed.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        }
    }

    private void Record(Action record)
    {
        if (IsOutOfReach)
            throw new IOException("The database is out of reach.");
        TaskCompletionSource changed;
        lock (_lock)
        {
            record();
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}
