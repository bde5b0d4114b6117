using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Registers;

namespace SurveillanceRegistry.Domain.Devices.Enrolment;

/// <summary>The register of gateways.</summary>
public interface IGatewayRegister
{
    /// <summary>Returns every gateway, removed ones too, ordered by id.</summary>
    Task<ImmutableArray<Gateway>> GatewaysAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Every version of a gateway, oldest first; empty when it was never registered. What is said of it holds from when it is recorded.
    /// </summary>
    Task<ImmutableArray<AttributedVersion<Gateway>>> HistoryAsync(string id, CancellationToken cancellationToken);

    /// <summary>Every gateway as it was recorded by an instant, in the order of ids, removed ones too.</summary>
    Task<ImmutableArray<RegisterVersion<Gateway>>> ListAsync(DateTimeOffset then, CancellationToken cancellationToken);

    /// <summary>Registers a gateway. Refuses when a gateway or a device has the id already.</summary>
    Task<Outcome<Gateway>> RegisterAsync(
        Gateway gateway,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>Changes a gateway, or removes it, which ends its credentials. Refuses when its version is not the given one.</summary>
    Task<Outcome<Gateway>> ChangeAsync(
        Gateway gateway,
        int version,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );
}
