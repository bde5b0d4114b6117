using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Devices.Fleets;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Devices;

/// <summary>The register of devices.</summary>
public interface IDeviceRegister
{
    /// <summary>Every registered device, in the order of ids.</summary>
    Task<ImmutableArray<Device>> AllAsync(CancellationToken cancellationToken);

    /// <summary>The device with this id, or null when it was never registered.</summary>
    Task<Device?> FindAsync(string deviceId, CancellationToken cancellationToken);

    /// <summary>
    /// The fixed device with this id; null for every other id. A mobile device is not read at all, so that the time of the answer does not
    /// tell whether its id is registered.
    /// </summary>
    Task<Device?> FindFixedAsync(string deviceId, CancellationToken cancellationToken);

    /// <summary>
    /// What the register said of a device over a time, oldest first: the entry that held at <paramref name="from"/>, and each one that
    /// began before <paramref name="to"/>. Empty when the device was registered later. The caller records the reading of a mobile device.
    /// </summary>
    Task<ImmutableArray<RegisteredDevice>> RegisteredAsync(
        string deviceId,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// The fleets at an instant, in the order of ids. Later changes of the register make no difference. Removed devices are not counted.
    /// </summary>
    Task<ImmutableArray<RegisteredFleet>> FleetsAsync(DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Every fleet that the ledger had named by an instant, with each technology of its devices, in the order of ids.</summary>
    Task<ImmutableArray<NamedFleet>> FleetsNamedAsync(DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>
    /// The acts on a mobile device, newest first. Only for staff who may read single mobile devices; the caller records each reading in
    /// <see cref="IMobileReadAudit"/>.
    /// </summary>
    /// <param name="before">Only acts with a smaller number; null for the newest.</param>
    /// <param name="most">The most acts to return.</param>
    Task<ImmutableArray<MobileAct>> ActsAsync(string deviceId, long? before, int most, CancellationToken cancellationToken);

    /// <summary>The presence partitions that have devices.</summary>
    Task<ImmutableArray<int>> PartitionsAsync(CancellationToken cancellationToken);

    /// <summary>The presence settings of each device of a partition; of one device only, when its number is given.</summary>
    Task<ImmutableArray<PresenceSettings>> PresenceSettingsAsync(int partition, int? number, CancellationToken cancellationToken);

    /// <summary>The ids of devices by their device numbers.</summary>
    Task<ImmutableDictionary<int, string>> IdsAsync(IReadOnlyCollection<int> numbers, CancellationToken cancellationToken);

    /// <summary>
    /// Records that the next heartbeat of a device whose clock fell back counts whatever its epoch. False when there is no such device.
    /// </summary>
    Task<bool> ForgetEpochAsync(string deviceId, Attribution by, string reason, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>A page of the register for device clerks, in the order of ids, with removed devices.</summary>
    /// <param name="after">Only ids after this one; null for the first page.</param>
    /// <param name="most">The size of the page.</param>
    Task<ImmutableArray<Device>> ListAsync(DeviceFilter filter, string? after, int most, CancellationToken cancellationToken);

    /// <summary>
    /// The version of a device's entry in the register, which a change of it must name; null when it was never registered.
    /// </summary>
    Task<int?> VersionAsync(string deviceId, CancellationToken cancellationToken);

    /// <summary>
    /// Registers a device. Refuses it when a device or a gateway has the same id, or when its place or gateway is not registered.
    /// </summary>
    Task<Outcome<Device>> RegisterAsync(
        Device device,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Changes the entry of a device. Removing the device ends its credentials. Refuses the change when the entry has another version.
    /// </summary>
    Task<Outcome<Device>> ChangeAsync(
        Device device,
        int version,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Registers many gateways and devices in one transaction. When one cannot be registered, none is, and a refusal names each.
    /// </summary>
    Task<Outcome<object>> ImportAsync(
        ImmutableArray<Gateway> gateways,
        ImmutableArray<Device> devices,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );
}

/// <summary>What the register said of a device from a time on, until it said something else.</summary>
/// <param name="Since">When it was registered or changed.</param>
/// <param name="Device">Null when the entry is of an older version that did not write the sensors.</param>
public sealed record RegisteredDevice(DateTimeOffset Since, Device? Device)
{
    /// <summary>The entries that held at some time from an instant on, of all entries, oldest first.</summary>
    public static ImmutableArray<RegisteredDevice> From(IEnumerable<RegisteredDevice> entries, DateTimeOffset from)
    {
        RegisteredDevice[] all = [.. entries];
        return [.. all.Skip(Math.Max(0, Array.FindLastIndex(all, entry => entry.Since <= from)))];
    }
}

/// <summary>Which devices a page of the register shows. A null member does not restrict it.</summary>
/// <param name="Search">Part of the id.</param>
/// <param name="Gateway">Only devices behind this gateway.</param>
public sealed record DeviceFilter(
    string? Place = null,
    string? Fleet = null,
    string? Kind = null,
    string? Gateway = null,
    string? Search = null
)
{
    /// <summary>True for mobile devices, false for fixed ones.</summary>
    public bool IsMobile { get; init; }

    /// <summary>Only devices whose kind belongs to this technology.</summary>
    public string? Technology { get; init; }

    /// <summary>Only devices of this department.</summary>
    public string? Department { get; init; }

    /// <summary>Without removed devices.</summary>
    public bool WithoutRemoved { get; init; }
}
