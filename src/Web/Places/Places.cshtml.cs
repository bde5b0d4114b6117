using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Places;
using SurveillanceRegistry.Web.Devices;
using SurveillanceRegistry.Web.Languages;
using SurveillanceRegistry.Web.Present;

namespace SurveillanceRegistry.Web.Places;

/// <summary>All places, with what is recorded there now, and the fleets.</summary>
public sealed class PlacesModel(
    IGrainFactory grains,
    IPlaceRegister places,
    IDeviceRegister devices,
    IInventoryRegister<Fleet> register,
    TimeProvider time
) : PresentPage(time)
{
    public ImmutableArray<PlaceDescription> All { get; private set; }

    /// <summary>The fleets, each with the kind of its devices; not its size. The words are empty while no device of it is known.</summary>
    public ImmutableArray<(string Id, string Name, string Words)> Fleets { get; private set; }

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var governance = await grains.Governance();
        Language = PageLanguage.InEnglish(governance);
        All = await places.DescribeAllAsync(grains, cancellationToken);
        var fleets = await PublicFleets.FindAsync(devices, register, null, AsOf, cancellationToken);
        var technologies = governance.Table.Technologies;
        // Of a fleet without a device that is public yet, the public knows the technology but no kind.
        Fleets =
        [
            .. fleets
                .InUse.SelectMany(fleet =>
                    fleets
                        .Known.Where(known => known.Id == fleet.Id)
                        .SelectMany(known =>
                            fleets
                                .Parts.Where(part => part.Id == known.Id && part.Technology == known.Technology)
                                .Select(part => DeviceText.Kind(part.Kind))
                                .DefaultIfEmpty(
                                    technologies.FirstOrDefault(one => one.Id == known.Technology)?.Name.Trim() ?? known.Technology
                                )
                        )
                        .DefaultIfEmpty("")
                        .Select(words => (fleet.Id, fleet.DisplayName, words))
                )
                .Distinct(),
        ];
    }
}
