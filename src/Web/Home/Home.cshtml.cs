using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc.RazorPages;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Places;
using SurveillanceRegistry.Web.Devices;
using SurveillanceRegistry.Web.Places;

namespace SurveillanceRegistry.Web.Home;

/// <summary>The front page: what this is, and what is recorded now at every place.</summary>
public sealed class HomeModel(IGrainFactory grains, IPlaceRegister places, IDeviceRegister devices, TimeProvider time) : PageModel
{
    public GovernanceSnapshot Governance { get; private set; } = null!;

    public ImmutableArray<PlaceDescription> Places { get; private set; }

    /// <summary>The technologies that people wear or drive, each with its fleets, and how large each is in words.</summary>
    public ImmutableArray<(Technology Technology, ImmutableArray<(string Id, string Words)> Fleets)> Moving { get; private set; }

    internal Policies.Text.RegistryLinks Links => new(Governance, "");

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Governance = await grains.Governance();
        var moving = await PublicFleets.LookAsync(devices, time, cancellationToken);
        Moving =
        [
            .. from technology in Governance.Table.Technologies
            let fleets = moving
                .Known.Where(fleet => fleet.Technology == technology.Id)
                .Select(known =>
                    (known.Id, Words([.. moving.Parts.Where(part => part.Id == known.Id && part.Technology == technology.Id)]))
                )
                .ToImmutableArray()
            where !fleets.IsEmpty
            select (technology, fleets),
        ];
        Places = await places.DescribeAllAsync(grains, cancellationToken);
    }

    /// <summary>Each part as its fleet's page has it: the rounded sum of parts would tell one that is too small to be shown.</summary>
    private static string Words(RegisteredFleet[] parts) =>
        parts.Length == 0
            ? "its number follows an hour after registration"
            : PlainLanguage.List(parts.Select(part => PublicFleets.Text(part) + " units"));
}
