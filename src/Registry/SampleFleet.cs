using System.Net;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Registry.Configuration;
using SurveillanceRegistry.Simulator;

namespace SurveillanceRegistry.Registry;

/// <summary>
/// Runs the simulated devices of the sample city: gives them new secrets, then connects them over MQTT. No other city has them.
/// </summary>
internal static class SampleFleet
{
    public static async Task RunAsync(IServiceProvider services, IPEndPoint broker, int maxDevices, CancellationToken cancellationToken)
    {
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Fleet");
        var devices = services.GetRequiredService<IDeviceRegister>();
        var time = services.GetRequiredService<TimeProvider>();
        if (!(await services.GetRequiredService<IPolicyRegister>().HistoryAsync(cancellationToken)).Current.City.IsSample)
            throw new UsageException(
                "This registry serves a real city: simulated devices would report as real devices. "
                    + "Only a sample city has a simulated fleet."
            );

        var simulated = (await devices.AllAsync(cancellationToken))
            .Where(device => device.Lifecycle is Lifecycle.Active or Lifecycle.Paused)
            .Take(maxDevices)
            .Select(device => (Device: device, Secret: DeviceSecret.New()))
            .ToArray();
        await services
            .GetRequiredService<ICredentialRegister>()
            .IssueSecretsAsync(
                [.. simulated.Select(entry => (entry.Device.Id, DeviceSecret.Hash(entry.Secret)))],
                Attribution.Registry,
                "The sample city's simulated fleet signs in.",
                time.GetUtcNow(),
                cancellationToken
            );

        await Fleet.RunAsync(
            broker,
            simulated,
            Episode.ForSampleCity(simulated.Select(entry => entry.Device)),
            time,
            log,
            cancellationToken
        );
    }
}
