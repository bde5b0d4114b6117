using SurveillanceRegistry.Domain.Policies;

namespace SurveillanceRegistry.Grains.Policies;

/// <summary>The city's governance, in memory and in order. Key: <see cref="City"/>.</summary>
[Alias("policies")]
public interface IPoliciesGrain : IGrainWithStringKey
{
    /// <summary>The one key: a registry serves one city.</summary>
    const string City = "city";

    /// <summary>The city, its governance table and the words of its notices, as registered.</summary>
    [Alias("governance")]
    Task<Governance> Governance();
}
