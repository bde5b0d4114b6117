using System.Net;
using Microsoft.Extensions.Logging;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Simulator;

/// <summary>
/// A fleet of simulated devices on real MQTT sockets, one connection each. It takes no shortcuts: each device signs in and can be refused.
/// </summary>
public static class Fleet
{
    /// <summary>How many devices sign in at the same time.</summary>
    private const int SigningInAtOnce = 16;

    /// <summary>
    /// The pause between two sign-ins. All devices sign in within <see cref="LongestSignIn"/>; neither sign-ins nor heartbeats are in step.
    /// </summary>
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(40),
        LongestSignIn = TimeSpan.FromSeconds(10);

    /// <summary>The pauses before the next sign-in. After a session of at least <see cref="GoodSession"/>, the pause starts anew.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1),
        LongestPause = TimeSpan.FromSeconds(15),
        GoodSession = TimeSpan.FromMinutes(1);

    /// <summary>Runs the devices until cancelled. A device whose session ends signs in again, after longer and longer pauses.</summary>
    /// <param name="units">The registered devices and their secrets.</param>
    /// <param name="episodes">What happens to the devices.</param>
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
        using var signIns = new SemaphoreSlim(SigningInAtOnce);
        var begun = time.GetUtcNow();
        log.LogInformation("{Count} simulated devices sign in at {Broker}.", units.Count, broker);
        var apart = units.Count == 0 || Apart < LongestSignIn / units.Count ? Apart : LongestSignIn / units.Count;
        await Task.WhenAll(
            units.Select(
                (unit, i) =>
                    LiveAsync(
                        new SimulatedUnit(unit.Device, i, unit.Secret, episodes, begun, time, log),
                        i * apart,
                        broker,
                        signIns,
                        time,
                        log,
                        cancellationToken
                    )
            )
        );
    }

    /// <summary>Runs one device until cancelled: one session after the other, with pauses between them.</summary>
    private static async Task LiveAsync(
        SimulatedUnit unit,
        TimeSpan comesAfter,
        IPEndPoint broker,
        SemaphoreSlim signIns,
        TimeProvider time,
        ILogger log,
        CancellationToken cancellationToken
    )
    {
        await PauseAsync(comesAfter);
        for (var pause = FirstPause; !cancellationToken.IsCancellationRequested; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            var signedIn = time.GetTimestamp();
            try
            {
                await unit.LiveAsync(broker, signIns, cancellationToken);
            }
            catch (Exception failure)
            {
                // Like a device in the street, it tries again whatever ended the session.
                if (cancellationToken.IsCancellationRequested)
                    return;
                pause = time.GetElapsedTime(signedIn) > GoodSession ? FirstPause : pause;
                log.LogInformation(
                    "Simulated device {Device} has no session ({Reason}); it signs in again in {Seconds} s.",
                    unit.Id,
                    failure.Message,
                    pause.TotalSeconds
                );
            }

            await PauseAsync(pause);
        }

        async Task PauseAsync(TimeSpan pause) =>
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
