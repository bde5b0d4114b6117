using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt.Vendors.Facts;

/// <summary>What became of a message's topic, before its payload was looked at.</summary>
public enum TopicDecision
{
    /// <summary>It is read.</summary>
    Keep,

    /// <summary>It holds what the registry must never hold: refused, unread.</summary>
    RefuseUnread,

    /// <summary>Nothing that the adapter has a use for, or nobody whom the profile knows: unread.</summary>
    Ignore,
}

/// <summary>What signals tell: three bits each, no text. For each signal: not named, named and not known, or a mode.</summary>
/// <param name="Bits">The packed form: 0 not named, 1 to 3 a <see cref="Mode"/>, 4 not known.</param>
public readonly record struct SignalReport(long Bits)
{
    private const int Bit = 3,
        Mask = 7,
        NotKnown = 4;

    private static readonly ImmutableArray<Signal> All = [.. Enum.GetValues<Signal>()];

    /// <summary>Whether the signal is named.</summary>
    public bool Names(Signal signal) => At(signal) != 0;

    /// <summary>The mode that a signal tells; null when it tells none.</summary>
    public Mode? this[Signal signal] => At(signal) is > 0 and < NotKnown and var mode ? (Mode)mode : null;

    /// <summary>This report with one signal told; null: not known.</summary>
    public SignalReport With(Signal signal, Mode? mode) =>
        new(Bits & ~((long)Mask << ((int)signal * Bit)) | (long)(mode is { } told ? (int)told : NotKnown) << ((int)signal * Bit));

    /// <summary>This report with everything that another one names in its place.</summary>
    public SignalReport Then(SignalReport other)
    {
        var report = this;
        foreach (var signal in All)
        {
            if (other.Names(signal))
                report = report.With(signal, other[signal]);
        }

        return report;
    }

    /// <summary>This report as an old one: it can still tell that something is recorded, and nothing less.</summary>
    public SignalReport AsOld()
    {
        var report = this;
        foreach (var signal in All)
        {
            if (Names(signal) && this[signal] != Mode.Recorded)
                report = report.With(signal, null);
        }

        return report;
    }

    private int At(Signal signal) => (int)(Bits >> ((int)signal * Bit)) & Mask;
}

/// <summary>The health of parts: three bits each, no text.</summary>
/// <param name="Bits">The packed form: 0 not named, otherwise a <see cref="Health"/> and one.</param>
public readonly record struct HealthReport(long Bits)
{
    private const int Bit = 3,
        Mask = 7;

    private static readonly ImmutableArray<HealthPart> All = [.. Enum.GetValues<HealthPart>()];

    /// <summary>The health of a part; null when it is not named.</summary>
    public Health? this[HealthPart part] => ((int)(Bits >> ((int)part * Bit)) & Mask) is > 0 and var health ? (Health)(health - 1) : null;

    /// <summary>This report with one part told.</summary>
    public HealthReport With(HealthPart part, Health health) =>
        new(Bits & ~((long)Mask << ((int)part * Bit)) | (long)((int)health + 1) << ((int)part * Bit));

    /// <summary>This report with everything that another one names in its place.</summary>
    public HealthReport Then(HealthReport other)
    {
        var report = this;
        foreach (var part in All)
        {
            if (other[part] is { } health)
                report = report.With(part, health);
        }

        return report;
    }

    /// <summary>The whole unit: as well as its worst part. A unit in its dock is so only when nothing is wrong with it.</summary>
    public Health Worst
    {
        get
        {
            var worst = Health.Ok;
            foreach (var part in All)
            {
                if (this[part] is { } health && Rank(health) > Rank(worst))
                    worst = health;
            }

            return worst;
        }
    }

    private static int Rank(Health health) =>
        health switch
        {
            Health.Fault => 3,
            Health.Degraded => 2,
            Health.Docked => 1,
            _ => 0,
        };
}

/// <summary>What a message says of one unit: closed words and numbers, and a version in digits and dots.</summary>
/// <param name="DeviceId">The registered device; null: of every unit of the profile.</param>
/// <param name="Availability">Whether it is there.</param>
/// <param name="Signals">The modes that it tells.</param>
/// <param name="Health">The health of the parts that it names.</param>
/// <param name="Firmware">Digits and dots; null when it tells none.</param>
/// <param name="DeviceAt">The clock of whoever sent it; for skew only.</param>
/// <param name="IsWhole">It says everything there is to say: what was known before is not any more.</param>
public sealed record VendorFact(
    string? DeviceId,
    Availability Availability,
    SignalReport Signals,
    HealthReport Health,
    string? Firmware,
    DateTimeOffset? DeviceAt,
    bool IsWhole = false
);

/// <summary>What was read of a payload.</summary>
/// <param name="IsShape">It was not what such a payload looks like, or too long: nothing was taken from it.</param>
/// <param name="Dropped">How many fields were passed over unread, or held something unexpected. Their names are kept nowhere.</param>
public readonly record struct VendorReading(bool IsShape, ImmutableArray<VendorFact> Facts, int Dropped)
{
    internal static VendorReading Shape => new(true, [], 0);
}
