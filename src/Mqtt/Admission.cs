using Microsoft.Extensions.Logging;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// Who may connect: a registered device, under its own id as client id and user name, with its secret. So a session can only be taken
/// over by the same identity, and every later packet's device is known. A will that could never be heard is refused here, while the device listens.
/// </summary>
internal sealed class Admission(IDeviceRegister devices, Counters counters, ILogger<Admission> logger)
{
    private const string DeviceItem = "device", VersionItem = "version";

    /// <summary>The device of a session.</summary>
    public static Device DeviceOf(System.Collections.IDictionary session) => (Device)session[DeviceItem]!;

    /// <summary>Whether the session speaks MQTT 5, and so can be told why.</summary>
    public static bool IsVersion5(System.Collections.IDictionary session) => session[VersionItem] is MqttProtocolVersion.V500;

    public async Task AdmitAsync(ValidatingConnectionEventArgs connect)
    {
        try
        {
            connect.ReasonCode = await JudgeAsync(connect);
        }
#pragma warning disable CA1031 // A register out of reach: the device tries again later.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            logger.LogWarning(failure, "A device could not be admitted because the register did not answer.");
            connect.ReasonCode = MqttConnectReasonCode.ServerUnavailable;
        }

        if (connect.ReasonCode != MqttConnectReasonCode.Success)
            counters.SignInRefused();
    }

    private async Task<MqttConnectReasonCode> JudgeAsync(ValidatingConnectionEventArgs connect)
    {
        if (!Identifier.IsValid(connect.ClientId) || connect.UserName != connect.ClientId || connect.RawPassword is not { Length: > 0 } secret)
            return MqttConnectReasonCode.BadUserNameOrPassword;
        if (await devices.CredentialAsync(connect.ClientId, connect.CancellationToken) is not var (device, hash))
            return MqttConnectReasonCode.BadUserNameOrPassword; // Counted, and not named: nobody knows who that is.
        if (!DeviceSecret.Matches(secret, hash))
            return Refuse(device, MqttConnectReasonCode.BadUserNameOrPassword, "the secret is wrong");
        if (device.Lifecycle == Lifecycle.Removed)
            return Refuse(device, MqttConnectReasonCode.NotAuthorized, "the device is removed");
        if (RefusalOfWill(((Line)connect.ChannelAdapter).SignIn!, device) is { } reason)
            return Refuse(device, connect.ProtocolVersion == MqttProtocolVersion.V500 ? reason : MqttConnectReasonCode.NotAuthorized, "its will must be on its own death topic, QoS 1, not retained");
        connect.SessionItems[DeviceItem] = device;
        connect.SessionItems[VersionItem] = connect.ProtocolVersion;
        return MqttConnectReasonCode.Success;
    }

    private MqttConnectReasonCode Refuse(Device device, MqttConnectReasonCode reason, string why)
    {
        logger.LogInformation("Refused a sign-in as device {Device}: {Why}.", device.Id, why);
        return reason;
    }

    /// <summary>A will is a death: on the device's own topic, QoS 1, not retained (MQTT 5.0 section 3.2.2.2).</summary>
    private static MqttConnectReasonCode? RefusalOfWill(MqttConnectPacket signIn, Device device) =>
        !signIn.WillFlag ? null
        : Topic.ClassOf(signIn.WillTopic, device.Id) != TopicClass.OwnDeath ? MqttConnectReasonCode.NotAuthorized
        : signIn.WillQoS != MqttQualityOfServiceLevel.AtLeastOnce ? MqttConnectReasonCode.QoSNotSupported
        : signIn.WillRetain ? MqttConnectReasonCode.RetainNotSupported
        : null;
}
