using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Simulator;

/// <summary>What may happen to a unit.</summary>
public enum Happening
{
    /// <summary>It records with some of its sensors, whatever it does on an ordinary day.</summary>
    Records,

    /// <summary>It says nothing, though its connection stands.</summary>
    FallsSilent,

    /// <summary>It says farewell, and comes back with a new boot.</summary>
    Restarts,

    /// <summary>Its connection is cut without a farewell, so that its death is published; it comes back in the same boot.</summary>
    IsCutOff,

    /// <summary>
    /// Its power fails and its clock has fallen back when it boots: its new epoch is lower than the last, and is late until somebody resets
    /// it.
    /// </summary>
    LosesItsClock,
}

/// <summary>Something that happens to a unit.</summary>
/// <param name="DeviceId">The unit it happens to.</param>
/// <param name="When">When; of what takes a unit away: how long it is away.</param>
public sealed record Episode(string DeviceId, Happening What, Times When)
{
    /// <summary>What is recorded for as long as it lasts.</summary>
    public ImmutableArray<Capture> Captures { get; init; } = [];

    /// <summary>Whether the unit has no session while it lasts.</summary>
    public bool TakesAway => What is Happening.Restarts or Happening.IsCutOff or Happening.LosesItsClock;

    /// <summary>
    /// The episodes of the sample city, as <c>devices/README.md</c> lists them: each at a place of its own, so that they can be told apart,
    /// and for the first unit in the order of ids that it can happen to.
    /// </summary>
    public static IReadOnlyList<Episode> OfSampleCity(IEnumerable<Device> units)
    {
        var byId = units.OrderBy(unit => unit.Id, StringComparer.Ordinal).ToArray();
        var taken = new HashSet<string>();
        var episodes = new List<Episode>();

        // In a lobby, audio is switched on, which no rule allows.
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
