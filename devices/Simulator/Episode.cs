using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Simulator;

/// <summary>What may happen to a simulated device.</summary>
public enum Happening
{
    /// <summary>It records with some of its sensors, whatever it does on an ordinary day.</summary>
    Records,

    /// <summary>It publishes nothing, although its connection is open.</summary>
    FallsSilent,

    /// <summary>It disconnects normally, and returns with a new boot.</summary>
    Restarts,

    /// <summary>Its connection is cut without a DISCONNECT, so that its death is published; it returns in the same boot.</summary>
    IsCutOff,

    /// <summary>
    /// Its power fails, and its clock has fallen back when it boots. Its new epoch is lower than the last one, so it stays late until a
    /// clerk resets its sequence.
    /// </summary>
    LosesItsClock,
}

/// <summary>An event in the day of a simulated device.</summary>
/// <param name="DeviceId">The device to which it happens.</param>
/// <param name="When">When it happens. If it takes the device away: when the device is away.</param>
public sealed record Episode(string DeviceId, Happening What, Times When)
{
    /// <summary>The captures that are recorded while it lasts.</summary>
    public ImmutableArray<Capture> Captures { get; init; } = [];

    /// <summary>Whether the device has no session while it lasts.</summary>
    public bool TakesAway => What is Happening.Restarts or Happening.IsCutOff or Happening.LosesItsClock;

    /// <summary>
    /// Creates the episodes of the sample city, as <c>devices/README.md</c> lists them. Each is at a place of its own, so that a viewer can
    /// tell them apart. Each happens to the first possible device in the order of ids.
    /// </summary>
    public static IReadOnlyList<Episode> ForSampleCity(IEnumerable<Device> units)
    {
        var byId = units.OrderBy(unit => unit.Id, StringComparer.Ordinal).ToArray();
        var taken = new HashSet<string>();
        var episodes = new List<Episode>();

        // In a lobby, audio is switched on, although no rule allows it.
        Add(
            unit => unit is { Kind: "facility-camera", Lifecycle: Lifecycle.Active } && unit.Sensors.Contains(Capture.Audio),
            Happening.Records,
            new Times(Seconds(45), Seconds(60), Minutes(4)),
            _ => [Capture.Audio]
        );
        Add(
            unit => unit is { Kind: "traffic-camera", Lifecycle: Lifecycle.Active },
            Happening.FallsSilent,
            new Times(Minutes(2), Seconds(90), Minutes(5))
        );
        Add(
            unit => unit is { Kind: "alpr-fixed", Lifecycle: Lifecycle.Active },
            Happening.Restarts,
            new Times(Minutes(3), Seconds(15), Minutes(6))
        );
        Add(
            unit => unit is { Kind: "public-cctv", Lifecycle: Lifecycle.Active },
            Happening.IsCutOff,
            new Times(Minutes(4), Seconds(75), Minutes(10))
        );
        Add(
            unit => unit is { Kind: "red-light-camera", Lifecycle: Lifecycle.Active },
            Happening.LosesItsClock,
            Times.Once(Minutes(7), Seconds(20))
        );
        // The plate readers are paused; one on a pole and one in a car record all the same.
        Add(unit => unit is { Kind: "alpr-fixed", Lifecycle: Lifecycle.Paused }, Happening.Records, Times.Always, unit => unit.Sensors);
        Add(unit => unit is { Kind: "alpr-patrol", Lifecycle: Lifecycle.Paused }, Happening.Records, Times.Always, unit => unit.Sensors);
        return episodes;

        void Add(Func<Device, bool> canBe, Happening what, Times when, Func<Device, ImmutableArray<Capture>>? captures = null)
        {
            if (byId.FirstOrDefault(unit => canBe(unit) && (unit.Place is null || !taken.Contains(unit.Place))) is not { } unit)
                return;
            if (unit.Place is not null)
                taken.Add(unit.Place);
            episodes.Add(new Episode(unit.Id, what, when) { Captures = captures?.Invoke(unit) ?? [] });
        }
    }

    private static TimeSpan Seconds(int seconds) => TimeSpan.FromSeconds(seconds);

    private static TimeSpan Minutes(int minutes) => TimeSpan.FromMinutes(minutes);
}
