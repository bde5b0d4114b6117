using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Mqtt.Vendors.Facts;

/// <summary>The facts of one message while it is read.</summary>
internal sealed class FactBuilder(UnitIndex units)
{
    private readonly List<VendorFact> _facts = [];
    private string? _firmware;
    private DateTimeOffset? _at;

    public int Dropped { get; set; }

    public void Apply(int unit, ImmutableArray<Effect> effects)
    {
        foreach (var effect in effects)
        {
            ref var fact = ref At(unit);
            fact = effect switch
            {
                Effect.SetAvailability { Availability: var said } => fact with { Availability = said },
                Effect.SetMode { Signal: var signal, Mode: var mode } => fact with { Signals = fact.Signals.With(signal, mode) },
                Effect.SetHealth { Part: var part, Health: var health } => fact with { Health = fact.Health.With(part, health) },
                _ => throw new InvalidOperationException("An effect that nobody knows."),
            };
        }
    }

    /// <summary>Whatever these effects' signals told is not known any more.</summary>
    public void Forget(int unit, ImmutableArray<AllowedValue> values)
    {
        foreach (var value in values)
        {
            foreach (var effect in value.Effects)
            {
                if (effect is Effect.SetMode { Signal: var signal })
                    Tell(unit, signal, null);
            }
        }
    }

    public void Tell(int unit, Signal signal, Mode? mode)
    {
        ref var fact = ref At(unit);
        fact = fact with { Signals = fact.Signals.With(signal, mode) };
    }

    /// <summary>The message is about this unit, even if it says nothing else.</summary>
    public void Touch(int unit) => At(unit);

    /// <summary>What this message says of a unit is everything there is to say.</summary>
    public void Whole(int unit)
    {
        ref var fact = ref At(unit);
        fact = fact with { IsWhole = true };
    }

    public void Is(int unit, Availability availability)
    {
        ref var fact = ref At(unit);
        fact = fact with { Availability = availability };
    }

    /// <summary>
    /// Applies what a name of the profile's means. A word that it does not know leaves the mode not known: what was told before does not
    /// hold any more.
    /// </summary>
    /// <param name="word">The word; null when it is none of the profile's.</param>
    /// <param name="firmware">The value as digits and dots; null when it is none.</param>
    /// <returns>Whether the word was known.</returns>
    public bool Apply(int unit, VendorMeaning meaning, string? word, string? firmware)
    {
        ref var fact = ref At(unit);
        if (meaning.Capture is { } capture)
            fact = fact with { Signals = fact.Signals.With(SignalOf(capture), null) };
        if (meaning.IsFirmware && firmware is not null)
            _firmware = firmware;
        else if (word is not null && meaning.Capture is { } told && meaning.Modes.TryGetValue(word, out var mode))
            fact = fact with { Signals = fact.Signals.With(SignalOf(told), mode) };
        else if (word is not null && meaning.Health.TryGetValue(word, out var health))
            fact = fact with { Health = fact.Health.With(HealthPart.Unit, health) };
        else if (word is not null && meaning.Availability.TryGetValue(word, out var availability))
            fact = fact with { Availability = availability };
        else
            Dropped++;
        return meaning.IsFirmware
            ? firmware is not null
            : word is not null
                && (meaning.Modes.ContainsKey(word) || meaning.Health.ContainsKey(word) || meaning.Availability.ContainsKey(word));
    }

    /// <summary>The unit spoke: it is there, unless it said otherwise.</summary>
    public void Spoke(int unit)
    {
        ref var fact = ref At(unit);
        fact = fact with { Availability = fact.Availability == Availability.NotSaid ? Availability.Up : fact.Availability };
    }

    /// <summary>The signal by which a profile's own word for a capture is told.</summary>
    public static Signal SignalOf(Capture capture) =>
        capture switch
        {
            Capture.Video => Signal.Video,
            Capture.Stills => Signal.Stills,
            Capture.Audio => Signal.Audio,
            Capture.Plates => Signal.Plates,
            Capture.Faces => Signal.Faces,
            Capture.Location => Signal.Location,
            _ => throw new ArgumentOutOfRangeException(nameof(capture)),
        };

    public void Firmware(string firmware) => _firmware = firmware;

    public void At(DateTimeOffset at) => _at = at;

    /// <summary>The facts: one a unit, those of the whole message in each.</summary>
    public VendorReading Read() => new(false, [.. _facts.Select(fact => fact with { Firmware = _firmware, DeviceAt = _at })], Dropped);

    private ref VendorFact At(int unit)
    {
        var deviceId = unit == UnitIndex.None ? null : units.DeviceOf(unit);
        var facts = CollectionsMarshal.AsSpan(_facts);
        for (var at = facts.Length - 1; at >= 0; at--)
        {
            if (facts[at].DeviceId == deviceId)
                return ref facts[at];
        }

        _facts.Add(new VendorFact(deviceId, Availability.NotSaid, default, default, null, null));
        return ref CollectionsMarshal.AsSpan(_facts)[^1];
    }
}
