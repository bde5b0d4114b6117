using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.Publishing;
using SurveillanceRegistry.Mqtt.Vendors;

namespace SurveillanceRegistry.Mqtt.SignIn;

/// <summary>
/// Who may connect: a registered device or gateway, under its own id as client id and user name, with its secret or with the certificate
/// that was registered for it. So a session can only be taken over by the same identity, and every later packet's device is known. A will
/// that could never be heard is refused here, while the client listens.
/// </summary>
internal sealed class ConnectAuthenticator(
    IEnrolment enrolment,
    VendorProfiles profiles,
    DeviceIngestStates senders,
    SessionRegistry sessions,
    Limits limits,
    MqttMetrics counters,
    TimeProvider time,
    ILogger<ConnectAuthenticator> logger
)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<IPAddress, (TimeSpan Since, int Count)> _failures = new();
    private readonly ConcurrentDictionary<string, (TimeSpan Since, int Count)> _takeovers = new(StringComparer.Ordinal);

    public async Task OnConnectAsync(ValidatingConnectionEventArgs connect)
    {
        var line = (ClientConnection)connect.ChannelAdapter;
        var address = (line.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        try
        {
            connect.ReasonCode =
                Count(_failures, address, 0) > limits.FailuresPerAddressAndMinute
                    ? MqttConnectReasonCode.ConnectionRateExceeded
                    : await AuthenticateAsync(connect, line);
        }
        catch (Exception failure)
        {
            // A register out of reach: the client tries again later.
            logger.LogWarning("A client could not be admitted because the register did not answer ({Reason}).", failure.Message);
            connect.ReasonCode = MqttConnectReasonCode.ServerUnavailable;
        }

        if (connect.ReasonCode == MqttConnectReasonCode.Success)
            return;
        counters.SignInRefused(connect.ReasonCode);
        if (connect.ReasonCode is MqttConnectReasonCode.BadUserNameOrPassword or MqttConnectReasonCode.NotAuthorized)
            Count(_failures, address, 1);
    }

    private async Task<MqttConnectReasonCode> AuthenticateAsync(ValidatingConnectionEventArgs connect, ClientConnection line)
    {
        var id = connect.ClientId;
        var certificate = line.ClientCertificate;
        if (
            !Identifier.IsValid(id)
            || connect.UserName is not null && connect.UserName != id
            || certificate is null && (connect.UserName is null || connect.RawPassword is not { Length: > 0 })
        )
            return MqttConnectReasonCode.BadUserNameOrPassword;
        var asOf = senders.Changes;
        if (await enrolment.FindAsync(id, connect.CancellationToken) is not { } enrolled)
            return MqttConnectReasonCode.BadUserNameOrPassword; // Counted, and not named: nobody knows who that is.
        var credential = enrolled.Credentials.FirstOrDefault(credential =>
            credential.Kind == CredentialKind.Secret
                ? connect.RawPassword is { Length: > 0 } secret && DeviceSecret.Matches(secret, credential.Sha256.AsSpan())
                : certificate is not null
                    && CryptographicOperations.FixedTimeEquals(SHA256.HashData(certificate.RawDataMemory.Span), credential.Sha256.AsSpan())
                    && IsWithinValidity(certificate)
        );
        if (credential is null)
            return Refuse(id, MqttConnectReasonCode.BadUserNameOrPassword, "no credential of it was shown");
        if (enrolled.Device is { Lifecycle: Lifecycle.Removed })
            return Refuse(id, MqttConnectReasonCode.NotAuthorized, "the device is removed");
        var isVersion5 = connect.ProtocolVersion == MqttProtocolVersion.V500;
        var connection = sessions.NextConnection();
        var vendor = enrolled.Device is null ? await VendorAsync(enrolled, asOf, connection, connect.CancellationToken) : null;
        long? deathEpoch = null;
        if (ValidateWill(line.ConnectPacket!, enrolled, vendor, ref deathEpoch) is { } reason)
            return Refuse(
                id,
                isVersion5 ? reason : MqttConnectReasonCode.NotAuthorized,
                "its will must be a death on its own death topic, QoS 1, not retained"
            );
        if (sessions.IsSignedIn(id) && Count(_takeovers, id, 1) > limits.TakeoversPerMinute)
            return Refuse(
                id,
                MqttConnectReasonCode.ConnectionRateExceeded,
                "its session is taken over again and again: two units may share one credential"
            );

        var sender = enrolled.Device is { } device ? await senders.GetOrAddAsync(device, asOf) : null;
        var session = new Session(
            id,
            sender,
            sender ?? senders.ForGateway(id),
            enrolled.Profile,
            vendor,
            credential.Number,
            connection,
            isVersion5,
            deathEpoch,
            line
        );
        connect.SessionItems[nameof(Session)] = session;
        line.Session = session;
        line.ConnectPacket!.WillFlag = false; // Deaths are judged here, where it is known whose session ended how.
        sessions.Add(session);
        if (senders.Changes != asOf)
            await RecheckAsync(session, connect.CancellationToken);
        return MqttConnectReasonCode.Success;
    }

    /// <summary>Something was registered while a sign-in was judged, and whoever was told of it did not know of this session yet.</summary>
    private async Task RecheckAsync(Session session, CancellationToken cancellationToken)
    {
        await sessions.RefreshAsync(session.Id, cancellationToken);
        if (session.Vendor is { } vendor && vendor.Differs(await enrolment.AllBehindAsync(session.Id, cancellationToken)))
            session.DisconnectForReconfiguration();
    }

    /// <summary>What a gateway's profile makes of its words; null when it has none, or none that is known here.</summary>
    private async Task<VendorConnection?> VendorAsync(
        EnrolledClient gateway,
        long asOf,
        long connection,
        CancellationToken cancellationToken
    )
    {
        if (profiles.Find(gateway.Profile) is not { } units)
        {
            if (gateway.Profile is not null)
                logger.LogWarning(
                    "Gateway {Gateway} has the profile {Profile}, which is not among the files: what its vendor says is refused.",
                    gateway.Id,
                    gateway.Profile
                );
            return null;
        }

        var behind = new Dictionary<string, DeviceIngestState>(StringComparer.Ordinal);
        foreach (
            var device in (await enrolment.AllBehindAsync(gateway.Id, cancellationToken)).Where(device =>
                device.Lifecycle != Lifecycle.Removed
            )
        )
            behind[device.Id] = await senders.GetOrAddAsync(device, asOf);
        // The connection is the epoch of all that is said on it. Where the clock was set back between two starts, those it speaks for
        // remember a later one.
        var epoch = behind.Values.Select(sender => sender.Last.Epoch + 1).Append(connection).Max();
        return new VendorConnection(units, behind.ToFrozenDictionary(StringComparer.Ordinal), epoch, time.GetUtcNow());
    }

    private bool IsWithinValidity(System.Security.Cryptography.X509Certificates.X509Certificate2 certificate) =>
        time.GetUtcNow() is var now && now >= certificate.NotBefore.ToUniversalTime() && now <= certificate.NotAfter.ToUniversalTime();

    private MqttConnectReasonCode Refuse(string id, MqttConnectReasonCode reason, string why)
    {
        logger.LogInformation("Refused a sign-in as {Client}: {Why}.", id, why);
        return reason;
    }

    /// <summary>
    /// A will is a death: on the device's own topic, QoS 1, not retained (MQTT 5.0 section 3.2.2.2). A gateway may leave one on a topic
    /// that its profile reads.
    /// </summary>
    private static MqttConnectReasonCode? ValidateWill(
        MqttConnectPacket signIn,
        EnrolledClient enrolled,
        VendorConnection? vendor,
        ref long? deathEpoch
    )
    {
        if (!signIn.WillFlag || vendor?.CanRead(signIn.WillTopic) == true)
            return null;
        if (enrolled.Device is not { } device || DeviceTopics.ClassOf(signIn.WillTopic, device.Id) != TopicClass.OwnDeath)
            return MqttConnectReasonCode.NotAuthorized;
        if (signIn.WillQoS != MqttQualityOfServiceLevel.AtLeastOnce)
            return MqttConnectReasonCode.QoSNotSupported;
        if (signIn.WillRetain)
            return MqttConnectReasonCode.RetainNotSupported;
        if (!HeartbeatReader.TryReadDeath(signIn.WillMessage, out var epoch))
            return MqttConnectReasonCode.PayloadFormatInvalid;
        deathEpoch = epoch;
        return null;
    }

    /// <summary>Counts within a minute that began with the first.</summary>
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

    /// <summary>Forgets the minutes that are over.</summary>
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
}
