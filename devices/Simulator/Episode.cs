using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Simulator;

/// <summary>Something that happens to a unit again and again: after <paramref name="First"/>, for <paramref name="Lasts"/>, every <paramref name="Every"/>.</summary>
/// <param name="DeviceId">The unit it happens to.</param>
/// <param name="Switches">The capture that is switched to recorded for as long as it lasts; null: the unit falls silent.</param>
public sealed record Episode(string DeviceId, Capture? Switches, TimeSpan First, TimeSpan Lasts, TimeSpan Every)
{
    /// <summary>Whether it is going on, so long after the fleet began.</summary>
    public bool IsOn(TimeSpan elapsed) => elapsed >= First && TimeSpan.FromTicks((elapsed - First).Ticks % Every.Ticks) < Lasts;

    /// <summary>
    /// The two episodes of the sample city: in a lobby, audio is switched on, which no rule allows; and a camera elsewhere falls silent.
    /// </summary>
    public static IReadOnlyList<Episode> OfSampleCity(IEnumerable<Device> units)
    {
        var cameras = units.Where(unit => unit.Lifecycle == Lifecycle.Active && unit.Place is not null).OrderBy(unit => unit.Id, StringComparer.Ordinal).ToArray();
        var listening = cameras.FirstOrDefault(unit => unit.Kind == "facility-camera" && unit.Sensors.Contains(Capture.Audio));
        var silent = cameras.FirstOrDefault(unit => unit.Kind == "traffic-camera" && unit.Place != listening?.Place);
        var episodes = new List<Episode>();
        if (listening is not null)
            episodes.Add(new Episode(listening.Id, Capture.Audio, TimeSpan.FromSeconds(45), TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(4)));
        if (silent is not null)
            episodes.Add(new Episode(silent.Id, null, TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(90), TimeSpan.FromMinutes(5)));
        return episodes;
    }
}
