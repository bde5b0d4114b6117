using System.Collections.Immutable;

namespace SurveillanceRegistry.Domain.Devices.Enrolment;

/// <summary>The clients that may sign in, as the broker asks for them: at sign-in, not for every heartbeat.</summary>
public interface IEnrolment
{
    /// <summary>The client with this id and its valid credentials; null when there is none.</summary>
    Task<EnrolledClient?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>A device behind a gateway; null when it is not registered behind this gateway.</summary>
    Task<Device?> FindBehindAsync(string gateway, string deviceId, CancellationToken cancellationToken);

    /// <summary>Every device behind a gateway, in the order of ids.</summary>
    Task<ImmutableArray<Device>> ListBehindAsync(string gateway, CancellationToken cancellationToken);
}
