namespace SurveillanceRegistry.Domain.Devices.Fleets;

/// <summary>The mobile devices of one kind and department that belong together.</summary>
/// <param name="Units">The exact number of devices. Not public: see <see cref="PublishedFleetCount"/>.</param>
public sealed record RegisteredFleet(string Id, string Kind, string Department, int Units)
{
    public string Technology =>
        DeviceKind.Find(Kind)?.Technology ?? throw new InvalidOperationException($"Fleet {Id} has units of no known kind: '{Kind}'.");
}

/// <summary>All that is public of a fleet at once: that it exists and has devices of a technology.</summary>
public sealed record NamedFleet(string Id, string Technology);
