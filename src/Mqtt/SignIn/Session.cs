using System.Collections.Concurrent;
using System.Text;
using MQTTnet;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.ExpectedStates;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Vendors;

namespace SurveillanceRegistry.Mqtt.SignIn;

/// <summary>
/// One authenticated MQTT connection: which client it is, and for which devices it may publish. The thread that reads the connection owns
/// it; register changes come from other threads.
/// </summary>
/// <param name="id">The id of the device or gateway.</param>
/// <param name="own">The device's ingest state; null for a gateway.</param>
/// <param name="rateLimiter">The client's rate limiter, which outlives the session.</param>
/// <param name="profile">The id of the profile by which a gateway's vendor topics are read; null when it has none.</param>
/// <param name="vendor">The reader of the gateway's vendor topics; null for a device, or without a known profile.</param>
/// <param name="credential">The number of the credential that the client signed in with.</param>
/// <param name="number">The number of the session. It grows with every session, also over restarts.</param>
/// <param name="deathEpoch">The epoch of the client's will; null when it left none.</param>
internal sealed class Session(
    string id,
    DeviceIngestState? own,
    RateLimiter rateLimiter,
    string? profile,
    VendorConnection? vendor,
    long credential,
    long number,
    bool isVersion5,
    long? deathEpoch,
    ClientConnection connection
)
{
    /// <summary>How many ids that are not behind a gateway its session caches. The register is asked for further ids each time.</summary>
    public const int MaxUnknownIds = 1000;

    // The devices that the gateway named in this session; null for an id that is not behind it. The reading thread adds entries, and
    // register changes remove them.
    private readonly ConcurrentDictionary<string, DeviceIngestState?>? _behind = own is null
        ? new(concurrencyLevel: 1, capacity: 1, StringComparer.Ordinal)
        : null;
    private int _unknownIds;

    // Device ids whose expected state was requested and not sent yet; repeated requests are answered once. Guarded by Subscriptions.
    private HashSet<string>? _requested;
    private bool _isSending;

    // Guarded by VendorSubscriptions.
    private bool _isAnnouncementWanted;
    private bool _isAnnouncing;

    public string Id => id;

    /// <summary>The client's name in the server's log.</summary>
    public string LogName => SignIn.LogName.Of(id, own?.Device);

    public DeviceIngestState? Own => own;
    public RateLimiter RateLimiter => rateLimiter;
    public string? Profile => profile;
    public VendorConnection? Vendor => vendor;
    public long Credential => credential;
    public long Number => number;
    public bool IsVersion5 => isVersion5;
    public long? DeathEpoch => deathEpoch;
    public ClientConnection ClientConnection => connection;

    /// <summary>Whether the client publishes for the devices behind it instead of for itself.</summary>
    public bool IsGateway => own is null;

    /// <summary>The subscriptions to expected states, by the id of the device.</summary>
    public ConcurrentDictionary<string, Subscription> Subscriptions { get; } =
        new(concurrencyLevel: 1, capacity: 1, StringComparer.Ordinal);

    /// <summary>The subscriptions to the registry's messages in a vendor's protocol, by their filter.</summary>
    public ConcurrentDictionary<string, Subscription> VendorSubscriptions { get; } =
        new(concurrencyLevel: 1, capacity: 1, StringComparer.Ordinal);

    /// <summary>Finds the subscription by which the client gets a message in its vendor's protocol; null when there is none.</summary>
    public Subscription? FindVendorSubscription(string topic) =>
        VendorSubscriptions
            .Where(subscription => MqttTopicFilterComparer.Compare(topic, subscription.Key) == MqttTopicFilterCompareResult.IsMatch)
            .Select(subscription => subscription.Value)
            .MaxBy(subscription => subscription.Qos);

    /// <summary>Requests the registry's own state (Sparkplug STATE) for this client.</summary>
    public void RequestAnnouncement()
    {
        lock (VendorSubscriptions)
            _isAnnouncementWanted = true;
    }

    /// <summary>
    /// Whether the registry's own state is to be sent now; if so, the request is done. At QoS 1 one message at a time is unacknowledged, so
    /// that no Receive Maximum is exceeded (MQTT 5.0 section 3.1.2.11.3).
    /// </summary>
    public bool TryBeginAnnouncement(MqttQualityOfServiceLevel qos)
    {
        lock (VendorSubscriptions)
        {
            if (!_isAnnouncementWanted || _isAnnouncing)
                return false;
            _isAnnouncementWanted = false;
            _isAnnouncing = qos == MqttQualityOfServiceLevel.AtLeastOnce;
            return true;
        }
    }

    /// <summary>Records that the client acknowledged the registry's own state.</summary>
    public void EndAnnouncement()
    {
        lock (VendorSubscriptions)
            _isAnnouncing = false;
    }

    /// <summary>The devices that were last heard in this session.</summary>
    public IEnumerable<DeviceIngestState> ActiveDevices =>
        (
            own is not null
                ? [own]
                : _behind!.Values.OfType<DeviceIngestState>().Where(device => device.Device.Lifecycle != Lifecycle.Removed)
        ).Where(device => device.LastSession == number);

    /// <summary>Finds a device behind this gateway in the cache. False when the register has to be asked.</summary>
    /// <param name="device">The device; null when the id is known not to be behind this gateway.</param>
    public bool TryGetDeviceBehind(ReadOnlySpan<byte> deviceId, out DeviceIngestState? device)
    {
        device = null;
        if (deviceId.Length > Identifier.MaxLength)
            return true;
        Span<char> letters = stackalloc char[deviceId.Length];
        return Encoding.Latin1.GetChars(deviceId, letters) == deviceId.Length
            && _behind!.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(letters, out device);
    }

    /// <summary>
    /// Caches what the register answered for an id. Ids that are not behind this gateway are cached only up to
    /// <see cref="MaxUnknownIds"/>, because a client may name any number of them.
    /// </summary>
    public void CacheDeviceBehind(string deviceId, DeviceIngestState? device)
    {
        if (device is not null || _unknownIds < MaxUnknownIds && Interlocked.Increment(ref _unknownIds) <= MaxUnknownIds)
            _behind![deviceId] = device;
    }

    /// <summary>Removes an id from the cache, so that the register is asked again when the gateway names it.</summary>
    public void RemoveDeviceBehind(string deviceId)
    {
        if (_behind!.TryRemove(deviceId, out var device) && device is null)
            Interlocked.Decrement(ref _unknownIds);
    }

    /// <summary>Applies what the register now says of an id to this gateway's session.</summary>
    /// <param name="device">The device with this id behind this gateway; null when there is none, or it was removed.</param>
    public void UpdateDevice(string deviceId, Device? device)
    {
        if (device is null)
            Subscriptions.TryRemove(deviceId, out _);
        // Keep the entry of a device that is still behind this gateway, so that its death is published if the gateway disconnects.
        if (_behind!.TryGetValue(deviceId, out var cached) && (device is null || cached is not { Device.Lifecycle: not Lifecycle.Removed }))
            RemoveDeviceBehind(deviceId);
        if (vendor?.Differs(deviceId, device) == true)
            DisconnectForReconfiguration();
    }

    /// <summary>
    /// Ends the session of a gateway whose profile or devices changed: its vendor messages are read by the registration at the sign-in.
    /// </summary>
    public void DisconnectForReconfiguration() =>
        connection.End(
            MqttDisconnectReasonCode.AdministrativeAction,
            "The registration of this client changed; it must sign in again.",
            isServerFault: true
        );

    /// <summary>Subscribes to the expected state of a device, and requests the current one if the client wants it.</summary>
    public void Subscribe(string deviceId, Subscription subscription, MqttRetainHandling handling)
    {
        var isNew = !Subscriptions.ContainsKey(deviceId);
        Subscriptions[deviceId] = subscription;
        if (!WantsRetained(handling, isNew))
            return;
        lock (Subscriptions)
            (_requested ??= new(StringComparer.Ordinal)).Add(deviceId);
    }

    /// <summary>Whether a SUBSCRIBE asks for retained messages (MQTT 5.0 section 3.8.3.1).</summary>
    /// <param name="isNew">Whether the client did not have this subscription.</param>
    public static bool WantsRetained(MqttRetainHandling handling, bool isNew) =>
        handling switch
        {
            MqttRetainHandling.SendAtSubscribe => true,
            MqttRetainHandling.SendAtSubscribeIfNewSubscriptionOnly => isNew,
            MqttRetainHandling.DoNotSendOnSubscribe => false,
            _ => throw new ArgumentOutOfRangeException(nameof(handling), handling, null),
        };

    /// <summary>
    /// Takes all requested device ids. Null when there are none, or when another caller is sending and will take these too.
    /// </summary>
    /// <param name="isSending">Whether the caller is the one that is sending already.</param>
    public string[]? DequeueRequests(bool isSending)
    {
        lock (Subscriptions)
        {
            if (_isSending && !isSending)
                return null;
            string[]? requested = _requested is null ? null : [.. _requested];
            _requested = null;
            _isSending = requested is not null;
            return requested;
        }
    }
}
