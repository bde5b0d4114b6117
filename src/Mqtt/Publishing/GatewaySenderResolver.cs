using Microsoft.Extensions.Logging;
using MQTTnet.Protocol;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Mqtt.Connections;
using SurveillanceRegistry.Mqtt.SignIn;

namespace SurveillanceRegistry.Mqtt.Publishing;

/// <summary>
/// Finds the device that a gateway names in a topic: in the session's cache, or in the register. The thread that reads the gateway's
/// connection calls it.
/// </summary>
internal sealed class GatewaySenderResolver(IEnrolment enrolment, DeviceIngestStates ingestStates, ILogger<GatewaySenderResolver> logger)
{
    /// <summary>Finds the named device without the register. False when the register has to be asked.</summary>
    /// <param name="device">The device; null when the id is invalid, or known not to be behind this gateway.</param>
    public static bool TryResolve(Session session, ReadOnlySpan<byte> id, out DeviceIngestState? device)
    {
        device = null;
        return !Identifier.IsValid(Decode(id, stackalloc char[Identifier.MaxLength])) || session.TryGetDeviceBehind(id, out device);
    }

    /// <summary>Asks the register for a device that the gateway names for the first time in its session, and caches the answer.</summary>
    /// <returns>
    /// The device, which may be removed; null when it is not behind this gateway; and why the session ends, null when it goes on.
    /// </returns>
    public async ValueTask<(DeviceIngestState? Device, DisconnectCause? Cause)> ResolveAsync(Session session, string id)
    {
        DeviceIngestState? device = null;
        var asOf = ingestStates.RegisterChanges;
        try
        {
            if (await enrolment.FindBehindAsync(session.Id, id, CancellationToken.None) is { } registered)
                device = await ingestStates.GetOrAddAsync(registered, asOf);
        }
        catch (Exception failure)
        {
            // The gateway sends the publish again after its next sign-in.
            logger.LogWarning(
                "The session of gateway {Gateway} ends because the register did not answer ({Reason}).",
                session.Id,
                failure.Message
            );
            var cause = new DisconnectCause(MqttDisconnectReasonCode.ServerBusy, "The register does not answer.", IsServerFault: true);
            return (null, cause);
        }

        session.CacheDeviceBehind(id, device);
        if (ingestStates.RegisterChanges != asOf)
            session.RemoveDeviceBehind(id); // A change since the query may concern this device: the next publish asks again.
        return (device, null);
    }

    private static ReadOnlySpan<char> Decode(ReadOnlySpan<byte> id, Span<char> letters) =>
        id.Length > letters.Length || System.Text.Ascii.ToUtf16(id, letters, out var written) != System.Buffers.OperationStatus.Done
            ? default
            : letters[..written];
}
