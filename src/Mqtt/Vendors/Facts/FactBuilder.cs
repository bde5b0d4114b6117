using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SurveillanceRegistry.Domain.Devices;

namespace SurveillanceRegistry.Mqtt.Vendors.Facts;

/// <summary>Collects the facts of one message while it is read.</summary>
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
                _ => throw new InvalidOperationException("Unknown effect."),
            };
        }
    }

    /// <summary>Makes the modes unknown that these values report.</summary>
    public void SetModesUnknown(int unit, ImmutableArray<AllowedValue> values)
    {
        foreach (var value in values)
        {
            foreach (var effect in value.Effects)
            {
                if (effect is Effect.SetMode { Signal: var signal })
                    SetMode(unit, signal, null);
            }
        }
    }

    public void SetMode(int unit, Signal signal, Mode? mode)
    {
        ref var fact = ref At(unit);
        fact = fact with { Signals = fact.Signals.With(signal, mode) };
    }

    /// <summary>Adds a fact about this unit, even if the message says nothing else of it.</summary>
    public void Touch(int unit) => At(unit);

    /// <summary>Declares that the message states everything of a unit, so that earlier facts are no longer known.</summary>
    public void SetComplete(int unit)
    {
        ref var fact = ref At(unit);
        fact = fact with { IsWhole = true };
    }

    public void SetAvailability(int unit, Availability availability)
    {
        ref var fact = ref At(unit);
        fact = fact with { Availability = availability };
    }

    /// <summary>
    /// Applies the meaning of a name in the profile. A word that the profile does not list makes the mode unknown: the earlier one is
    /// outdated.
    /// </summary>
    /// <param name="word">The word; null when the profile does not list it.</param>
    /// <param name="firmware">The value as a firmware version; null when it is none.</param>
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

    /// <summary>Sets a unit online, unless the message states its availability.</summary>
    public void SetUpByDefault(int unit)
    {
        ref var fact = ref At(unit);
        fact = fact with { Availability = fact.Availability == Availability.NotSaid ? Availability.Up : fact.Availability };
    }

    /// <summary>Returns the signal of a profile's own word for a capture.</summary>
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

    public void SetFirmware(string firmware) => _firmware = firmware;

    public void At(DateTimeOffset at) => _at = at;

    /// <summary>Returns one fact for each unit. Firmware and clock of the message are in each.</summary>
    public VendorReading Build() => new(false, [.. _facts.Select(fact => fact with { Firmware = _firmware, DeviceAt = _at })], Dropped);

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
