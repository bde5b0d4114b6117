using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Serialization;
using Orleans.TestingHost;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains.Devices;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Grains.Tests.Fixtures.Acts;

/// <summary>
/// A registry that can be opened anew with another city, and restarted, within one silo: a restart loses every grain and what the process
/// knew, and keeps what was recorded.
/// </summary>
public sealed class RestartableCity : IAsyncLifetime
{
    /// <summary>Longer steps of time look to the registry as if its process had stood still.</summary>
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(4);

    private static readonly string[] Types = ["presence-partition", "device", "place", "policies"];
    private static readonly GrainType PartitionType = GrainType.Create(Types[0]);

    /// <summary>The activations that are in memory.</summary>
    private readonly ConcurrentDictionary<GrainId, IGrainContext> _activations = [];
    private readonly NoticeKey _key = NoticeKey.New();
    private InProcessTestCluster _cluster = null!;
    private ProcessMemory _process = null!;

    internal FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 20, 0, 0, TimeSpan.Zero));

    internal InMemoryRegisters Memory { get; private set; } = new(SmallCity.Opening());

    internal IGrainFactory Grains => _cluster.Client;

    /// <summary>Reads a page of devices as the API does.</summary>
    internal DeviceListReader Reader => new(Memory, Memory, Memory, Grains, _process.Health, Time);

    internal bool CannotObserve => _process.Health.CannotObserve;

    public async ValueTask InitializeAsync()
    {
        _process = new ProcessMemory(this);
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 1);
        builder.ConfigureSilo((_, silo) => Configure(silo));
        builder.ConfigureClient(client => client.Services.AddSerializer(GrainsSetup.AddImmutableValues));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _process.Dispose();
        _key.Dispose();
    }

    /// <summary>Opens an empty registry with another city.</summary>
    internal async Task OpenAsync(Opening opening)
    {
        Memory.IsOutOfReach = false;
        await QuiesceAsync();
        Memory.Owner++;
        await LoseAsync(_ => true);
        Memory = new InMemoryRegisters(opening);
        await StartAsync();
    }

    /// <summary>Kills the process and starts it again.</summary>
    internal async Task RestartAsync()
    {
        await QuiesceAsync();
        Memory.Owner++;
        await LoseAsync(_ => true);
        await StartAsync();
    }

    /// <summary>Lets time pass as it does in a process that runs.</summary>
    internal async Task AdvanceAsync(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= LongestStep)
        {
            Time.Advance(left < LongestStep ? left : LongestStep);
            await CheckHealthAsync();
        }

        foreach (var device in Memory.Devices)
            await Grains.PartitionOf(device).FindObservation(device.Number, device.Id); // Looks for timeouts, as it does twice a second.
        await SettleAsync();
    }

    /// <summary>Waits until every change was passed on to its device and place.</summary>
    internal Task SettleAsync() => Task.WhenAll(Partitions.Select(partition => Grains.Partition(partition).Wake()));

    /// <summary>Loses the grains of one device, its partition and its place, as when a silo of several stops.</summary>
    internal async Task LoseGrainsAsync(Device device)
    {
        await QuiesceAsync();
        Memory.Owner++; // Takes the other partitions away, too: those are lost as well.
        await LoseAsync(id => id.Type == PartitionType || id.Key.ToString() == device.Id || id.Key.ToString() == device.Place);
    }

    internal void ReportMassDisconnect() => _process.Health.ReportMassDisconnect("a test says so");

    private IEnumerable<int> Partitions => Memory.Devices.Select(device => Device.PartitionOf(device.Number)).Distinct();

    private async Task StartAsync()
    {
        _process.Dispose();
        _process = new ProcessMemory(this);
        await CheckHealthAsync();
        foreach (var device in Memory.Devices)
            await Grains.Device(device.Id).LastObservation();
        foreach (var place in await Memory.PlacesAsync(TestContext.Current.CancellationToken))
            await Grains.Place(place.Id).Describe();
        await SettleAsync();
    }

    private async Task CheckHealthAsync()
    {
        try
        {
            await _process.Health.RunOnceAsync(TestContext.Current.CancellationToken);
        }
        catch (IOException failure)
        {
            _process.Health.OnFailed(failure);
        }
    }

    /// <summary>
    /// Waits until no grain waits for another. Grains that are lost while each waits for the next would answer only after Orleans' timeout.
    /// </summary>
    private async Task QuiesceAsync()
    {
        await SettleAsync();
        foreach (var place in await Memory.PlacesAsync(TestContext.Current.CancellationToken))
            await Grains.Place(place.Id).Describe(); // After what its timer began.
        await SettleAsync();
    }

    /// <summary>Loses grains, and waits until they are gone.</summary>
    private Task LoseAsync(Func<GrainId, bool> isLost)
    {
        var lost = _activations.Keys.Where(isLost).Select(id => _activations.TryRemove(id, out var activation) ? activation : null);
        var reason = new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "The process is gone.");
        return Task.WhenAll(
            lost.OfType<IGrainContext>()
                .Select(activation =>
                {
                    activation.Deactivate(reason, CancellationToken.None);
                    return activation.Deactivated;
                })
        );
    }

    private void Configure(ISiloBuilder silo)
    {
        silo.Services.AddSingleton<TimeProvider>(Time);
        silo.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
        // Each activation of a grain gets the registers and the process of its own time.
        silo.Services.AddTransient<IPolicyRegister>(_ => Memory)
            .AddTransient<IDeviceRegister>(_ => Memory)
            .AddTransient<IWithdrawalRegister>(_ => Memory)
            .AddTransient<IHeartbeatLog>(_ => Memory)
            .AddTransient<IObservationRegister>(_ => Memory)
            .AddTransient<IObservedPeriodRegister>(_ => Memory)
            .AddTransient<IExpectedStateRegister>(_ => Memory)
            .AddTransient<IPlaceRegister>(_ => Memory)
            .AddTransient<IFleetBaseRegister>(_ => Memory)
            .AddTransient<IDepartmentUses>(_ => Memory)
            .AddTransient<IKindUses>(_ => Memory)
            .AddTransient<INoticeRegister>(_ => Memory)
            .AddTransient<IChangeRegister>(_ => Memory)
            .AddSingleton(_key)
            .AddSingleton(new PublicAddress(() => "https://city.example"));
        silo.AddGrains();
        silo.AddIncomingGrainCallFilter(context =>
        {
            if (context.TargetContext is { } activation && Types.Contains(activation.GrainId.Type.ToString()))
                _activations[activation.GrainId] = activation;
            return context.Invoke();
        });
        silo.Services.Replace(ServiceDescriptor.Transient(_ => _process.Health));
    }

    /// <summary>What a process holds in memory beside its grains.</summary>
    private sealed class ProcessMemory : IDisposable
    {
        private readonly IngestStatistics _statistics;

        public ProcessMemory(RestartableCity city)
        {
            _statistics = new IngestStatistics(city.Time);
            Health = new IngestHealthMonitor(city.Memory, _statistics, city.Time, NullLogger<IngestHealthMonitor>.Instance);
        }

        public IngestHealthMonitor Health { get; }

        public void Dispose() => _statistics.Dispose();
    }
}
