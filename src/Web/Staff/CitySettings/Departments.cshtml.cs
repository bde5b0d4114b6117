using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Web.Registers;

namespace SurveillanceRegistry.Web.Staff.CitySettings;

/// <summary>The departments of the city, also those that are retired.</summary>
public sealed class DepartmentsModel(IGrainFactory grains) : CityPageModel(grains)
{
    public ImmutableArray<(Department Department, bool IsRetired)> Departments { get; private set; } = [];

    public async Task OnGetAsync()
    {
        await LoadAsync();
        Departments = DepartmentHistory.All(Revisions);
    }
}
