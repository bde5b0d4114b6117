using System.Net;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Policies;
using SurveillanceRegistry.Simulator;

namespace SurveillanceRegistry.Registry;

/// <summary>The sample city's fleet: new secrets for its units, then real connections. A city that is not a sample has no such fleet.</summary>
internal static class SampleFleet
{
    public static async Task RunAsync(IServiceProvider services, IPEndPoint broker, int most, CancellationToken cancellationToken)
    {
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Fleet");
        var devices = services.GetRequiredService<IDeviceRegister>();
        var time = services.GetRequiredService<TimeProvider>();
        if (!(await services.GetRequiredService<IPolicyRegister>().HistoryAsync(cancellationToken)).Current.City.IsSample)
            throw new WrongUsage("This registry serves a real city: simulated units would speak for real devices. Only a sample city has a simulated fleet.");

        var units = new List<(Device, string)>();
        foreach (var device in (await devices.AllAsync(cancellationToken)).Where(device => device.Lifecycle is Lifecycle.Active or Lifecycle.Paused).Take(most))
        {
            var secret = DeviceSecret.New();
            await devices.ReplaceSecretAsync(device.Id, DeviceSecret.Hash(secret), time.GetUtcNow(), cancellationToken);
            units.Add((device, secret));
        }

        await Fleet.RunAsync(broker, units, Episode.OfSampleCity(units.Select(unit => unit.Item1)), time, log, cancellationToken);
    }
}
