using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt.Publishing;

/// <summary>
/// What the broker knows of a device that publishes, whatever its session: its registration, its last heartbeat and its rate limit. It
/// lives from the first heartbeat until half an hour after the last. The thread that reads the device's connection owns it;
/// <see cref="Device"/> and <see cref="ResetSequence"/> may be used by any thread.
/// </summary>
/// <param name="lastSequence">The greatest (epoch, seq) that the device's partition knows; −1 for both when there is none.</param>
internal sealed class DeviceIngestState(Device device, (long Epoch, long Seq) lastSequence)
{
    private volatile bool _sequenceReset; // Set when the register changes; applied with the next heartbeat.
    private CaptureSet _doubted; // By rejected publishes since the last heartbeat.
    private CaptureSet _named; // By rejected publishes, without a registered sensor.
    private long _rejectedSession; // That brought the last rejected publish.

    /// <summary>The device as it is registered now.</summary>
    public Device Device { get; set; } = device;

    /// <summary>How much the device may publish.</summary>
    public RateLimiter RateLimiter { get; } = new();

    /// <summary>The greatest (epoch, seq) that was queued for the log, or was known before.</summary>
    public (long Epoch, long Seq) LastSequence { get; private set; } = lastSequence;

    /// <summary>The newest heartbeat that changed what the device reports; null before the first.</summary>
    public Heartbeat? LastReportedState { get; set; }

    /// <summary>The firmware version that the device reported last. Devices repeat it, so that one string serves all heartbeats.</summary>
    public string Firmware { get; set; } = "";

    /// <summary>The number of the session that brought the last heartbeat.</summary>
    public long LastSession { get; set; }

    /// <summary>
    /// Adds what a rejected publish of the device reported. Rejected publishes have no limit of their own, so only what adds something is
    /// passed on: at most one for each capture between two heartbeats, and the first of a session
    /// that is not that of the last heartbeat.
    /// </summary>
    /// <param name="session">The number of the session that brought it.</param>
    /// <param name="reported">What it reported; empty when it could not be read.</param>
    /// <param name="named">The captures that it named, also where it could not be read.</param>
    /// <param name="unregistered">The captures that it named and that have no registered sensor.</param>
    /// <returns>
    /// Whether it puts a capture in doubt, or names one, that no rejected publish did since the last heartbeat, or is the first of its
    /// session.
    /// </returns>
    public bool AddRejected(long session, CaptureReport reported, CaptureSet named, out CaptureSet unregistered)
    {
        unregistered = CaptureSet.From(reported.Captures).Union(named).Except(CaptureSet.From(Device.Sensors));
        // What the device reported before this process heard it is not known here: everything may differ.
        var doubted = CaptureSet.From(LastReportedState?.Capture.Captures.Union(reported.Captures) ?? Enum.GetValues<Capture>());
        doubted = doubted.Except(CaptureSet.From((LastReportedState?.Capture ?? default).AgreeingWith(reported).Captures));
        var isFirst = session != LastSession && session != _rejectedSession;
        var isNew = isFirst || !doubted.Except(_doubted).IsEmpty || !unregistered.Except(_named).IsEmpty;
        (_doubted, _named, _rejectedSession) = (_doubted.Union(doubted), _named.Union(unregistered), session);
        return isNew;
    }

    /// <summary>Accepts the next heartbeat whatever its epoch.</summary>
    public void ResetSequence() => _sequenceReset = true;

    /// <summary>Whether a heartbeat is newer than all before it. If so, it becomes the last one.</summary>
    /// <param name="mayBeStored">
    /// True if the log may already contain this heartbeat: it is not newer than the last one, or the device's sequence was reset.
    /// </param>
    public bool IsNew(Heartbeat heartbeat, out bool mayBeStored)
    {
        if (_sequenceReset)
        {
            _sequenceReset = false;
            LastSequence = (-1, -1);
            LastReportedState = null;
        }

        var isNew = heartbeat.IsAfter(LastSequence.Epoch, LastSequence.Seq);
        mayBeStored = !isNew || LastSequence.Epoch < 0;
        if (isNew)
            (LastSequence, _doubted) = ((heartbeat.Epoch, heartbeat.Seq), default);
        return isNew;
    }
}
