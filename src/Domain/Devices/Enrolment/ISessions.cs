using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Devices.Enrolment;

/// <summary>
/// The MQTT sessions of this broker. It is notified of a change before all other listeners, so that a client whose credential was revoked
/// is disconnected without waiting for page caches.
/// </summary>
public interface ISessions : IEnrolmentListener
{
    /// <summary>
    /// The id of every client with a session and the number of the credential that it signed in with; of one id only, when it is given.
    /// </summary>
    ImmutableArray<(string Id, long Credential)> SignedIn(string? id = null);

    /// <summary>
    /// Ends the session of a device or gateway, if it has one, because its credential is no longer valid or it was removed.
    /// </summary>
    void End(string id);

    /// <summary>
    /// Makes the next heartbeat of a device count whatever its epoch: a clerk has checked a device whose clock fell back.
    /// </summary>
    Task ForgetEpochsAsync(string id, CancellationToken cancellationToken);
}
