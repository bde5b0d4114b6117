using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Grains;

namespace SurveillanceRegistry.Web.Devices.Facts;

/// <summary>Checks what a clerk would register of devices against the city and its lists, as they are now.</summary>
public sealed class RegistrationChecks(IGrainFactory grains, INamedListRegister lists, IAreaCheck areas, TimeProvider time)
{
    /// <summary>Every reason why a device cannot be registered; empty when it can.</summary>
    public async Task<ImmutableArray<Refusal>> CheckAsync(Device device, CancellationToken cancellationToken)
    {
        var facts = await FactsAsync(cancellationToken);
        return [.. Registration.Check(device, facts.City), .. facts.Check(device)];
    }

    /// <summary>The checks of facts, with the city and its lists as they are now.</summary>
    public async Task<FactChecks> FactsAsync(CancellationToken cancellationToken)
    {
        var governance = await grains.Governance();
        var city = governance.City;
        return new FactChecks(city, NamedLists.From(await lists.AllAsync(cancellationToken)), areas, city.DayAt(time.GetUtcNow()))
        {
            RetiredTechnologies = governance.Table.RetiredTechnologies,
        };
    }
}
