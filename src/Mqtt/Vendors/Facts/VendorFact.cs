using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Presence;

namespace SurveillanceRegistry.Mqtt.Vendors.Facts;

/// <summary>The decision on a message's topic, before its payload is read. What was not decided is not read.</summary>
public enum TopicDecision
{
    /// <summary>The topic may carry data that the registry must never store: refused unread.</summary>
    RefuseUnread,

    /// <summary>The adapter does not read the topic, or the profile does not name its unit: ignored unread.</summary>
    Ignore,

    /// <summary>The payload is read.</summary>
    Read,
}

/// <summary>The modes that signals report, three bits each. A signal is not named, named but unknown, or has a mode.</summary>
/// <param name="Bits">The packed form: 0 not named, 1 to 3 a <see cref="Mode"/>, 4 unknown.</param>
public readonly record struct SignalReport(long Bits)
{
    private const int Bit = 3,
        Mask = 7,
        Unknown = 4;

    private static readonly ImmutableArray<Signal> All = [.. Enum.GetValues<Signal>()];

    /// <summary>Whether the signal is named.</summary>
    public bool Names(Signal signal) => At(signal) != 0;

    /// <summary>The mode of a signal; null when it is not named or unknown.</summary>
    public Mode? this[Signal signal] => At(signal) is > 0 and < Unknown and var mode ? (Mode)mode : null;

    /// <summary>Returns this report with one signal replaced; null means unknown.</summary>
    public SignalReport With(Signal signal, Mode? mode) =>
        new(Bits & ~((long)Mask << ((int)signal * Bit)) | (long)(mode is { } told ? (int)told : Unknown) << ((int)signal * Bit));

    /// <summary>Returns this report, with everything replaced that another one names.</summary>
    public SignalReport MergedWith(SignalReport other)
    {
        var report = this;
        foreach (var signal in All)
        {
            if (other.Names(signal))
                report = report.With(signal, other[signal]);
        }

        return report;
    }

    /// <summary>Returns this report as one of unknown age: only the mode recorded still counts, every other mode is unknown.</summary>
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

/// <summary>The health of parts, three bits each.</summary>
/// <param name="Bits">The packed form: 0 not named, otherwise a <see cref="Health"/> and one.</param>
public readonly record struct HealthReport(long Bits)
{
    private const int Bit = 3,
        Mask = 7;

    private static readonly ImmutableArray<HealthPart> All = [.. Enum.GetValues<HealthPart>()];

    /// <summary>The health of a part; null when it is not named.</summary>
    public Health? this[HealthPart part] => ((int)(Bits >> ((int)part * Bit)) & Mask) is > 0 and var health ? (Health)(health - 1) : null;

    /// <summary>Returns this report with one part replaced.</summary>
    public HealthReport With(HealthPart part, Health health) =>
        new(Bits & ~((long)Mask << ((int)part * Bit)) | (long)((int)health + 1) << ((int)part * Bit));

    /// <summary>Returns this report, with everything replaced that another one names.</summary>
    public HealthReport MergedWith(HealthReport other)
    {
        var report = this;
        foreach (var part in All)
        {
            if (other[part] is { } health)
                report = report.With(part, health);
        }

        return report;
    }

    /// <summary>The health of the whole unit: that of its worst part. A unit is docked only if none of its parts has a fault.</summary>
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
            Health.Ok => 0,
            _ => throw new ArgumentOutOfRangeException(nameof(health), health, null),
        };
}

/// <summary>What a message says of one unit: closed words and numbers, and a firmware version.</summary>
/// <param name="DeviceId">The registered device; null for every unit of the profile.</param>
/// <param name="Availability">Whether it is online.</param>
/// <param name="Signals">The modes that it reports.</param>
/// <param name="Health">The health of the parts that it names.</param>
/// <param name="Firmware">Digits and dots; null when it reports none.</param>
/// <param name="DeviceAt">The sender's clock; for skew only.</param>
/// <param name="IsWhole">Whether it states everything, so that earlier facts are no longer known.</param>
public sealed record VendorFact(
    string? DeviceId,
    Availability Availability,
    SignalReport Signals,
    HealthReport Health,
    string? Firmware,
    DateTimeOffset? DeviceAt,
    bool IsWhole = false
);

/// <summary>The facts of a payload.</summary>
/// <param name="IsMalformed">It was not what such a payload looks like, or too long: nothing was taken from it.</param>
/// <param name="Dropped">How many fields were dropped unread, or had an unexpected value. Their names are not stored.</param>
public readonly record struct VendorReading(bool IsMalformed, ImmutableArray<VendorFact> Facts, int Dropped)
{
    internal static VendorReading Shape => new(true, [], 0);
}
