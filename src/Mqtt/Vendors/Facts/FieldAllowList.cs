using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt.Vendors.Facts;

/// <summary>
/// Who in a vendor's system tells a mode: what stores, what looks, what listens, or a word for one capture that a profile names.
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

/// <summary>The part of a unit whose health is told. A unit is as well as its worst part.</summary>
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

/// <summary>What a kept field must look like.</summary>
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

    /// <summary>Where one of the names or words of a profile stands; compared with these as bytes, and skipped when it is none.</summary>
    ProfileWord,

    /// <summary>A number of the protocol's own: a sequence, a short name, a flag of a metric.</summary>
    Protocol,
}

/// <summary>What one kept value becomes. A closed family.</summary>
public abstract record Effect
{
    private Effect() { }

    /// <summary>Whether the unit is there.</summary>
    public sealed record SetAvailability(Availability Availability) : Effect;

    /// <summary>The mode of which a signal tells; null: it is not known any more.</summary>
    public sealed record SetMode(Signal Signal, Mode? Mode) : Effect;

    /// <summary>The health of a part.</summary>
    public sealed record SetHealth(HealthPart Part, Health Health) : Effect;
}

/// <summary>One word, or one range of numbers, and what it becomes.</summary>
/// <param name="Word">The vendor's word; null for a range.</param>
/// <param name="Least">The smallest number of the range.</param>
/// <param name="Below">The first number after the range.</param>
public sealed record AllowedValue(string? Word, double Least, double Below, ImmutableArray<Effect> Effects)
{
    /// <summary>A word and what it becomes.</summary>
    public static AllowedValue From(string word, params ImmutableArray<Effect> effects) => new(word, 0, 0, effects);

    /// <summary>A range and what it becomes.</summary>
    public static AllowedValue From(double least, double below, params ImmutableArray<Effect> effects) => new(null, least, below, effects);
}

/// <summary>One field that is read. What no such line names is never read.</summary>
/// <param name="Topic">The topic below the profile's prefix; <c>{unit}</c> is a unit's name, <c>{name}</c> a name of the profile's,
/// <c>{any}</c> one or more levels.</param>
/// <param name="Field">Members of JSON objects, with dots between; empty when the whole payload is the value.</param>
/// <param name="Values">The listed words and ranges. Empty for instants, versions, and what profiles or protocols name.</param>
/// <param name="Becomes">What it becomes, in words, where the values do not tell.</param>
public sealed record AllowedField(string Topic, string Field, AllowedType Type, ImmutableArray<AllowedValue> Values, string? Becomes = null)
{
    /// <summary>A field with listed values.</summary>
    public static AllowedField From(string topic, string field, AllowedType type, params ImmutableArray<AllowedValue> values) =>
        new(topic, field, type, values);
}

/// <summary>Topics that are refused before their payload is looked at, and why.</summary>
/// <param name="Topic">The topic below the prefix; <c>{any}</c> is one or more levels, <c>#</c> everything from there.</param>
public sealed record RefusedBranch(string Topic, string Why);

/// <summary>
/// All that an adapter reads, and the branches that it refuses unread. The parser is driven by it: what is not in it has no way in.
/// </summary>
/// <param name="MostBytes">The longest payload that is read.</param>
public sealed record FieldAllowList(
    AdapterKind Adapter,
    ImmutableArray<AllowedField> Kept,
    ImmutableArray<RefusedBranch> Refused,
    int MostBytes
)
{
    /// <summary>This list without one of its lines.</summary>
    public FieldAllowList Without(AllowedField field) => this with { Kept = Kept.Remove(field) };

    /// <summary>Whether some line tells by this signal.</summary>
    public bool Uses(Signal signal) =>
        Kept.Any(field => field.Values.Any(value => value.Effects.Any(effect => effect is Effect.SetMode tells && tells.Signal == signal)));
}
