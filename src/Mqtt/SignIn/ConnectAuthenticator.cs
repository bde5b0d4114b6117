using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.Presence;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Vendors;

namespace SurveillanceRegistry.Mqtt.SignIn;

/// <summary>
/// Authenticates clients: a registered device or gateway, with its own id as client id and user name, and its secret or its registered
/// certificate. So only the same identity can take a session over, and the device of every later packet is known. A will that the
/// registry would never publish is refused here, while the client can still learn of it.
/// </summary>
internal sealed class ConnectAuthenticator(
    IEnrolment enrolment,
    VendorProfiles profiles,
    DeviceIngestStates ingestStates,
    SessionRegistry sessions,
    KnockRecorder knocks,
    Limits limits,
    MqttMetrics metrics,
    TimeProvider time,
    ILogger<ConnectAuthenticator> logger
)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<IPAddress, (TimeSpan Since, int Count)> _failures = new();
    private readonly ConcurrentDictionary<string, (TimeSpan Since, int Count)> _takeovers = new(StringComparer.Ordinal);

    /// <summary>
    /// Decides a sign-in. A right credential is let in, whatever strangers behind the same address did: a secret has 256 random bits, so
    /// that no limit of tries protects it. Beyond the limit a wrong one is answered as too many, and no longer logged.
    /// </summary>
    /// <returns>Whether the register was asked and the client is refused: the time of the answer must not tell what was found.</returns>
    public async Task<bool> OnConnectAsync(ValidatingConnectionEventArgs connect)
    {
        var connection = (ClientConnection)connect.ChannelAdapter;
        var network = ClientNetwork.Of((connection.RemoteEndPoint as IPEndPoint)?.Address);
        var isQuiet = Count(_failures, network, 0) >= limits.FailuresPerAddressAndMinute;
        var asksRegister = NamesOneDeviceAndCredential(connect, connection.ClientCertificate);
        try
        {
            connect.ReasonCode = asksRegister
                ? await AuthenticateAsync(connect, connection, isQuiet)
                : MqttConnectReasonCode.BadUserNameOrPassword;
        }
        catch (Exception failure)
        {
            // Usually the database is away. The client tries again later.
            logger.LogWarning("Refused a sign-in because the register did not answer ({Reason}).", failure.Message);
            connect.ReasonCode = MqttConnectReasonCode.ServerUnavailable;
        }

        if (connect.ReasonCode == MqttConnectReasonCode.Success)
            return false;
        if (
            connect.ReasonCode is MqttConnectReasonCode.BadUserNameOrPassword or MqttConnectReasonCode.NotAuthorized
            && Count(_failures, network, 1) > limits.FailuresPerAddressAndMinute
        )
            connect.ReasonCode = MqttConnectReasonCode.ConnectionRateExceeded;
        metrics.SignInRefused(connect.ReasonCode);
        return asksRegister;
    }

    /// <summary>Removes the counts of minutes that are over.</summary>
    public void RemoveIdle()
    {
        var before = time.MonotonicNow() - Minute;
        foreach (var (address, (since, _)) in _failures)
        {
            if (since < before)
                _failures.TryRemove(address, out _);
        }

        foreach (var (id, (since, _)) in _takeovers)
        {
            if (since < before)
                _takeovers.TryRemove(id, out _);
        }
    }

    private async Task<MqttConnectReasonCode> AuthenticateAsync(
        ValidatingConnectionEventArgs connect,
        ClientConnection connection,
        bool isQuiet
    )
    {
        if (connect.AuthenticationMethod is not null) // None is supported; MQTT 5.0 section 4.12 demands this code.
            return MqttConnectReasonCode.BadAuthenticationMethod;
        var id = connect.ClientId;
        var asOf = ingestStates.RegisterChanges;
        if (await enrolment.FindAsync(id, connect.CancellationToken) is not { } enrolled)
            return MqttConnectReasonCode.BadUserNameOrPassword; // Counted, but not logged: the id may be any text.
        if (CheckCredential(enrolled, connect.RawPassword, connection.ClientCertificate, isQuiet, out var credential) is { } refused)
            return refused;
        var isVersion5 = connect.ProtocolVersion == MqttProtocolVersion.V500;
        var number = sessions.NextNumber();
        var vendor = enrolled.Device is null ? await OpenVendorAsync(enrolled, asOf, number, connect.CancellationToken) : null;
        if (ValidateWill(connection.ConnectPacket!, enrolled, vendor, out var deathEpoch) is { } reason)
            return Refuse(
                enrolled,
                isVersion5 ? reason : MqttConnectReasonCode.NotAuthorized,
                "its will must be a death on its own death topic, QoS 1, not retained"
            );
        if (sessions.IsSignedIn(id) && Count(_takeovers, id, 1) > limits.TakeoversPerMinute)
            return Refuse(
                enrolled,
                MqttConnectReasonCode.ConnectionRateExceeded,
                "its session is taken over again and again: two devices may share one credential"
            );

        var device = enrolled.Device is { } registered ? await ingestStates.GetOrAddAsync(registered, asOf) : null;
        var rateLimiter = device?.RateLimiter ?? ingestStates.ForGateway(id);
        var session = new Session(
            id,
            device,
            rateLimiter,
            enrolled.Profile,
            vendor,
            credential.Number,
            number,
            isVersion5,
            deathEpoch,
            connection
        );
        await OpenAsync(session, connect, asOf);
        return MqttConnectReasonCode.Success;
    }

    /// <summary>Whether the packet names one valid id, and carries a secret or came with a certificate.</summary>
    private static bool NamesOneDeviceAndCredential(ValidatingConnectionEventArgs connect, X509Certificate2? certificate) =>
        Identifier.IsValid(connect.ClientId)
        && (connect.UserName is null || connect.UserName == connect.ClientId)
        && (certificate is not null || connect.UserName is not null && connect.RawPassword is { Length: > 0 });

    private async Task OpenAsync(Session session, ValidatingConnectionEventArgs connect, long asOf)
    {
        connect.SessionItems[nameof(Session)] = session;
        session.ClientConnection.Session = session;
        var packet = session.ClientConnection.ConnectPacket!;
        // MQTTnet must not publish the will: PublishHandler.OnSessionEnded knows how the session ended, and publishes the death.
        packet.WillFlag = false;
        // MQTTnet deletes the session of an id when its connection has ended, even if the client has signed in again meanwhile, and then
        // disconnects that client. So each session has an id of its own there, and a takeover is the registry's own.
        packet.ClientId = $"{session.Id}/{session.Number}";
        if (sessions.Add(session) is { } before)
            before.ClientConnection.End(MqttDisconnectReasonCode.SessionTakenOver, "The client signed in again.");
        if (ingestStates.RegisterChanges != asOf)
            await RecheckAsync(session, connect.CancellationToken);
    }

    /// <summary>Applies register changes that were announced during the sign-in, when this session was not in the list yet.</summary>
    private async Task RecheckAsync(Session session, CancellationToken cancellationToken)
    {
        await sessions.RefreshAsync(session.Id, cancellationToken);
        if (session.Vendor is { } vendor && vendor.Differs(await enrolment.ListBehindAsync(session.Id, cancellationToken)))
            session.DisconnectForReconfiguration();
    }

    /// <summary>
    /// Checks the credential of a client. A removed device that shows a credential of its own knocks. Ids are public: without that
    /// condition, a stranger could make every notice name devices that are gone.
    /// </summary>
    /// <param name="isQuiet">Whether a wrong credential is not logged.</param>
    /// <returns>Why the client is refused; null when it is not.</returns>
    private MqttConnectReasonCode? CheckCredential(
        EnrolledClient enrolled,
        byte[]? password,
        X509Certificate2? certificate,
        bool isQuiet,
        out Credential credential
    )
    {
        var removed = enrolled.Device is { Lifecycle: Lifecycle.Removed } device ? device : null;
        credential = FindCredential(enrolled.Credentials, password, certificate)!;
        if (removed is not null && (credential ?? FindCredential(enrolled.EndedCredentials, password, certificate)) is not null)
            knocks.Record(removed);
        if (credential is null)
            return isQuiet
                ? MqttConnectReasonCode.BadUserNameOrPassword
                : Refuse(enrolled, MqttConnectReasonCode.BadUserNameOrPassword, "it showed none of its credentials");
        return removed is null ? null : Refuse(enrolled, MqttConnectReasonCode.NotAuthorized, "the device is removed");
    }

    private Credential? FindCredential(ImmutableArray<Credential> credentials, byte[]? password, X509Certificate2? certificate) =>
        credentials.FirstOrDefault(credential =>
            credential.Kind == CredentialKind.Secret
                ? password is { Length: > 0 } && DeviceSecret.Matches(password, credential.Sha256.AsSpan())
                : certificate is not null
                    && CryptographicOperations.FixedTimeEquals(SHA256.HashData(certificate.RawDataMemory.Span), credential.Sha256.AsSpan())
                    && IsWithinValidity(certificate)
        );

    private bool IsWithinValidity(X509Certificate2 certificate)
    {
        var now = time.GetUtcNow();
        return now >= certificate.NotBefore.ToUniversalTime() && now <= certificate.NotAfter.ToUniversalTime();
    }

    /// <summary>Creates the reader of a gateway's vendor topics; null when it has no profile, or one that is not among the files.</summary>
    private async Task<VendorConnection?> OpenVendorAsync(
        EnrolledClient gateway,
        long asOf,
        long sessionNumber,
        CancellationToken cancellationToken
    )
    {
        if (profiles.Find(gateway.Profile) is not { } units)
        {
            if (gateway.Profile is not null)
                logger.LogWarning(
                    "Gateway {Gateway} has the profile {Profile}, which is not among the files: its vendor messages are refused.",
                    gateway.Id,
                    gateway.Profile
                );
            return null;
        }

        var behind = new Dictionary<string, DeviceIngestState>(StringComparer.Ordinal);
        foreach (var device in await enrolment.ListBehindAsync(gateway.Id, cancellationToken))
            behind[device.Id] = await ingestStates.GetOrAddAsync(device, asOf);

        // The session number is the epoch of all vendor heartbeats of the session. If the clock was set back between two starts, the
        // devices have a later epoch already.
        var epoch = behind.Values.Select(device => device.LastSequence.Epoch + 1).Append(sessionNumber).Max();
        return new VendorConnection(units, behind.ToFrozenDictionary(StringComparer.Ordinal), epoch, time.GetUtcNow());
    }

    private MqttConnectReasonCode Refuse(EnrolledClient client, MqttConnectReasonCode reason, string why)
    {
        logger.LogInformation("Refused a sign-in as {LogName}: {Why}.", LogName.Of(client.Id, client.Device), why);
        return reason;
    }

    /// <summary>
    /// Checks that a will is a death: on the device's own topic, QoS 1, not retained (MQTT 5.0 section 3.2.2.2). A gateway may leave a will
    /// on a topic that its profile reads, and a Mosquitto bridge its own state.
    /// </summary>
    /// <param name="deathEpoch">The epoch of the device's death; null when there is no will, or a gateway's.</param>
    /// <returns>Why the will is refused; null when it is not.</returns>
    private static MqttConnectReasonCode? ValidateWill(
        MqttConnectPacket connect,
        EnrolledClient enrolled,
        VendorConnection? vendor,
        out long? deathEpoch
    )
    {
        deathEpoch = null;
        if (!connect.WillFlag || vendor is not null && (vendor.CanRead(connect.WillTopic) || IsBridgeState(connect.WillTopic, enrolled.Id)))
            return null;
        if (enrolled.Device is not { } device || DeviceTopics.ClassOf(connect.WillTopic, device.Id) != TopicClass.OwnDeath)
            return MqttConnectReasonCode.NotAuthorized;
        if (connect.WillQoS != MqttQualityOfServiceLevel.AtLeastOnce)
            return MqttConnectReasonCode.QoSNotSupported;
        if (connect.WillRetain)
            return MqttConnectReasonCode.RetainNotSupported;
        if (!HeartbeatReader.TryReadDeath(connect.WillMessage, out var epoch))
            return MqttConnectReasonCode.PayloadFormatInvalid;
        deathEpoch = epoch;
        return null;
    }

    /// <summary>
    /// Whether a will is the one that a Mosquitto bridge leaves by itself. It says only that the bridge is gone, which the broker sees.
    /// What the bridge publishes on this topic is refused like every topic that the profile does not name.
    /// </summary>
    private static bool IsBridgeState(string topic, string gateway) => topic == $"$SYS/broker/connection/{gateway}/state";

    /// <summary>Counts within a minute that begins with the first event.</summary>
    /// <param name="add">How many to add; 0 only reads the count.</param>
    private int Count<TKey>(ConcurrentDictionary<TKey, (TimeSpan Since, int Count)> counts, TKey key, int add)
        where TKey : notnull
    {
        var now = time.MonotonicNow();
        if (add == 0 && (!counts.TryGetValue(key, out var held) || now - held.Since >= Minute))
            return 0;
        return counts
            .AddOrUpdate(key, _ => (now, add), (_, before) => now - before.Since < Minute ? (before.Since, before.Count + add) : (now, add))
            .Count;
    }
}
