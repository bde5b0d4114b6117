using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Domain.Devices;

/// <summary>What a gateway's messages are written in. One adapter reads each.</summary>
public enum AdapterKind
{
    Frigate,
    Axis,
    Onvif,
    Sparkplug,
    Availability,
}

/// <summary>What a message says about whether a unit is there at all.</summary>
public enum Availability
{
    /// <summary>Nothing.</summary>
    NotSaid,

    /// <summary>It is there, and spoke or was seen just now.</summary>
    Up,

    /// <summary>It is gone. Whether it takes anything in, nobody knows: down is not off.</summary>
    Down,

    /// <summary>It was stopped on purpose. Whether it takes anything in, nobody knows either.</summary>
    PlannedStop,
}

/// <summary>
/// How a vendor's messages speak for registered units, without code: whose words they are, below which topic, which name stands for which
/// registered device. Not public: vendor names may be serial numbers.
/// </summary>
/// <param name="Id">Identifier; the file is named after it.</param>
/// <param name="Adapter">What the messages are written in.</param>
/// <param name="Prefix">The topic levels before those that the adapter knows, without a slash at either end; may be empty.</param>
/// <param name="Host">The host id under which the registry announces itself to Sparkplug nodes; null for every other adapter.</param>
/// <param name="Recording">The captures that a unit's recording holds, where the vendor only says that it records.</param>
/// <param name="Says">What names of the vendor's mean, for adapters whose names are up to whoever installs them.</param>
/// <param name="Units">The units that are registered, at most <see cref="MaxUnits"/>. Nobody else is heard.</param>
public sealed record Profile(
    string Id,
    AdapterKind Adapter,
    string Prefix,
    string? Host,
    ImmutableArray<Capture> Recording,
    ImmutableArray<VendorMeaning> Says,
    ImmutableArray<ProfileUnit> Units
)
{
    /// <summary>The most units of one profile.</summary>
    public const int MaxUnits = 2000;

    /// <summary>The most names whose meaning one profile tells.</summary>
    public const int MaxMeanings = 32;

    /// <summary>The most words of one name.</summary>
    public const int MaxWords = 32;

    /// <summary>The most characters of a vendor's name.</summary>
    public const int MaxNameCharacters = 128;

    /// <summary>The most characters of a vendor's word.</summary>
    public const int MaxWordCharacters = 32;
}

/// <summary>One unit of a vendor's.</summary>
/// <param name="Name">The vendor's name of it: a camera, a serial number, a topic, <c>group/edge</c> or <c>group/edge/device</c>.</param>
/// <param name="Device">The registered device that it is.</param>
/// <param name="Recording">The captures that its recording holds, where this differs from its profile's.</param>
public sealed record ProfileUnit(string Name, string Device, ImmutableArray<Capture>? Recording);

/// <summary>What one of a vendor's names means: exactly one of availability, the mode of a capture, health or firmware.</summary>
/// <param name="Name">A metric, or the topic levels below the unit's.</param>
/// <param name="Field">The member of a JSON object in which the word stands; null when the payload is the word, or a metric's
/// value.</param>
/// <param name="Availability">The vendor's words for there or not there.</param>
/// <param name="Capture">The capture whose mode it tells.</param>
/// <param name="Modes">The vendor's words for modes of that capture.</param>
/// <param name="Health">The vendor's words for health.</param>
/// <param name="IsFirmware">It tells the firmware, in digits and dots.</param>
public sealed record VendorMeaning(
    string Name,
    string? Field,
    ImmutableDictionary<string, Availability> Availability,
    Capture? Capture,
    ImmutableDictionary<string, Mode> Modes,
    ImmutableDictionary<string, Health> Health,
    bool IsFirmware
)
{
    /// <summary>Every word that it knows.</summary>
    public IEnumerable<string> Words => Availability.Keys.Concat(Modes.Keys).Concat(Health.Keys);
}
