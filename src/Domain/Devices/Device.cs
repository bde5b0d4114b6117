using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace SurveillanceRegistry.Domain.Devices;

/// <summary>Where a unit stands in its life.</summary>
public enum Lifecycle
{
    Planned,
    Installed,
    Active,
    Paused,
    Removed,
}

/// <summary>
/// A registered unit. A fixed unit covers a place; a mobile unit belongs to a fleet and has no position anywhere.
/// </summary>
/// <param name="Id">Identifier without a name, badge or serial number.</param>
/// <param name="Kind">Id of a <see cref="DeviceKind"/>.</param>
/// <param name="Sensors">What it can take in; at least one.</param>
/// <param name="Place">The place it covers; null for a mobile unit.</param>
/// <param name="Fleet">The fleet it belongs to; null for a fixed unit.</param>
/// <param name="Department">Who is accountable.</param>
public sealed record Device(
    string Id,
    string Kind,
    ImmutableArray<Capture> Sensors,
    string? Place,
    string? Fleet,
    string Department,
    Lifecycle Lifecycle
)
{
    /// <summary>How many partitions share the devices out. A number for ever: changing it moves data.</summary>
    public const int Partitions = 256;

    /// <summary>
    /// The number under which the register keeps it, from 1, never given twice; 0 while it is not registered. Says nothing about the unit.
    /// </summary>
    [JsonIgnore]
    public int Number { get; init; }

    /// <summary>The registered gateway that speaks for it; null when it speaks for itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Gateway { get; init; }

    /// <summary>After how many seconds without a word it is not heard any more, 10 to 86,400, where this differs from its kind's.</summary>
    [JsonPropertyName("deadlineSeconds"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? OwnDeadlineSeconds { get; init; }

    /// <summary>After how many seconds without a word it is not heard any more.</summary>
    [JsonIgnore]
    public int DeadlineSeconds => OwnDeadlineSeconds ?? KindOf.DeadlineSeconds;

    [JsonIgnore]
    public DeviceKind KindOf => DeviceKind.Find(Kind) ?? throw new InvalidOperationException($"Device {Id} has no known kind: '{Kind}'.");

    [JsonIgnore]
    public string Technology => KindOf.Technology;

    /// <summary>Whether the unit stands in the street: it may take something in, whatever anybody believes.</summary>
    [JsonIgnore]
    public bool IsInstalled => Lifecycle is Lifecycle.Installed or Lifecycle.Active or Lifecycle.Paused;

    /// <summary>
    /// From so many units on a fleet's number is public: 11 and 12 would be rounded to 10, which is below 11 and can be no other two.
    /// </summary>
    public const int MinFleetCount = 13;

    /// <summary>
    /// How many units a fleet has, as the public may know it: rounded to 5; null, fewer than <see cref="MinFleetCount"/>, when that is all
    /// there is to say.
    /// </summary>
    public static int? FleetCount(int units) => units < MinFleetCount ? null : (units + 2) / 5 * 5;

    /// <summary>
    /// The partition of a device, by the number under which the register keeps it. Numbers are dense, and so is each partition.
    /// </summary>
    public static int PartitionOf(int number) => number % Partitions;
}
