using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Vendors.Adapters;
using SurveillanceRegistry.Mqtt.Vendors.Facts;
using SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

namespace SurveillanceRegistry.Mqtt.Vendors;

/// <summary>
/// Merges the messages of one gateway connection into the state of the units of its profile. It does no input or output and reads no clock.
/// One thread at a time may call it. Its memory is bounded by the profile: messages of unknown units are counted and dropped.
/// </summary>
public sealed class VendorStateMachine
{
    private static readonly ImmutableArray<Capture> EveryCapture = [.. Enum.GetValues<Capture>()];

    private readonly UnitIndex _units;
    private readonly Adapter _adapter;
    private readonly Func<string, Device?> _deviceOf;
    private readonly SparkplugHost? _host;
    private readonly UnitState[] _states;

    /// <summary>The signals that may report a mode: those of the adapter, and those of the profile's own reports.</summary>
    private readonly ImmutableArray<Signal> _signals;
    private long _seq;

    /// <summary>Creates the state of a new connection.</summary>
    /// <param name="profile">The profile by which the gateway is read.</param>
    /// <param name="deviceOf">Returns the registered device with an id, if it is behind this gateway. Called for every report.</param>
    /// <param name="connection">The epoch of the reports. It grows with every connection of the gateway.</param>
    public VendorStateMachine(Profile profile, Func<string, Device?> deviceOf, long connection)
        : this(new UnitIndex(profile), deviceOf, connection) { }

    /// <summary>Creates the state of a new connection, for an indexed profile.</summary>
    public VendorStateMachine(UnitIndex units, Func<string, Device?> deviceOf, long connection)
    {
        ArgumentNullException.ThrowIfNull(units);
        _units = units;
        _deviceOf = deviceOf;
        Epoch = connection;
        _adapter = AdapterCatalogue.ForKind(units.Profile.Adapter);
        _host = _adapter is SparkplugB ? new SparkplugHost(units) : null;
        _states = new UnitState[units.Count];
        _signals =
        [
            .. _adapter.Signals,
            .. units.Profile.Says.Select(meaning => meaning.Capture).OfType<Capture>().Select(FactBuilder.SignalOf),
        ];
    }

    /// <summary>The epoch of every report.</summary>
    public long Epoch { get; }

    /// <summary>When <see cref="Tick"/> has an effect; null when only a message has one.</summary>
    public DateTimeOffset? TickAt => _host?.TickAt;

    /// <summary>Begins the connection. Returns what must be sent at once.</summary>
    public VendorAnswer Begun(DateTimeOffset now) =>
        _units.Profile.Host is { } host && _host is not null
            ? VendorAnswer.Nothing with
            {
                Messages = [SparkplugHostMessages.State(host, isOnline: true, now)],
            }
            : VendorAnswer.Nothing;

    /// <summary>Decides on a topic without reading the payload.</summary>
    public TopicDecision Classify(string topic) => _adapter.Classify(_units, topic);

    /// <summary>Handles a message, or the will of the connection. The payload may be in several segments.</summary>
    /// <inheritdoc cref="Handle(string, ReadOnlySpan{byte}, bool, DateTimeOffset)"/>
    public VendorAnswer Handle(string topic, ReadOnlySequence<byte> payload, bool isRetained, DateTimeOffset now) =>
        Refusal(topic, payload.Length) is { } refusal
            ? Refuse(refusal, topic, now)
            : Handle(topic, payload.IsSingleSegment ? payload.FirstSpan : payload.ToArray(), isRetained, now);

    /// <summary>Handles a message, or the will of the connection. Keeps nothing of the bytes.</summary>
    /// <param name="isRetained">Whether it may be old. Then it never proves life, and the only mode it can report is recorded.</param>
    public VendorAnswer Handle(string topic, ReadOnlySpan<byte> payload, bool isRetained, DateTimeOffset now)
    {
        if (Refusal(topic, payload.Length) is { } refusal)
            return Refuse(refusal, topic, now);
        if (_adapter is not SparkplugB sparkplug)
        {
            var reading = ((FieldAdapter)_adapter).Read(_units, topic, payload);
            return reading.IsMalformed
                ? Refuse(VendorRefusal.Shape, topic, now)
                : Merge(reading.Facts, [], reading.Dropped, isLate: false, isRetained);
        }

        if (isRetained) // Nodes never retain a message (section 6.4): another client stored this one, and it is old.
            return VendorAnswer.Nothing with { IsLate = true };
        if (sparkplug.Read(_units, topic, payload) is not { } message)
            return Refuse(VendorRefusal.Shape, topic, now);
        var answer = _host!.Handle(message, Epoch, now);
        return Merge(answer.Facts, answer.Commands, message.Dropped, answer.IsLate, isRetained: false);
    }

    /// <summary>
    /// Handles the loss of a message on a topic that is read: whatever the topic reports is not known any more. Sparkplug counts the
    /// messages of a node, so that all of its units are in doubt until its next birth.
    /// </summary>
    public VendorAnswer Lose(string topic, DateTimeOffset now)
    {
        if (Classify(topic) != TopicDecision.Read)
            return VendorAnswer.Nothing;
        if (_adapter is FieldAdapter fields)
        {
            var lost = fields.Lose(_units, topic).Where(fact => fact.Signals != default).ToImmutableArray();
            return Merge(lost, [], 0, isLate: false, isRetained: false, isLost: true);
        }

        var answer = _host!.Lose(((SparkplugB)_adapter).NodeOf(_units, topic), now);
        return Merge(answer.Facts, answer.Commands, 0, isLate: false, isRetained: false, isLost: true);
    }

    /// <summary>Refuses a message. One that was to be read is lost.</summary>
    private VendorAnswer Refuse(VendorRefusal refusal, string topic, DateTimeOffset now) =>
        refusal == VendorRefusal.Shape ? Lose(topic, now) with { Refusal = refusal } : VendorAnswer.Refused(refusal);

    /// <summary>Returns why a message is refused by its topic or length; null when it is not.</summary>
    private VendorRefusal? Refusal(string topic, long length) =>
        _adapter.Classify(_units, topic) switch
        {
            TopicDecision.RefuseUnread => VendorRefusal.Forbidden,
            TopicDecision.Ignore => VendorRefusal.NotMapped,
            TopicDecision.Read => length > _adapter.AllowList.MaxBytes ? VendorRefusal.Shape : null,
            var decision => throw new UnreachableException($"{decision} has no name."),
        };

    /// <summary>Lets time pass.</summary>
    public VendorAnswer Tick(DateTimeOffset now) =>
        _host?.Tick(now) is { } answer ? Merge(answer.Facts, answer.Commands, 0, isLate: false, isRetained: false) : VendorAnswer.Nothing;

    /// <summary>Ends the connection. Every unit that was heard on it is dead, because no client publishes for it any more.</summary>
    public VendorAnswer Ended(DateTimeOffset now)
    {
        _host?.Ended(Epoch, now);
        return Merge([new VendorFact(null, Availability.Down, default, default, null, null)], [], 0, isLate: false, isRetained: false);
    }

    /// <summary>Repeats the report of a unit with its next message, changed or not, because the last one was not stored.</summary>
    public void RepeatReport(string deviceId) => _states[_units.UnitOf(deviceId)].IsRepeatDue = true;

    private VendorAnswer Merge(
        ImmutableArray<VendorFact> facts,
        ImmutableArray<VendorMessage> messages,
        int dropped,
        bool isLate,
        bool isRetained,
        bool isLost = false
    )
    {
        var reports = ImmutableArray.CreateBuilder<UnitReport>();
        var deaths = ImmutableArray.CreateBuilder<UnitDeath>();
        foreach (var fact in facts)
        {
            var (first, end) = fact.DeviceId is { } id && _units.UnitOf(id) is var named ? (named, named + 1) : (0, _states.Length);
            for (var unit = first; unit < end; unit++)
            {
                // What an earlier connection reported of the unit is in doubt too.
                _states[unit].IsRepeatDue |= isLost && _states[unit].LastReport is null;
                Merge(unit, fact, isRetained, reports, deaths);
            }
        }

        return new VendorAnswer(reports.ToImmutable(), deaths.ToImmutable(), messages, null, dropped, isLate);
    }

    private void Merge(
        int unit,
        VendorFact fact,
        bool isRetained,
        ImmutableArray<UnitReport>.Builder reports,
        ImmutableArray<UnitDeath>.Builder deaths
    )
    {
        ref var state = ref _states[unit];
        if (fact.Availability is Availability.Down or Availability.PlannedStop)
        {
            EndUnit(ref state, unit, fact.Availability, deaths);
            return;
        }

        if (fact.IsWhole)
            state = state with { Signals = default, Health = default };
        var provesLife = fact.Availability == Availability.Up && !isRetained;
        state.Signals = state.Signals.MergedWith(isRetained ? fact.Signals.AsOld() : fact.Signals);
        state.Health = state.Health.MergedWith(fact.Health);
        state.Firmware = fact.Firmware ?? state.Firmware;
        if (_deviceOf(_units.DeviceOf(unit)) is not { } device)
            return;
        state.IsUp |= provesLife;
        var (capture, unregistered) = Captures(unit, state.Signals, device);
        state.UnregisteredCaptures = state.UnregisteredCaptures.Union(unregistered);
        var report = new LastReport(capture, state.UnregisteredCaptures, state.Health.Worst, state.Firmware ?? "0");
        if (!provesLife && !state.IsRepeatDue && (report == state.LastReport || state.LastReport is null && report == LastReport.Nothing))
            return;
        state.LastReport = report;
        state.IsRepeatDue = false;
        reports.Add(
            new UnitReport(
                device,
                Epoch,
                ++_seq,
                report.Capture,
                report.UnregisteredCaptures,
                report.Health,
                report.Firmware,
                isRetained ? null : fact.DeviceAt,
                provesLife
            )
        );
    }

    private void EndUnit(ref UnitState state, int unit, Availability availability, ImmutableArray<UnitDeath>.Builder deaths)
    {
        if (state.IsUp)
            deaths.Add(new UnitDeath(_units.DeviceOf(unit), Epoch, availability == Availability.PlannedStop));
        // A unit that named a microphone still has one when it returns.
        state = new UnitState { UnregisteredCaptures = state.UnregisteredCaptures };
    }

    /// <summary>
    /// Returns the mode of each capture: recorded as soon as one signal reports it; otherwise the highest, but only after every signal in
    /// use has reported. An unknown mode is left out. Also returns the captures that were named and have no registered sensor.
    /// </summary>
    private (CaptureReport Modes, CaptureSet Unregistered) Captures(int unit, SignalReport signals, Device device)
    {
        var modes = default(CaptureReport);
        var unregistered = default(CaptureSet);
        foreach (var capture in EveryCapture)
        {
            Mode? highest = null;
            var isKnown = true;
            foreach (var signal in _signals)
            {
                if (!IsReported(unit, signal, capture))
                    continue;
                isKnown &= signals[signal] is not null;
                highest = signals[signal] is { } mode && !(mode <= highest) ? mode : highest;
            }

            if (highest is not { } known)
                continue;
            if (isKnown || known == Mode.Recorded)
                modes = modes.With(capture, known);
            if (!device.Sensors.Contains(capture))
                unregistered = unregistered.With(capture);
        }

        return (modes, unregistered);
    }

    /// <summary>Whether a signal in use reports a capture of a unit.</summary>
    private bool IsReported(int unit, Signal signal, Capture capture) =>
        signal switch
        {
            Signal.Recorder => _units.RecordingOf(unit).Contains(capture),
            Signal.Viewer => capture == Capture.Video,
            Signal.Listener => capture == Capture.Audio,
            Signal.Video or Signal.Stills or Signal.Audio or Signal.Plates or Signal.Faces or Signal.Location => signal
                == FactBuilder.SignalOf(capture),
            _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, null),
        };

    /// <summary>The last report of a unit.</summary>
    private sealed record LastReport(CaptureReport Capture, CaptureSet UnregisteredCaptures, Health Health, string Firmware)
    {
        /// <summary>The state of a unit without any report.</summary>
        public static LastReport Nothing { get; } = new(default, default, Health.Ok, "0");
    }

    /// <summary>What this connection knows of a unit.</summary>
    /// <param name="IsRepeatDue">Whether the last report was not stored.</param>
    private record struct UnitState(
        bool IsUp,
        SignalReport Signals,
        HealthReport Health,
        string? Firmware,
        LastReport? LastReport,
        CaptureSet UnregisteredCaptures,
        bool IsRepeatDue
    );
}
