using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Vendors;

namespace SurveillanceRegistry.Mqtt.SignIn;

/// <summary>One signed-in connection: who it is, and for whom it may speak.</summary>
/// <param name="id">The device or gateway.</param>
/// <param name="own">The device's sender; null for a gateway.</param>
/// <param name="pace">What it has asked of the broker; a device's is its sender.</param>
/// <param name="credential">The number of the credential that it signed in with.</param>
/// <param name="connection">Grows with every connection, over restarts too.</param>
/// <param name="deathEpoch">The epoch of its will; null when it left none.</param>
/// <param name="profile">The profile by which a gateway's vendor topics are read; null when it has none.</param>
internal sealed class Session(
    string id,
    DeviceIngestState? own,
    RateLimiter pace,
    string? profile,
    VendorConnection? vendor,
    long credential,
    long connection,
    bool isVersion5,
    long? deathEpoch,
    ClientConnection line
)
{
    /// <summary>So many strangers are remembered for a session; the others are asked for each time.</summary>
    public const int MaxUnknownIds = 1000;

    private int _unknownIds;

    public string Id => id;
    public DeviceIngestState? Own => own;
    public long Credential => credential;
    public long Connection => connection;
    public bool IsVersion5 => isVersion5;
    public long? DeathEpoch => deathEpoch;
    public ClientConnection ClientConnection => line;

    /// <summary>What a gateway says in its vendor's words; null for everybody else.</summary>
    public VendorConnection? Vendor => vendor;

    public string? Profile => profile;

    public RateLimiter RateLimiter => pace;

    /// <summary>
    /// Who was named in this session of a gateway; null for a stranger. The line reads, and changes of the register take away.
    /// </summary>
    private readonly ConcurrentDictionary<string, DeviceIngestState?>? _behind = own is null
        ? new(concurrencyLevel: 1, capacity: 1, StringComparer.Ordinal)
        : null;

    /// <summary>Whether it speaks for the devices behind it, and not for itself.</summary>
    public bool IsGateway => own is null;

    /// <summary>
    /// The sender that a topic names, if this session has met it. Null with true: asked before, and not behind this gateway.
    /// </summary>
    public bool TryBehind(ReadOnlySpan<byte> id, out DeviceIngestState? sender)
    {
        sender = null;
        if (id.Length > Domain.Identifier.MaxLength)
            return true;
        Span<char> letters = stackalloc char[id.Length];
        return Encoding.Latin1.GetChars(id, letters) == id.Length
            && _behind!.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(letters, out sender);
    }

    /// <summary>Remembers what was found out; of those that are not behind it only so many, since a client names what it likes.</summary>
    public void CacheSender(string id, DeviceIngestState? sender)
    {
        if (sender is not null || _unknownIds < MaxUnknownIds && Interlocked.Increment(ref _unknownIds) <= MaxUnknownIds)
            _behind![id] = sender;
    }

    /// <summary>Forgets what was found out of an id, so that it is asked again when it is named.</summary>
    public void RemoveSender(string id)
    {
        if (_behind!.TryRemove(id, out var sender) && sender is null)
            Interlocked.Decrement(ref _unknownIds);
    }

    /// <summary>Takes in what the register now says of an id.</summary>
    /// <param name="device">The device with this id behind this gateway; null when none is, or it was removed.</param>
    public void UpdateDevice(string id, Device? device)
    {
        if (device is null)
            Subscriptions.TryRemove(id, out _);
        if (_behind!.TryGetValue(id, out var sender) && (sender is null || device is null))
            RemoveSender(id); // Who stays where it was is kept: if the gateway dies before its next word, it dies too.
        if (Vendor?.Differs(id, device) == true)
            DisconnectForReconfiguration();
    }

    /// <summary>
    /// Ends the session of a gateway behind which, or in whose profile, something changed: what it says is read by what stood there when it
    /// began.
    /// </summary>
    public void DisconnectForReconfiguration() =>
        ClientConnection.End(
            MqttDisconnectReasonCode.AdministrativeAction,
            "What is registered of it changed: it signs in anew.",
            isOurFault: true
        );

    /// <summary>The devices whose expectations this session asked to hear.</summary>
    public ConcurrentDictionary<string, byte> Subscriptions { get; } = new(concurrencyLevel: 1, capacity: 1, StringComparer.Ordinal);

    // Whom it asked for and has not been told of: who asks twice meanwhile is told once.
    private HashSet<string>? _requested;
    private bool _isSending;

    /// <summary>Whether it asked how the registry itself is, and was not told yet. The line's own.</summary>
    public bool WantsAnnouncements { get; set; }

    /// <summary>Notes that it asked to be told of a device.</summary>
    public void RequestExpectedState(string deviceId)
    {
        Subscriptions[deviceId] = 0;
        lock (Subscriptions)
            (_requested ??= new(StringComparer.Ordinal)).Add(deviceId);
    }

    /// <summary>
    /// Takes all that it asked for; null when there is nothing, or when it is being told already and will be told of this too.
    /// </summary>
    /// <param name="isTelling">Whether whoever asks here is telling it already.</param>
    public string[]? DequeueRequests(bool isTelling)
    {
        lock (Subscriptions)
        {
            if (_isSending && !isTelling)
                return null;
            string[]? asked = _requested is null ? null : [.. _requested];
            (_requested, _isSending) = (null, asked is not null);
            return asked;
        }
    }

    /// <summary>Everybody who spoke in this session and in none since.</summary>
    public IEnumerable<DeviceIngestState> ActiveDevices =>
        (Own is not null ? [Own] : _behind!.Values.OfType<DeviceIngestState>()).Where(sender => sender.Session == Connection);
}

/// <summary>Who is signed in at this broker.</summary>
internal sealed class SessionRegistry(IEnrolment enrolment, DeviceIngestStates senders, TimeProvider time) : ISessions
{
    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);
    private long _connection;

    public int Count => _sessions.Count;

    public ImmutableArray<(string Id, long Credential)> SignedIn(string? id = null) =>
        id is null ? [.. _sessions.Values.Select(session => (session.Id, session.Credential))]
        : _sessions.TryGetValue(id, out var session) ? [(id, session.Credential)]
        : [];

    /// <summary>A number for a connection: milliseconds of the registry's clock, and one more than the last if that is more.</summary>
    public long NextConnection()
    {
        while (true)
        {
            var last = Volatile.Read(ref _connection);
            var next = Math.Max(last + 1, time.GetUtcNow().ToUnixTimeMilliseconds());
            if (Interlocked.CompareExchange(ref _connection, next, last) == last)
                return next;
        }
    }

    /// <summary>The lines that asked to hear what is expected of a device: its own, or its gateway's.</summary>
    public IEnumerable<ClientConnection> SubscribersOf(string deviceId) =>
        _sessions.TryGetValue(deviceId, out var own) && own.Subscriptions.ContainsKey(deviceId)
            ? [own.ClientConnection]
            : _sessions
                .Values.Where(session => session.IsGateway && session.Subscriptions.ContainsKey(deviceId))
                .Select(session => session.ClientConnection);

    public void Add(Session session) => _sessions[session.Id] = session;

    /// <summary>Ends a session. False when another has taken its place already.</summary>
    public bool Remove(Session session) => _sessions.TryRemove(new(session.Id, session));

    public bool IsCurrent(Session session) => _sessions.TryGetValue(session.Id, out var current) && ReferenceEquals(current, session);

    public bool IsSignedIn(string id) => _sessions.ContainsKey(id);

    public Task ChangedAsync(string id, CancellationToken cancellationToken)
    {
        senders.RecordRegisterChange(); // First: whoever asked before and is answered after must not keep what it found.
        return RefreshAsync(id, cancellationToken);
    }

    /// <summary>Asks what the register says of an id, and lets every session here go by it.</summary>
    public async Task RefreshAsync(string id, CancellationToken cancellationToken)
    {
        var gateways = _sessions.Values.Where(session => session.IsGateway).ToArray();
        if (gateways.Length == 0 && !IsSignedIn(id))
            return; // Whoever signs in from here on hears of it.
        var enrolled = await enrolment.FindAsync(id, cancellationToken);
        if (enrolled?.Device is { } device)
            senders.Update(device);
        foreach (var gateway in gateways)
        {
            if (gateway.Id != id)
                gateway.UpdateDevice(
                    id,
                    enrolled?.Device is { Lifecycle: not Lifecycle.Removed } child && child.Gateway == gateway.Id ? child : null
                );
            else if (enrolled is not null && enrolled.Profile != gateway.Profile)
                gateway.DisconnectForReconfiguration();
        }
    }

    public async Task EpochsForgottenAsync(string id, CancellationToken cancellationToken)
    {
        if ((await enrolment.FindAsync(id, cancellationToken))?.Device is { } device)
            senders.ForgetEpoch(device.Number);
    }

    public void End(string id)
    {
        if (_sessions.TryGetValue(id, out var session))
            session.ClientConnection.End(MqttDisconnectReasonCode.NotAuthorized, "Its credential does not hold any more.");
    }
}
