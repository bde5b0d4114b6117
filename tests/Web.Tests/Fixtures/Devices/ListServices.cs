using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Files.Geometry;
using SurveillanceRegistry.Files.Lists;
using SurveillanceRegistry.Web.Tests.Fixtures.Records;

namespace SurveillanceRegistry.Web.Tests.Fixtures.Devices;

/// <summary>What the facts and the lists of devices need, and the page of the registry's own records.</summary>
internal static class ListServices
{
    public static IServiceCollection AddListsAndRecords(this IServiceCollection services, IDeviceRegister devices) =>
        services
            .AddSingleton<IAreaCheck>(new AreaCheck())
            .AddSingleton<INamedListRegister>(new InMemoryNamedLists())
            .AddSingleton<ICityListReader>(new CityListReader())
            .AddSingleton<IListImportRegister>(new InMemoryListImports(devices))
            .AddRecords();
}
