using System.Net;
using Microsoft.Extensions.Logging;
using MQTTnet.Exceptions;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Simulator;

/// <summary>A fleet of simulated units on real MQTT sockets, one connection each. Nothing about it is a shortcut: it signs in, it can be refused.</summary>
public static class Fleet
{
    /// <summary>How many units sign in at the same time.</summary>
    private const int SigningInAtOnce = 16;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromSeconds(15);

    /// <summary>Runs the units until told to stop. A unit whose session ends signs in again, after longer and longer pauses.</summary>
    /// <param name="units">Registered devices and their secrets.</param>
    /// <param name="episodes">What happens to them.</param>
    public static async Task RunAsync(
        IPEndPoint broker, IReadOnlyList<(Device Device, string Secret)> units, IReadOnlyList<Episode> episodes, TimeProvider time, ILogger log, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(units);
        using var door = new SemaphoreSlim(SigningInAtOnce);
        var begun = time.GetUtcNow();
        log.LogInformation("A fleet of {Count} simulated units signs in at {Broker}.", units.Count, broker);
        await Task.WhenAll(units.Select(unit => LiveAsync(new SimulatedUnit(unit.Device, unit.Secret, episodes, begun, time), unit.Device.Id)));

        async Task LiveAsync(SimulatedUnit unit, string id)
        {
            for (var pause = FirstPause; !cancellationToken.IsCancellationRequested; pause = pause < LongestPause ? pause * 2 : LongestPause)
            {
                try
                {
                    await unit.SpeakAsync(broker, door, cancellationToken);
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception failure) when (failure is MqttCommunicationException or MqttClientNotConnectedException or InvalidOperationException or OperationCanceledException)
                {
                    log.LogInformation("Simulated unit {Device} lost its session ({Reason}); it signs in again in {Seconds} s.", id, failure.Message, pause.TotalSeconds);
                }

                try
                {
                    await Task.Delay(pause, time, cancellationToken);
                }
                catch (OperationCanceledException)
                {
                    return;
                }
            }
        }
    }
}
