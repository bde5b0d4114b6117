using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Devices.Enrolment;

/// <summary>The register of gateways.</summary>
public interface IGatewayRegister
{
    /// <summary>Returns every gateway, removed ones too, ordered by id.</summary>
    Task<ImmutableArray<Gateway>> GatewaysAsync(CancellationToken cancellationToken);

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
