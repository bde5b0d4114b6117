using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Fleets;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Places;
using SurveillanceRegistry.Web.Devices;
using SurveillanceRegistry.Web.Languages;
using SurveillanceRegistry.Web.Places;
using SurveillanceRegistry.Web.Present;

namespace SurveillanceRegistry.Web.Home;

/// <summary>The front page: what the registry is, and what is recorded now at every place.</summary>
public sealed class HomeModel(
    IGrainFactory grains,
    IPlaceRegister places,
    IDeviceRegister devices,
    IInventoryRegister<Fleet> register,
    TimeProvider time
) : PresentPage(time)
{
    public GovernanceSnapshot Governance { get; private set; } = null!;

    public ImmutableArray<PlaceDescription> Places { get; private set; }

    /// <summary>The technologies that people wear or drive, with each fleet and its rounded size.</summary>
    public ImmutableArray<(Technology Technology, ImmutableArray<(string Id, string Name, string Words)> Fleets)> Moving
    {
        get;
        private set;
    }

    internal Policies.Text.RegistryLinks Links => new(Governance, "");

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Governance = await grains.Governance();
        Language = PageLanguage.InEnglish(Governance);
        var moving = await PublicFleets.FindAsync(devices, register, null, AsOf, cancellationToken);
        Moving =
        [
            .. from technology in Governance.Table.Technologies
            let fleets = moving
                .Known.Where(fleet => fleet.Technology == technology.Id)
                .Select(known =>
                    (
                        known.Id,
                        moving.NameOf(known.Id),
                        Words([.. moving.Parts.Where(part => part.Id == known.Id && part.Technology == technology.Id)])
                    )
                )
                .ToImmutableArray()
            where !fleets.IsEmpty
            select (technology, fleets),
        ];
        Places = await places.DescribeAllAsync(grains, cancellationToken);
    }

    /// <summary>The size of each part of a fleet. A rounded sum would reveal a part that is too small to be shown.</summary>
    private static string Words(RegisteredFleet[] parts) =>
        parts.Length == 0
            ? "no devices shown, changes appear one hour later"
            : PlainLanguage.List(parts.Select(part => PublicFleets.Text(part, Wording.English) + " devices"));
}
