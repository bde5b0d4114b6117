using System.Net;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Simulator;

namespace SurveillanceRegistry.Registry;

/// <summary>
/// The sample city's fleet: new secrets for its units, then real connections. A city that is not a sample has no such fleet.
/// </summary>
internal static class SampleFleet
{
    public static async Task RunAsync(IServiceProvider services, IPEndPoint broker, int most, CancellationToken cancellationToken)
    {
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Fleet");
        var devices = services.GetRequiredService<IDeviceRegister>();
        var time = services.GetRequiredService<TimeProvider>();
        if (!(await services.GetRequiredService<IPolicyRegister>().HistoryAsync(cancellationToken)).Current.City.IsSample)
            throw new UsageException(
                "This registry serves a real city: simulated units would speak for real devices. Only a sample city has a simulated fleet."
            );

        var units = (await devices.AllAsync(cancellationToken))
            .Where(device => device.Lifecycle is Lifecycle.Active or Lifecycle.Paused)
            .Take(most)
            .Select(device => (Device: device, Secret: DeviceSecret.New()))
            .ToArray();
        await services
            .GetRequiredService<IEnrolment>()
            .IssueSecretsAsync(
                [.. units.Select(unit => (unit.Device.Id, DeviceSecret.Hash(unit.Secret)))],
                Attribution.Registry,
                "The sample city's simulated fleet signs in.",
                time.GetUtcNow(),
                cancellationToken
            );

        await Fleet.RunAsync(broker, units, Episode.OfSampleCity(units.Select(unit => unit.Device)), time, log, cancellationToken);
    }
}
