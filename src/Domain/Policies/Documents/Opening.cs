using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Domain.Policies.Documents;

/// <summary>A file from which a register is opened: its name under the checkout and the SHA-256 of its bytes, lower-case hex.</summary>
public sealed record OpeningFile(string Name, string Sha256)
{
    /// <summary>
    /// Whether the file says what is not public, such as how many mobile devices there are. With its hash a guess could be checked, so the
    /// ledger gets a salted one.
    /// </summary>
    public bool IsPrivate { get; init; }
}

/// <summary>The content of the files under <c>policies/</c> and <c>devices/</c>, read without an error.</summary>
public sealed record Opening(
    GovernanceSnapshot Governance,
    ImmutableArray<Place> Places,
    ImmutableArray<Kiosk> Kiosks,
    ImmutableArray<Device> Devices,
    ImmutableArray<OpeningFile> Files
)
{
    /// <summary>The gateways of some of the devices.</summary>
    public ImmutableArray<Gateway> Gateways { get; init; } = [];

    /// <summary>The places that fleets work from.</summary>
    public ImmutableArray<FleetBase> FleetBases { get; init; } = [];
}
