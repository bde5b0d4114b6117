using System.Buffers;
using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Vendors.Adapters;
using SurveillanceRegistry.Mqtt.Vendors.Facts;
using SurveillanceRegistry.Mqtt.Vendors.Sparkplug;

namespace SurveillanceRegistry.Mqtt.Vendors;

/// <summary>Why a gateway's message was refused. A closed family: nothing of the payload can hide in it.</summary>
public enum VendorRefusal
{
    /// <summary>A topic that holds what the registry must never hold. Its payload was not looked at.</summary>
    Forbidden,

    /// <summary>A topic that no adapter has a use for, or of nobody whom the profile knows. Its payload was not looked at.</summary>
    NotMapped,

    /// <summary>A payload that is not what such a payload looks like, or too long.</summary>
    Shape,
}

/// <summary>What a gateway says of one unit, put together: to be made durable.</summary>
/// <param name="Epoch">The connection by which it was said; grows with every connection.</param>
/// <param name="Seq">Grows with every word of a connection, over all units.</param>
/// <param name="Capture">The mode of each capture of which the vendor has said one. A registered sensor, or one of <paramref
/// name="Beyond"/>, that is left out might be recording.</param>
/// <param name="Beyond">The captures for which no sensor is registered and which it has named on this connection, whatever it said or says
/// of them.</param>
/// <param name="Firmware">Digits and dots; 0 when it is not known.</param>
/// <param name="DeviceAt">The sender's clock; for skew only.</param>
/// <param name="IsLife">The unit was heard or seen just now. Otherwise only what is known of it changed.</param>
public sealed record UnitReport(
    Device Device,
    long Epoch,
    long Seq,
    CaptureReport Capture,
    CaptureSet Beyond,
    Health Health,
    string Firmware,
    DateTimeOffset? DeviceAt,
    bool IsLife
);

/// <summary>A unit that was there and is gone.</summary>
/// <param name="Epoch">The connection by which it had been heard: a death of an older one never ends a newer life.</param>
/// <param name="IsPlanned">It was stopped on purpose.</param>
public sealed record UnitDeath(string DeviceId, long Epoch, bool IsPlanned);

/// <summary>What became of one message, or of time passing.</summary>
/// <param name="Words">To be made durable before the message is acknowledged, in this order.</param>
/// <param name="Deaths">Units that are gone.</param>
/// <param name="Messages">To be sent back.</param>
/// <param name="Refusal">Why the message was refused; null when it was not.</param>
/// <param name="Dropped">How many of its fields were passed over. Their names are kept nowhere.</param>
/// <param name="IsLate">It was late, stale or a repeat: nothing of it counted.</param>
public sealed record VendorAnswer(
    ImmutableArray<UnitReport> Words,
    ImmutableArray<UnitDeath> Deaths,
    ImmutableArray<VendorMessage> Messages,
    VendorRefusal? Refusal,
    int Dropped,
    bool IsLate
)
{
    internal static VendorAnswer Nothing { get; } = new([], [], [], null, 0, false);

    internal static VendorAnswer Refused(VendorRefusal refusal) => Nothing with { Refusal = refusal };
}

/// <summary>
/// What one connection of a gateway says of the units of its profile, put together message by message. It does no input or output and knows
/// no clock; one thread at a time. Its memory is bounded by its profile: whoever that does not know is counted and forgotten.
/// </summary>
public sealed class VendorStateMachine
{
    private static readonly ImmutableArray<Capture> EveryCapture = [.. Enum.GetValues<Capture>()];

    private readonly UnitIndex _units;
    private readonly Adapter _adapter;
    private readonly Func<string, Device?> _deviceOf;
    private readonly SparkplugHost? _host;
    private readonly UnitState[] _states;

    /// <summary>The signals that somebody could tell by: the adapter's, and those of the profile's own words.</summary>
    private readonly ImmutableArray<Signal> _signals;
    private long _seq;

    /// <summary>A connection on which nothing was said yet.</summary>
    /// <param name="profile">The profile by which the gateway is read.</param>
    /// <param name="deviceOf">The registered device with an id, if this gateway may speak for it; asked for every word.</param>
    /// <param name="connection">Grows with every connection of the gateway: milliseconds of the registry's clock.</param>
    public VendorStateMachine(Profile profile, Func<string, Device?> deviceOf, long connection)
        : this(new UnitIndex(profile), deviceOf, connection) { }

    /// <summary>A connection on which nothing was said yet, by a profile that was made ready before.</summary>
    public VendorStateMachine(UnitIndex units, Func<string, Device?> deviceOf, long connection)
    {
        ArgumentNullException.ThrowIfNull(units);
        (_units, _deviceOf, Epoch) = (units, deviceOf, connection);
        _adapter = AdapterCatalogue.Of(units.Profile.Adapter);
        _host = _adapter is SparkplugB ? new SparkplugHost(units) : null;
        _states = new UnitState[units.Count];
        _signals =
        [
            .. _adapter.Signals,
            .. units.Profile.Says.Select(meaning => meaning.Capture).OfType<Capture>().Select(FactBuilder.SignalOf),
        ];
    }

    /// <summary>The connection, as the epoch of every word.</summary>
    public long Epoch { get; }

    /// <summary>When <see cref="Tick"/> will mean something; null: not unless a message comes.</summary>
    public DateTimeOffset? TickAt => _host?.TickAt;

    /// <summary>The connection begins: what is to be sent at once.</summary>
    public VendorAnswer Begun(DateTimeOffset now) =>
        _units.Profile.Host is { } host && _host is not null
            ? VendorAnswer.Nothing with
            {
                Messages = [SparkplugB.State(host, isOnline: true, now)],
            }
            : VendorAnswer.Nothing;

    /// <summary>What would become of a topic. Its payload has not been looked at.</summary>
    public TopicDecision Classify(string topic) => _adapter.Classify(_units, topic);

    /// <summary>Takes a message, or this connection's will, whose payload may lie in pieces.</summary>
    /// <inheritdoc cref="Handle(string, ReadOnlySpan{byte}, bool, DateTimeOffset)"/>
    public VendorAnswer Handle(string topic, ReadOnlySequence<byte> payload, bool isRetained, DateTimeOffset now) =>
        Refusal(topic, payload.Length) is { } refusal
            ? VendorAnswer.Refused(refusal)
            : Handle(topic, payload.IsSingleSegment ? payload.FirstSpan : payload.ToArray(), isRetained, now);

    /// <summary>Takes a message, or this connection's will. Keeps nothing of the bytes.</summary>
    /// <param name="isRetained">It is or may be old: it never shows life, and never says less than that something is recorded.</param>
    public VendorAnswer Handle(string topic, ReadOnlySpan<byte> payload, bool isRetained, DateTimeOffset now)
    {
        if (Refusal(topic, payload.Length) is { } refusal)
            return VendorAnswer.Refused(refusal);
        if (_adapter is not SparkplugB sparkplug)
        {
            var reading = ((FieldAdapter)_adapter).Read(_units, topic, payload);
            return reading.IsShape
                ? VendorAnswer.Refused(VendorRefusal.Shape)
                : Merge(reading.Facts, [], reading.Dropped, isLate: false, isRetained);
        }

        if (isRetained) // No message of a node is ever retained (section 6.4): this one was made so by somebody else, and is old.
            return VendorAnswer.Nothing with { IsLate = true };
        if (sparkplug.Read(_units, topic, payload) is not { } message)
            return VendorAnswer.Refused(VendorRefusal.Shape);
        var answer = _host!.Handle(message, Epoch, now);
        return Merge(answer.Facts, answer.Commands, message.Dropped, answer.IsLate, isRetained: false);
    }

    /// <summary>Why a message is refused by its topic and length alone; null when it is not.</summary>
    private VendorRefusal? Refusal(string topic, long length) =>
        _adapter.Classify(_units, topic) switch
        {
            TopicDecision.RefuseUnread => VendorRefusal.Forbidden,
            TopicDecision.Ignore => VendorRefusal.NotMapped,
            _ => length > _adapter.AllowList.MostBytes ? VendorRefusal.Shape : null,
        };

    /// <summary>Lets time pass.</summary>
    public VendorAnswer Tick(DateTimeOffset now) =>
        _host?.Tick(now) is { } answer ? Merge(answer.Facts, answer.Commands, 0, isLate: false, isRetained: false) : VendorAnswer.Nothing;

    /// <summary>The connection ended: every unit that was heard on it is gone, for nobody speaks for it any more.</summary>
    public VendorAnswer Ended(DateTimeOffset now)
    {
        _host?.Ended(Epoch, now);
        return Merge([new VendorFact(null, Availability.Down, default, default, null, null)], [], 0, isLate: false, isRetained: false);
    }

    /// <summary>
    /// The last word of a unit was not kept: the next message about it is passed on, whether it says anything new or not.
    /// </summary>
    public void RemoveUnit(string deviceId) => _states[_units.UnitOf(deviceId)].IsOwed = true;

    private VendorAnswer Merge(
        ImmutableArray<VendorFact> facts,
        ImmutableArray<VendorMessage> messages,
        int dropped,
        bool isLate,
        bool isRetained
    )
    {
        var words = ImmutableArray.CreateBuilder<UnitReport>();
        var deaths = ImmutableArray.CreateBuilder<UnitDeath>();
        foreach (var fact in facts)
        {
            if (fact.DeviceId is { } deviceId)
            {
                Merge(_units.UnitOf(deviceId), fact, isRetained, words, deaths);
                continue;
            }

            for (var unit = 0; unit < _states.Length; unit++)
                Merge(unit, fact, isRetained, words, deaths);
        }

        return new VendorAnswer(words.ToImmutable(), deaths.ToImmutable(), messages, null, dropped, isLate);
    }

    private void Merge(
        int unit,
        VendorFact fact,
        bool isRetained,
        ImmutableArray<UnitReport>.Builder words,
        ImmutableArray<UnitDeath>.Builder deaths
    )
    {
        ref var picture = ref _states[unit];
        if (fact.Availability is Availability.Down or Availability.PlannedStop)
        {
            if (picture.IsUp)
                deaths.Add(new UnitDeath(_units.DeviceOf(unit), Epoch, fact.Availability == Availability.PlannedStop));
            picture = new UnitState { Beyond = picture.Beyond }; // Who named a microphone has one when it comes back, too.
            return;
        }

        if (fact.IsWhole)
            picture = picture with { Signals = default, Health = default };
        var isLife = fact.Availability == Availability.Up && !isRetained;
        picture.Signals = picture.Signals.Then(isRetained ? fact.Signals.AsOld() : fact.Signals);
        picture.Health = picture.Health.Then(fact.Health);
        picture.Firmware = fact.Firmware ?? picture.Firmware;
        if (_deviceOf(_units.DeviceOf(unit)) is not { } device)
            return;
        picture.IsUp |= isLife;
        var (capture, beyond) = Captures(unit, picture.Signals, device);
        picture.Beyond = picture.Beyond.And(beyond);
        var said = new LastReport(capture, picture.Beyond, picture.Health.Worst, picture.Firmware ?? "0");
        if (!isLife && !picture.IsOwed && (said == picture.Said || picture.Said is null && said == LastReport.Nothing))
            return;
        (picture.Said, picture.IsOwed) = (said, false);
        words.Add(
            new UnitReport(
                device,
                Epoch,
                ++_seq,
                said.Capture,
                said.Beyond,
                said.Health,
                said.Firmware,
                isRetained ? null : fact.DeviceAt,
                isLife
            )
        );
    }

    /// <summary>
    /// The mode of each capture: recorded as soon as one signal tells so; otherwise the highest, and only when every signal that could tell
    /// has
    /// told. What is not known is left out. Beside it the captures that are named, told or not, and for which no sensor is registered.
    /// </summary>
    private (CaptureReport Told, CaptureSet Beyond) Captures(int unit, SignalReport signals, Device device)
    {
        var (told, beyond) = (default(CaptureReport), default(CaptureSet));
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
                told = told.With(capture, known);
            if (!device.Sensors.Contains(capture))
                beyond = beyond.With(capture);
        }

        return (told, beyond);
    }

    /// <summary>Whether a signal that is in use is about a capture of a unit.</summary>
    private bool IsReported(int unit, Signal signal, Capture capture) =>
        signal switch
        {
            Signal.Recorder => _units.RecordingOf(unit).Contains(capture),
            Signal.Viewer => capture == Capture.Video,
            Signal.Listener => capture == Capture.Audio,
            _ => FactBuilder.SignalOf(capture) == signal,
        };

    /// <summary>What was said of a unit last.</summary>
    private sealed record LastReport(CaptureReport Capture, CaptureSet Beyond, Health Health, string Firmware)
    {
        /// <summary>What is known of a unit of which nothing was said.</summary>
        public static LastReport Nothing { get; } = new(default, default, Health.Ok, "0");
    }

    /// <summary>What is known of a unit by this connection.</summary>
    /// <param name="IsOwed">What was said last was not kept.</param>
    private record struct UnitState(
        bool IsUp,
        SignalReport Signals,
        HealthReport Health,
        string? Firmware,
        LastReport? Said,
        CaptureSet Beyond,
        bool IsOwed
    );
}
