using System.Collections.Immutable;
using SurveillanceRegistry.Domain;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Devices.Fleets;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Places;

namespace SurveillanceRegistry.Grains.Tests.Fixtures;

internal sealed partial class InMemoryRegisters : IDeviceRegister
{
    private readonly List<(Device Device, DateTimeOffset At, string Act, Attribution By, string Reason)> _acts =
    [
        .. opening
            .Devices.Where(device => device.Fleet is not null)
            .Select(device => (device, Opened, "device-registered", Attribution.Registry, "")),
    ];
    private readonly Dictionary<string, int> _versions = [];
    private readonly List<RegisteredDevice> _entries = [.. opening.Devices.Select(device => new RegisteredDevice(Opened, device))];

    /// <summary>The devices, numbered as a register numbers them.</summary>
    public ImmutableArray<Device> Devices { get; private set; } =
    [.. opening.Devices.Select((device, i) => device with { Number = i + 1 })];

    public Task<ImmutableArray<Device>> AllAsync(CancellationToken cancellationToken) => Task.FromResult(Devices);

    public Task<Device?> FindAsync(string deviceId, CancellationToken cancellationToken) =>
        Task.FromResult(Devices.FirstOrDefault(device => device.Id == deviceId));

    public Task<Device?> FindFixedAsync(string deviceId, CancellationToken cancellationToken) =>
        Task.FromResult(Devices.FirstOrDefault(device => device.Id == deviceId && device.Fleet is null));

    public Task<ImmutableArray<RegisteredDevice>> RegisteredAsync(
        string deviceId,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellationToken
    ) => Task.FromResult(RegisteredDevice.From(_entries.Where(entry => entry.Device!.Id == deviceId && entry.Since < to), from));

    public Task<ImmutableArray<int>> PartitionsAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Devices.Select(device => Device.PartitionOf(device.Number)).Distinct().ToImmutableArray());

    public Task<ImmutableArray<PresenceSettings>> PresenceSettingsAsync(int partition, int? number, CancellationToken cancellationToken) =>
        Task.FromResult(
            Devices
                .Where(device => Device.PartitionOf(device.Number) == partition && (number is null || device.Number == number))
                .Select(device => new PresenceSettings(device.Number, device.Kind, device.OwnDeadlineSeconds))
                .ToImmutableArray()
        );

    public async Task<ImmutableDictionary<int, string>> IdsAsync(IReadOnlyCollection<int> numbers, CancellationToken cancellationToken)
    {
        await IdLookups.PassAsync();
        return Devices.Where(device => numbers.Contains(device.Number)).ToImmutableDictionary(device => device.Number, device => device.Id);
    }

    public Task<bool> ForgetEpochAsync(
        string deviceId,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        Record(() => _epochsFrom[deviceId] = at);
        return Task.FromResult(true);
    }

    public Task<ImmutableArray<RegisteredFleet>> FleetsAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        Task.FromResult(
            _acts
                .Where(act => act.At <= at)
                .GroupBy(act => act.Device.Id)
                .Select(acts => acts.Last().Device)
                .Where(device => device.Lifecycle != Lifecycle.Removed)
                .GroupBy(device => (device.Fleet, device.Kind, device.Department))
                .Select(fleet => new RegisteredFleet(fleet.Key.Fleet!, fleet.Key.Kind, fleet.Key.Department, fleet.Count()))
                .OrderBy(fleet => fleet.Id, StringComparer.Ordinal)
                .ToImmutableArray()
        );

    public Task<ImmutableArray<NamedFleet>> FleetsNamedAsync(DateTimeOffset at, CancellationToken cancellationToken) =>
        Task.FromResult(
            _acts
                .GroupBy(act => new NamedFleet(act.Device.Fleet!, act.Device.Technology))
                .Where(acts => acts.First().At <= at)
                .Select(acts => acts.Key)
                .ToImmutableArray()
        );

    public Task<ImmutableArray<MobileAct>> ActsAsync(string deviceId, long? before, int most, CancellationToken cancellationToken) =>
        Task.FromResult(
            _acts
                .Where(act => act.Device.Id == deviceId)
                .Select(
                    (act, i) =>
                        new MobileAct(
                            i + 1,
                            act.At,
                            act.Act,
                            act.By,
                            act.Device.Fleet!,
                            act.Device.Department,
                            act.Device.Lifecycle,
                            $$"""{"reason":"{{act.Reason}}"}"""
                        )
                )
                .Reverse()
                .ToImmutableArray()
        );

    public Task<int?> VersionAsync(string deviceId, CancellationToken cancellationToken) =>
        Task.FromResult<int?>(_versions.GetValueOrDefault(deviceId, 1));

    public Task<ImmutableArray<Device>> ListAsync(DeviceFilter filter, string? after, int most, CancellationToken cancellationToken)
    {
        if (filter.Place is not null)
            PlaceReads++;
        return Task.FromResult(
            Devices
                .Where(device =>
                    device.Fleet is not null == filter.IsMobile
                    && (after is null || string.CompareOrdinal(device.Id, after) > 0)
                    && (filter.Place is null || device.Place == filter.Place)
                    && (filter.Fleet is null || device.Fleet == filter.Fleet)
                    && (filter.Kind is null || device.Kind == filter.Kind)
                    && (filter.Technology is null || device.Technology == filter.Technology)
                    && (filter.Department is null || device.Department == filter.Department)
                    && !(filter.WithoutRemoved && device.Lifecycle == Lifecycle.Removed)
                    && (filter.Gateway is null || device.Gateway == filter.Gateway)
                    && (filter.Search is null || device.Id.Contains(filter.Search, StringComparison.Ordinal))
                )
                .OrderBy(device => device.Id, StringComparer.Ordinal)
                .Take(most)
                .ToImmutableArray()
        );
    }

    public Task<Outcome<Device>> RegisterAsync(
        Device device,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        if (Devices.Any(other => other.Id == device.Id))
            return Task.FromResult<Outcome<Device>>(new Refusal("taken", $"'{device.Id}' is registered already.", "id"));
        var registered = device with { Number = Devices.Length + 1 };
        Record(() =>
        {
            Devices = Devices.Add(registered);
            AddAct(registered, at, "device-registered", by, reason);
        });
        return Task.FromResult<Outcome<Device>>(registered);
    }

    public Task<Outcome<Device>> ChangeAsync(
        Device device,
        int version,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        if (_versions.GetValueOrDefault(device.Id, 1) != version)
            return Task.FromResult<Outcome<Device>>(new Refusal("stale", $"Device '{device.Id}' was changed meanwhile."));
        var before = Devices.First(other => other.Id == device.Id);
        var wasReceived = Recorded.Any(observation => observation.DeviceId == before.Id);
        var withdrawals = WithdrawalsWhere(withdrawn => withdrawn.DeviceId == before.Id);
        var change = RegisterChange.Of(before, device with { Number = before.Number }, wasReceived, withdrawals);
        var changed = change.After;
        Record(() =>
        {
            Devices = Devices.Replace(before, changed);
            _versions[device.Id] = version + 1;
            Withdraw(before, change, at, by);
            AddAct(changed, at, "device-changed", by, reason);
        });
        return Task.FromResult<Outcome<Device>>(changed);
    }

    private void AddAct(Device device, DateTimeOffset at, string act, Attribution by, string reason)
    {
        _entries.Add(new RegisteredDevice(at, device));
        if (device.Fleet is null)
            return;
        _acts.Add((device, at, act, by, reason));
        Fleets.AddUnlessRegistered(Fleet.Named(device.Fleet), at);
    }

    public Task<Outcome<object>> ImportAsync(
        ImmutableArray<Gateway> gateways,
        ImmutableArray<Device> devices,
        Attribution by,
        string reason,
        DateTimeOffset at,
        CancellationToken cancellationToken
    ) => throw new NotSupportedException();
}
