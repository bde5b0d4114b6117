using Microsoft.Extensions.Logging;
using MQTTnet.Protocol;
using MQTTnet.Server;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Mqtt;

/// <summary>
/// Who may connect: a registered device, under its own id as client id and user name, with its secret. So a session can only be taken
/// over by the same identity, and every later packet's device is known.
/// </summary>
internal sealed class Admission(IDeviceRegister devices, Counters counters, ILogger<Admission> logger)
{
    private const string DeviceItem = "device", VersionItem = "version";

    /// <summary>The device of a session.</summary>
    public static Device DeviceOf(System.Collections.IDictionary session) => (Device)session[DeviceItem]!;

    /// <summary>Whether the session speaks MQTT 5, and so can be told why.</summary>
    public static bool IsVersion5(System.Collections.IDictionary session) => session[VersionItem] is MQTTnet.Formatter.MqttProtocolVersion.V500;

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
        if (await devices.CredentialAsync(connect.ClientId, connect.CancellationToken) is not var (device, hash) || !DeviceSecret.Matches(secret, hash))
            return MqttConnectReasonCode.BadUserNameOrPassword;
        if (device.Lifecycle == Lifecycle.Removed)
            return MqttConnectReasonCode.NotAuthorized;
        connect.SessionItems[DeviceItem] = device;
        connect.SessionItems[VersionItem] = connect.ProtocolVersion;
        return MqttConnectReasonCode.Success;
    }
}
