using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;

namespace SurveillanceRegistry.Domain.Notices.Texts;

/// <summary>Everything that the texts of a notice are composed from.</summary>
/// <param name="Facts">The facts of the face that is composed.</param>
/// <param name="Possible">The facts of the worst case: everything that can be captured here.</param>
internal sealed record NoticeContext(
    Place Place,
    ImmutableArray<CoveringDevice> Covering,
    ImmutableArray<PlaceFleet> Fleets,
    ImmutableArray<NoticeFact> Facts,
    ImmutableArray<NoticeFact> Possible,
    GovernanceSnapshot Governance,
    DateOnly Day,
    string PublicUrl,
    bool IsWorst
)
{
    /// <summary>The technology and department of every device and fleet that the notice covers.</summary>
    public ImmutableArray<(string Technology, string Department)> Covered { get; } =
    [
        .. Covering
            .Where(device => device.IsInScope)
            .Select(device => (device.Device.Technology, device.Device.Department))
            .Concat(Fleets.Select(fleet => (fleet.Technology, fleet.Department)))
            .Distinct(),
    ];

    /// <summary>What the devices of each technology here can capture and report as off; fleets report nothing.</summary>
    public ImmutableArray<(string Technology, ImmutableArray<Capture> Captures)> Off { get; } =
    [
        .. Possible
            .Where(fact => fact.Fleet is null && !Facts.Any(made => IsSame(made, fact)))
            .GroupBy(fact => fact.Technology)
            .Select(off => (off.Key, off.Select(fact => fact.Capture).Distinct().Order().ToImmutableArray())),
    ];

    /// <summary>The facts whose rules are stated: those of now; where every sensor is off, those of what the devices can capture.</summary>
    public ImmutableArray<NoticeFact> Governed => Facts.IsEmpty ? Possible : Facts;

    /// <summary>The technologies that the notice covers, in the order of the governance table.</summary>
    public IEnumerable<Technology> Technologies =>
        Governance.Table.Technologies.Where(technology => Covered.Any(covered => covered.Technology == technology.Id));

    private static bool IsSame(NoticeFact one, NoticeFact other) =>
        (one.Fleet, one.Technology, one.Capture) == (other.Fleet, other.Technology, other.Capture);
}
