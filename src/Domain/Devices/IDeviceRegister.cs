using System.Collections.Immutable;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Ledger;

namespace SurveillanceRegistry.Domain.Devices;

/// <summary>The register of devices as it is remembered.</summary>
public interface IDeviceRegister
{
    /// <summary>Every registered device, in the order of ids.</summary>
    Task<ImmutableArray<Device>> AllAsync(CancellationToken cancellationToken);

    /// <summary>The device with this id, or null when it was never registered.</summary>
    Task<Device?> FindAsync(string deviceId, CancellationToken cancellationToken);

    /// <summary>
    /// The fleets as they were at an instant, in the order of ids: what was registered, moved or removed later makes no difference. Removed
    /// units are not counted.
    /// </summary>
    Task<ImmutableArray<RegisteredFleet>> FleetsAsync(DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>The fleets that the ledger named for the first time after an instant, in the order of ids.</summary>
    Task<ImmutableArray<NamedFleet>> FleetsNamedAsync(DateTimeOffset since, CancellationToken cancellationToken);

    /// <summary>
    /// What was done to a mobile unit, the newest first. For those who may read single units, and each reading is written down.
    /// </summary>
    /// <param name="before">Only acts with a smaller number; null for the newest.</param>
    /// <param name="most">At most so many.</param>
    Task<ImmutableArray<MobileAct>> ActsAsync(string deviceId, long? before, int most, CancellationToken cancellationToken);

    /// <summary>Which partitions have devices.</summary>
    Task<ImmutableArray<int>> PartitionsAsync(CancellationToken cancellationToken);

    /// <summary>What presence needs of each device of a partition; of one only, when its number is given.</summary>
    Task<ImmutableArray<PresenceSettings>> PresenceSettingsAsync(int partition, int? number, CancellationToken cancellationToken);

    /// <summary>The ids of devices by their numbers.</summary>
    Task<ImmutableDictionary<int, string>> IdsAsync(IReadOnlyCollection<int> numbers, CancellationToken cancellationToken);

    /// <summary>
    /// Lets the next word of a device whose clock fell back count, whatever its epoch. False when there is no such device.
    /// </summary>
    Task<bool> ForgetEpochAsync(string deviceId, Attribution by, string reason, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>A page of the register for those who keep it, in the order of ids, removed units too.</summary>
    /// <param name="after">Only ids after this one; null for the first page.</param>
    /// <param name="most">At most so many.</param>
    Task<ImmutableArray<Device>> ListAsync(DeviceFilter filter, string? after, int most, CancellationToken cancellationToken);

    /// <summary>
    /// The version of a device's entry in the register, for whoever wants to change it; null when it was never registered.
    /// </summary>
    Task<int?> VersionAsync(string deviceId, CancellationToken cancellationToken);

    /// <summary>
    /// Registers a device. A refusal when its id is taken by a device or a gateway, or its place or gateway is not registered.
    /// </summary>
    Task<Outcome<Device>> RegisterAsync(
        Device device,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Changes what is registered of a device; removing it ends its credentials. A refusal when its version is another by now.
    /// </summary>
    Task<Outcome<Device>> ChangeAsync(
        Device device,
        int version,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );

    /// <summary>Registers many gateways and devices at once, all of them or none. Refusals name each that cannot be registered.</summary>
    Task<Outcome<object>> ImportAsync(
        ImmutableArray<Gateway> gateways,
        ImmutableArray<Device> devices,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    );
}

/// <summary>Which devices a page of the register shows. What is null is not asked for.</summary>
/// <param name="Search">Part of the id.</param>
/// <param name="Gateway">Only those behind this gateway.</param>
public sealed record DeviceFilter(
    string? Place = null,
    string? Fleet = null,
    string? Kind = null,
    string? Gateway = null,
    string? Search = null
)
{
    /// <summary>Whether units that move are asked for; else only those that stand.</summary>
    public bool IsMobile { get; init; }
}

/// <summary>What presence needs of a device.</summary>
/// <param name="OwnDeadlineSeconds">Its own deadline, where that differs from its kind's.</param>
public sealed record PresenceSettings(int Number, string Kind, int? OwnDeadlineSeconds)
{
    private DeviceKind KindOf =>
        DeviceKind.Find(Kind) ?? throw new InvalidOperationException($"Device number {Number} has no known kind: '{Kind}'.");

    public int DeadlineSeconds => OwnDeadlineSeconds ?? KindOf.DeadlineSeconds;

    public bool SilenceIsNormal => KindOf.SilenceIsNormal;
}

/// <summary>The mobile units of one kind and department that belong together.</summary>
/// <param name="Units">How many there are. Not for the public: see <see cref="Device.FleetCount"/>.</param>
public sealed record RegisteredFleet(string Id, string Kind, string Department, int Units)
{
    public string Technology =>
        DeviceKind.Find(Kind)?.Technology ?? throw new InvalidOperationException($"Fleet {Id} has units of no known kind: '{Kind}'.");
}

/// <summary>All that is public of a fleet at once: that there is one, with units of a technology.</summary>
public sealed record NamedFleet(string Id, string Technology);

/// <summary>
/// Something that was done to a single mobile unit: registered, changed or removed, given a credential. It stands beside the ledger, which
/// everybody reads at once,
/// and the digests of the ledger hold it.
/// </summary>
/// <param name="Number">Grows with every act of any unit.</param>
/// <param name="Act">What was done, in the words that the ledger has for fixed devices, e.g. <c>device-changed</c>.</param>
/// <param name="By">Who did it.</param>
/// <param name="Fleet">The fleet to which it belonged from then on; department and lifecycle likewise.</param>
/// <param name="Body">What more there is to say, with the reason: a JSON object.</param>
public sealed record MobileAct(
    long Number,
    DateTimeOffset At,
    string Act,
    Attribution By,
    string Fleet,
    string Department,
    Lifecycle Lifecycle,
    string Body
);
