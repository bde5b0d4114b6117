using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Mqtt;

/// <summary>One signed-in connection: who it is, and for whom it may speak.</summary>
/// <param name="id">The device or gateway.</param>
/// <param name="own">The device's sender; null for a gateway.</param>
/// <param name="credential">The number of the credential that it signed in with.</param>
/// <param name="connection">Grows with every connection, over restarts too.</param>
/// <param name="deathEpoch">The epoch of its will; null when it left none.</param>
internal sealed class Session(string id, Sender? own, VendorLine? vendor, long credential, long connection, bool isVersion5, long? deathEpoch, Line line)
{
    public string Id => id;
    public Sender? Own => own;
    public long Credential => credential;
    public long Connection => connection;
    public bool IsVersion5 => isVersion5;
    public long? DeathEpoch => deathEpoch;
    public Line Line => line;

    /// <summary>What a gateway says in its vendor's words; null for everybody else.</summary>
    public VendorLine? Vendor => vendor;

    /// <summary>The devices behind a gateway that spoke in this session.</summary>
    private readonly Dictionary<string, Sender?> _behind = new(StringComparer.Ordinal);

    /// <summary>Whether it speaks for the devices behind it, and not for itself.</summary>
    public bool IsGateway => own is null;

    /// <summary>The sender that a topic names, if this session has met it. Null with true: asked before, and not behind this gateway.</summary>
    public bool TryBehind(ReadOnlySpan<byte> id, out Sender? sender)
    {
        sender = null;
        if (id.Length > Domain.Identifier.MaxLength)
            return true;
        Span<char> letters = stackalloc char[id.Length];
        return Encoding.Latin1.GetChars(id, letters) == id.Length && _behind.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(letters, out sender);
    }

    /// <summary>Remembers what was found out; of those that are not behind it only so many, since a client names what it likes.</summary>
    public void Met(string id, Sender? sender)
    {
        const int MostStrangers = 100_000;
        if (sender is not null || _behind.Count < MostStrangers)
            _behind[id] = sender;
    }

    /// <summary>The devices whose expectations this session asked to hear.</summary>
    public ConcurrentDictionary<string, byte> Wants { get; } = new(concurrencyLevel: 1, capacity: 1, StringComparer.Ordinal);

    /// <summary>Everybody who spoke in this session and in none since.</summary>
    public IEnumerable<Sender> Speakers => (Own is not null ? [Own] : _behind.Values.OfType<Sender>()).Where(sender => sender.Session == Connection);
}

/// <summary>Who is signed in at this broker.</summary>
internal sealed class Sessions(TimeProvider time) : ISessions
{
    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);
    private long _connection;

    public int Count => _sessions.Count;

    public ImmutableArray<(string Id, long Credential)> SignedIn(string? id = null) =>
        id is null ? [.. _sessions.Values.Select(session => (session.Id, session.Credential))] : _sessions.TryGetValue(id, out var session) ? [(id, session.Credential)] : [];

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
    public IEnumerable<Line> WhoWants(string deviceId) =>
        _sessions.TryGetValue(deviceId, out var own) && own.Wants.ContainsKey(deviceId) ? [own.Line]
        : _sessions.Values.Where(session => session.IsGateway && session.Wants.ContainsKey(deviceId)).Select(session => session.Line);

    public void Begin(Session session) => _sessions[session.Id] = session;

    /// <summary>Ends a session. False when another has taken its place already.</summary>
    public bool Ended(Session session) => _sessions.TryRemove(new(session.Id, session));

    public bool IsCurrent(Session session) => _sessions.TryGetValue(session.Id, out var current) && ReferenceEquals(current, session);

    public bool IsSignedIn(string id) => _sessions.ContainsKey(id);

    public void End(string id)
    {
        if (_sessions.TryGetValue(id, out var session))
            session.Line.End(MqttDisconnectReasonCode.NotAuthorized, "Its credential does not hold any more.");
    }
}
