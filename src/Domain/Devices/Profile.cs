using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Domain.Devices;

/// <summary>The formats of gateway messages. Each has an adapter.</summary>
public enum AdapterKind
{
    Frigate,
    Axis,
    Onvif,
    Sparkplug,
    Availability,
}

/// <summary>What a vendor's message says about the availability of a device.</summary>
public enum Availability
{
    /// <summary>Nothing.</summary>
    NotSaid,

    /// <summary>The device is available: it sent a message or was seen just now.</summary>
    Up,

    /// <summary>The device is not reachable. It may still capture: down does not mean off.</summary>
    Down,

    /// <summary>The device was stopped on purpose. It may still capture.</summary>
    PlannedStop,
}

/// <summary>
/// How the messages of a vendor are read, as data instead of code: the format, the topic, and which vendor name is which registered device.
/// Not public: vendor names may be serial numbers.
/// </summary>
/// <param name="Id">Identifier, and the name of the file.</param>
/// <param name="Adapter">The format of the messages.</param>
/// <param name="Prefix">The topic levels before those of the format, without a slash at either end; may be empty.</param>
/// <param name="Host">The host id with which the registry announces itself to Sparkplug nodes; null for every other adapter.</param>
/// <param name="Recording">The captures in a recording, for a vendor who only reports that a unit records.</param>
/// <param name="Says">The meaning of the vendor's names, for formats in which the installer chooses the names.</param>
/// <param name="Units">The registered units, at most <see cref="MaxUnits"/>. Messages of other units are ignored.</param>
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

    /// <summary>The most names with a meaning in one profile.</summary>
    public const int MaxMeanings = 32;

    /// <summary>The most words with a meaning for one name.</summary>
    public const int MaxWords = 32;

    /// <summary>The most characters of a vendor's name.</summary>
    public const int MaxNameCharacters = 128;

    /// <summary>The most characters of a vendor's word.</summary>
    public const int MaxWordCharacters = 32;
}

/// <summary>A unit, as vendors call a device.</summary>
/// <param name="Name">The vendor's name for it: a camera, a serial number, a topic, <c>group/edge</c> or <c>group/edge/device</c>.</param>
/// <param name="Device">Id of the registered device.</param>
/// <param name="Recording">The captures in its recording; null when its profile's apply.</param>
public sealed record ProfileUnit(string Name, string Device, ImmutableArray<Capture>? Recording);

/// <summary>The meaning of a vendor's name: exactly one of availability, the mode of a capture, health or firmware.</summary>
/// <param name="Name">A metric, or the topic levels below the unit's.</param>
/// <param name="Field">The member of a JSON payload that has the word; null when the whole payload, or a metric's value, is the
/// word.</param>
/// <param name="Availability">The vendor's words for available and not available.</param>
/// <param name="Capture">The capture whose mode it reports.</param>
/// <param name="Modes">The vendor's words for modes of that capture.</param>
/// <param name="Health">The vendor's words for health.</param>
/// <param name="IsFirmware">Whether it reports the firmware, in digits and dots.</param>
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
    /// <summary>Every word with a meaning.</summary>
    public IEnumerable<string> Words => Availability.Keys.Concat(Modes.Keys).Concat(Health.Keys);
}
