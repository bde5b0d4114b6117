using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain.Records;

namespace SurveillanceRegistry.Web.Tests.Fixtures.Records;

/// <summary>What the page of the registry's own records needs.</summary>
internal static class RecordsServices
{
    public static IServiceCollection AddRecords(this IServiceCollection services) =>
        services
            .AddSingleton<ILegalHoldRegister>(new InMemoryLegalHolds())
            .AddSingleton(
                new RecordsSchedule(
                    ImmutableDictionary.Create<HeldRecords, int>().Add(HeldRecords.Heartbeats, 31).Add(HeldRecords.SecurityLog, 365)
                )
            );
}
