using System.Net;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Simulator;

/// <summary>
/// A fleet of simulated units on real MQTT sockets, one connection each. Nothing about it is a shortcut: it signs in, it can be refused.
/// </summary>
public static class Fleet
{
    /// <summary>How many units sign in at the same time.</summary>
    private const int SigningInAtOnce = 16;

    /// <summary>
    /// The units sign in one after the other, so far apart; all of them within <see cref="LongestSignIn"/>, so that neither sign-ins nor
    /// heartbeats come in step.
    /// </summary>
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(40),
        LongestSignIn = TimeSpan.FromSeconds(10);

    /// <summary>A session that lasted this long was a good one: the next sign-in need not hesitate.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1),
        LongestPause = TimeSpan.FromSeconds(15),
        GoodSession = TimeSpan.FromMinutes(1);

    /// <summary>Runs the units until told to stop. A unit whose session ends signs in again, after longer and longer pauses.</summary>
    /// <param name="units">Registered devices and their secrets.</param>
    /// <param name="episodes">What happens to them.</param>
    public static async Task RunAsync(
        IPEndPoint broker,
        IReadOnlyList<(Device Device, string Secret)> units,
        IReadOnlyList<Episode> episodes,
        TimeProvider time,
        ILogger log,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(units);
        using var door = new SemaphoreSlim(SigningInAtOnce);
        var begun = time.GetUtcNow();
        log.LogInformation("A fleet of {Count} simulated units signs in at {Broker}.", units.Count, broker);
        var apart = units.Count == 0 || Apart < LongestSignIn / units.Count ? Apart : LongestSignIn / units.Count;
        await Task.WhenAll(
            units.Select((unit, i) => LiveAsync(new SimulatedUnit(unit.Device, i, unit.Secret, episodes, begun, time, log), i * apart))
        );

        async Task LiveAsync(SimulatedUnit unit, TimeSpan comesAfter)
        {
            await PauseAsync(comesAfter);
            for (
                var pause = FirstPause;
                !cancellationToken.IsCancellationRequested;
                pause = pause < LongestPause ? pause * 2 : LongestPause
            )
            {
                var signedIn = time.GetTimestamp();
                try
                {
                    await unit.LiveAsync(broker, door, cancellationToken);
                }
                catch (Exception failure)
                {
                    // Whatever ends a session, a unit in the street tries again.
                    if (cancellationToken.IsCancellationRequested)
                        return;
                    pause = time.GetElapsedTime(signedIn) > GoodSession ? FirstPause : pause;
                    log.LogInformation(
                        "Simulated unit {Device} has no session ({Reason}); it signs in again in {Seconds} s.",
                        unit.Id,
                        failure.Message,
                        pause.TotalSeconds
                    );
                }

                await PauseAsync(pause);
            }
        }

        async Task PauseAsync(TimeSpan pause) =>
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
