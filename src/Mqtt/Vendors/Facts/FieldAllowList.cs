using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt.Vendors.Facts;

/// <summary>
/// The source of a mode in a vendor's system: a recorder, a viewer, a listener, or a word of a profile for one capture.
/// </summary>
public enum Signal
{
    Recorder,
    Viewer,
    Listener,
    Video,
    Stills,
    Audio,
    Plates,
    Faces,
    Location,
}

/// <summary>The part of a unit whose health is reported. A unit is as healthy as its worst part.</summary>
public enum HealthPart
{
    Unit,
    Stream,
    Link,
    Recorder,
    Listener,
    Storage,
    Disk,
    Hardware,
    Scene,
}

/// <summary>The type of an allowed field.</summary>
public enum AllowedType
{
    /// <summary>One of the listed words, letter by letter.</summary>
    Word,

    /// <summary>True or false, with or without quotes, also as 1 or 0.</summary>
    Flag,

    /// <summary>A number in one of the listed ranges, with or without quotes.</summary>
    Number,

    /// <summary>An instant: RFC 3339, or seconds or milliseconds since 1970; from 2000 to 2099.</summary>
    Instant,

    /// <summary>Digits and dots: one to five groups of one to five digits.</summary>
    Version,

    /// <summary>A name or word of a profile; compared as bytes, and dropped when the profile does not list it.</summary>
    ProfileWord,

    /// <summary>A number of the protocol itself: a sequence, an alias, or a flag of a metric.</summary>
    Protocol,
}

/// <summary>What one allowed value becomes. A closed list.</summary>
public abstract record Effect
{
    private Effect() { }

    /// <summary>Sets whether the unit is online.</summary>
    public sealed record SetAvailability(Availability Availability) : Effect;

    /// <summary>Sets the mode of a signal; null makes it unknown.</summary>
    public sealed record SetMode(Signal Signal, Mode? Mode) : Effect;

    /// <summary>Sets the health of a part.</summary>
    public sealed record SetHealth(HealthPart Part, Health Health) : Effect;
}

/// <summary>One word, or one range of numbers, and its effects.</summary>
/// <param name="Word">The vendor's word; null for a range.</param>
/// <param name="Min">The smallest number of the range.</param>
/// <param name="ExclusiveMax">The first number after the range.</param>
public sealed record AllowedValue(string? Word, double Min, double ExclusiveMax, ImmutableArray<Effect> Effects)
{
    /// <summary>Creates a word with its effects.</summary>
    public static AllowedValue From(string word, params ImmutableArray<Effect> effects) => new(word, 0, 0, effects);

    /// <summary>Creates a range with its effects.</summary>
    public static AllowedValue From(double least, double below, params ImmutableArray<Effect> effects) => new(null, least, below, effects);
}

/// <summary>One field that is read. A field without such an entry is never read.</summary>
/// <param name="Topic">The topic below the profile's prefix; <c>{unit}</c> is a unit's name, <c>{name}</c> a name of the profile's,
/// <c>{any}</c> one or more levels.</param>
/// <param name="Field">Members of JSON objects, with dots between; empty when the whole payload is the value.</param>
/// <param name="Values">The listed words and ranges. Empty for instants, versions, and what profiles or protocols name.</param>
/// <param name="Becomes">What the field becomes, in words; null where the values show it.</param>
public sealed record AllowedField(string Topic, string Field, AllowedType Type, ImmutableArray<AllowedValue> Values, string? Becomes = null)
{
    /// <summary>Creates a field with listed values.</summary>
    public static AllowedField From(string topic, string field, AllowedType type, params ImmutableArray<AllowedValue> values) =>
        new(topic, field, type, values);
}

/// <summary>Topics that are refused before their payload is read, and why.</summary>
/// <param name="Topic">The topic below the prefix; <c>{any}</c> is one or more levels, <c>#</c> everything from there.</param>
public sealed record RefusedBranch(string Topic, string Why);

/// <summary>
/// The fields that an adapter reads, and the topics that it refuses unread. The parser is driven by this list and reads nothing else.
/// </summary>
/// <param name="MaxBytes">The longest payload that is read.</param>
public sealed record FieldAllowList(
    AdapterKind Adapter,
    ImmutableArray<AllowedField> Allowed,
    ImmutableArray<RefusedBranch> Refused,
    int MaxBytes
)
{
    /// <summary>Returns this list without one of its fields.</summary>
    public FieldAllowList Without(AllowedField field) => this with { Allowed = Allowed.Remove(field) };

    /// <summary>Whether a field of the list reports this signal.</summary>
    public bool Uses(Signal signal) =>
        Allowed.Any(field =>
            field.Values.Any(value => value.Effects.Any(effect => effect is Effect.SetMode tells && tells.Signal == signal))
        );
}
