namespace SurveillanceRegistry.Domain;

/// <summary>Work that the process repeats for as long as it runs. One runner repeats all of them; runs of one task never overlap.</summary>
public interface IPeriodicTask
{
    /// <summary>The time between the beginnings of two runs. Read again after every run, so a task may change it.</summary>
    TimeSpan Interval { get; }

    /// <summary>
    /// True if the first run must wait until the process accepts connections; false if it may run while the process starts.
    /// </summary>
    bool StartsAfterListeners => false;

    /// <summary>Does the work once. An exception ends this run only.</summary>
    Task RunOnceAsync(CancellationToken cancellationToken);

    /// <summary>Logs that a run failed. The next run follows after <see cref="Interval"/>.</summary>
    void OnFailed(Exception failure);
}
