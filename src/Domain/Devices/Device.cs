using System.Collections.Immutable;
using System.Text.Json.Serialization;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Policies.Law;

namespace SurveillanceRegistry.Domain.Devices;

/// <summary>The lifecycle of a device.</summary>
public enum Lifecycle
{
    Planned,
    Installed,
    Active,
    Paused,
    Removed,
}

/// <summary>
/// A registered device. A fixed device covers a place. A mobile device belongs to a fleet, and the registry stores no position of it. There
/// is no third kind, so that two devices with the same values are always equal.
/// </summary>
/// <param name="Id">Identifier without a name, badge or serial number.</param>
/// <param name="Kind">Id of a <see cref="DeviceKind"/>.</param>
/// <param name="Sensors">What it can capture; at least one.</param>
/// <param name="Place">The place it covers; null for a mobile device.</param>
/// <param name="Fleet">The fleet it belongs to; null for a fixed device.</param>
/// <param name="Department">Id of the accountable department.</param>
[JsonConverter(typeof(DeviceJson))]
public abstract record Device(
    string Id,
    string Kind,
    ImmutableArray<Capture> Sensors,
    string? Place,
    string? Fleet,
    string Department,
    Lifecycle Lifecycle
)
{
    /// <summary>The number of presence partitions. It cannot be changed without moving stored data.</summary>
    public const int Partitions = 256;

    /// <summary>
    /// The device number that the register assigned, from 1 and never reused; 0 while it is not registered. It says nothing about the
    /// device.
    /// </summary>
    [JsonIgnore]
    public int Number { get; init; }

    /// <summary>The registered gateway that publishes for it; null when the device publishes for itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Gateway { get; init; }

    /// <summary>
    /// After how many seconds without a heartbeat it is not heard any more, 10 to 86,400; null when the deadline of its kind applies.
    /// </summary>
    [JsonPropertyName("deadlineSeconds"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? OwnDeadlineSeconds { get; init; }

    /// <summary>
    /// Captures that the register named once of the device and does not name now, while it is not installed. The register itself sets
    /// them, see <see cref="Withdrawals.RegisterChange"/>. Empty for an installed device: its place has open withdrawals instead.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public CaptureSet Struck { get; init; }

    /// <summary>The city's own number for it, kept as written; null when it has none. No two devices in use have the same.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AssetNumber { get; init; }

    /// <summary>Its maker, of the list of vendors; null when that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Vendor { get; init; }

    /// <summary>Its model, of the list of models of its vendor; null when that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Model { get; init; }

    /// <summary>When it was installed, as exactly as that is known; null when it is not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LawDate? InstalledOn { get; init; }

    /// <summary>The department or listed organisation that operates it; null when that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Operator { get; init; }

    /// <summary>The department or listed organisation that owns it; null when that is not known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Owner { get; init; }

    /// <summary>For each fact whose source is known, by its member: where it is from. Null when no source is known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableSortedDictionary<string, FactSource>? Sources { get; init; }

    /// <summary>After how many seconds without a heartbeat it is not heard any more.</summary>
    [JsonIgnore]
    public int DeadlineSeconds => OwnDeadlineSeconds ?? KindOf.DeadlineSeconds;

    [JsonIgnore]
    public DeviceKind KindOf => DeviceKind.Find(Kind) ?? throw new InvalidOperationException($"Device {Id} has no known kind: '{Kind}'.");

    [JsonIgnore]
    public string Technology => KindOf.Technology;

    /// <summary>Whether the device is on the spot. It may then capture something, whatever its register entry says.</summary>
    [JsonIgnore]
    public bool IsInstalled => Lifecycle is Lifecycle.Installed or Lifecycle.Active or Lifecycle.Paused;

    /// <summary>A device of a fleet when one is named, and else a fixed one.</summary>
    public static Device Of(
        string id,
        string kind,
        ImmutableArray<Capture> sensors,
        string? place,
        string? fleet,
        string department,
        Lifecycle lifecycle
    ) =>
        fleet is null
            ? new FixedDevice(id, kind, sensors, place, null, department, lifecycle)
            : new MobileDevice(id, kind, sensors, place, fleet, department, lifecycle);

    /// <summary>
    /// The presence partition of a device number. Device numbers are dense, so that the numbers in each partition are dense too.
    /// </summary>
    public static int PartitionOf(int number) => number % Partitions;
}
