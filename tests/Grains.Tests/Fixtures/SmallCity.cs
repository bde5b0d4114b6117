using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Orleans.Serialization;
using Orleans.TestingHost;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Grains.Tests.Fixtures;

/// <summary>A city with one camera with microphone in a lobby, one plate reader at a gate, and two silos that share the grains.</summary>
public sealed class SmallCity : IAsyncLifetime
{
    internal const string Camera = "lobby-cam-1",
        Reader = "gate-reader-1",
        Lobby = "lobby",
        Gate = "gate";

    internal static readonly ImmutableArray<Capture> CameraSensors = [Capture.Video, Capture.Audio];

    private readonly NoticeKey _key = NoticeKey.New();
    private InProcessTestCluster _cluster = null!;
    private long _seq;

    internal FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 20, 0, 0, TimeSpan.Zero));

    internal InMemoryRegisters Memory { get; } = new(Opening());

    internal IGrainFactory Grains => _cluster.Client;

    /// <summary>The grains as each silo reaches them: its own by reference.</summary>
    internal IEnumerable<IGrainFactory> GrainsOfSilos =>
        _cluster.Silos.Select(silo => silo.ServiceProvider.GetRequiredService<IGrainFactory>());

    /// <summary>The health monitor of each silo.</summary>
    internal IEnumerable<IngestHealthMonitor> HealthMonitors =>
        _cluster.Silos.Select(silo => _cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<IngestHealthMonitor>());

    /// <summary>Runs the health monitor of each silo until the returned object is disposed.</summary>
    internal async Task<IAsyncDisposable> RunHealthMonitorsAsync()
    {
        var runners = _cluster
            .Silos.Select(silo => _cluster.GetSiloServiceProvider(silo.SiloAddress))
            .Select(services => new PeriodicTaskRunner(
                [services.GetRequiredService<IngestHealthMonitor>()],
                services.GetRequiredService<IHostApplicationLifetime>(),
                Time
            ))
            .ToArray();
        foreach (var runner in runners)
            await runner.StartAsync(TestContext.Current.CancellationToken);
        return new RunningTasks(runners);
    }

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(initialSilosCount: 2);
        builder.ConfigureSilo(
            (_, silo) =>
            {
                silo.Services.AddSingleton<TimeProvider>(Time);
                silo.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
                silo.Services.AddSingleton<IPolicyRegister>(Memory)
                    .AddSingleton<IDeviceRegister>(Memory)
                    .AddSingleton<IWithdrawalRegister>(Memory)
                    .AddSingleton<IHeartbeatLog>(Memory)
                    .AddSingleton<IObservationRegister>(Memory)
                    .AddSingleton<IObservedPeriodRegister>(Memory)
                    .AddSingleton<IExpectedStateRegister>(Memory)
                    .AddSingleton<IPlaceRegister>(Memory)
                    .AddSingleton<IFleetBaseRegister>(Memory)
                    .AddSingleton<IDepartmentUses>(Memory)
                    .AddSingleton<IKindUses>(Memory)
                    .AddSingleton<INoticeRegister>(Memory)
                    .AddSingleton<IChangeRegister>(Memory)
                    .AddSingleton(_key)
                    .AddSingleton(new PublicAddress(() => "https://city.example"));
                silo.AddGrains();
            }
        );
        builder.ConfigureClient(client => client.Services.AddSerializer(GrainsSetup.AddImmutableValues));
        _cluster = builder.Build();
        await _cluster.DeployAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _key.Dispose();
    }

    /// <summary>Announces the shutdown of each silo, as the signal to the process does. None stops yet.</summary>
    internal void AnnounceShutdown()
    {
        foreach (var silo in _cluster.Silos)
            _cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<IHostApplicationLifetime>().StopApplication();
    }

    /// <summary>Creates the next heartbeat of a device and applies it nowhere.</summary>
    internal Heartbeat NextHeartbeat(string deviceId, CaptureReport capture) =>
        new(NumberOf(deviceId), deviceId, 1, Interlocked.Increment(ref _seq), Time.GetUtcNow(), null, capture, Health.Ok, "1.0", null);

    internal int NumberOf(string deviceId) => Memory.Devices.First(device => device.Id == deviceId).Number;

    internal IPresencePartitionGrain Partition(string deviceId) => Grains.Partition(Device.PartitionOf(NumberOf(deviceId)));

    /// <summary>Stores and applies a heartbeat as the broker does. Returns when the device and its place were notified.</summary>
    internal async Task ApplyHeartbeat(string deviceId, CaptureReport capture)
    {
        var heartbeat = NextHeartbeat(deviceId, capture);
        Memory.Store(heartbeat);
        await Partition(deviceId).ApplyHeartbeats([heartbeat]);
        await Partition(deviceId).Wake();
    }

    /// <summary>
    /// Wakes the partition of a device until a condition holds. An activation that lost its partition may answer a few calls before it
    /// is gone, and only the next one records what the log holds.
    /// </summary>
    internal async Task WakeUntil(string deviceId, Func<InMemoryRegisters, bool> condition)
    {
        for (var calls = 0; !condition(Memory); calls++)
        {
            Assert.True(calls < 10_000, "No activation of the partition recorded it.");
            await Partition(deviceId).Wake();
        }
    }

    /// <summary>Applies a death of a device's session. Returns when the device and its place were notified.</summary>
    internal async Task ApplyDeath(string deviceId)
    {
        await Partition(deviceId).ApplyDeath(NumberOf(deviceId), epoch: 1, session: 0);
        await Partition(deviceId).Wake();
    }

    internal static CaptureReport RecordingVideo(Mode audio = Mode.Off) =>
        default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, audio);

    internal async Task<NoticeContent> Notice(string place = Lobby) => (await Grains.Place(place).Describe())!.Content;

    internal static Opening Opening() =>
        new(
            Governance(),
            [new Place(Lobby, "Lobby", "1 Main St", "the lobby"), new Place(Gate, "Gate", "2 Main St", "the gate")],
            [new Kiosk("kiosk-1", Lobby)],
            [
                Device.Of(Camera, "facility-camera", CameraSensors, Lobby, null, "police", Lifecycle.Active),
                Device.Of(Reader, "alpr-fixed", [Capture.Plates, Capture.Stills], Gate, null, "police", Lifecycle.Active),
            ],
            []
        );

    private static GovernanceSnapshot Governance() =>
        new(
            new City(
                "Smallville",
                true,
                "America/Los_Angeles",
                ["en"],
                [new Department("police", "Police", "555-0100")],
                new RecordsPortal("Records", "https://r.example", "555-0199", 5, "Records Act"),
                90
            ),
            new GovernanceTable(
                [new Technology("facility-camera", "Cameras", null, null, null), new Technology("alpr", "Plate readers", null, null, null)],
                [Manual()]
            ),
            [
                new Wording(
                    "en",
                    "ltr",
                    true,
                    WordingKeys.Required.ToImmutableSortedDictionary(
                        key => key.Key,
                        key => key.Key.StartsWith("format.", StringComparison.Ordinal) ? "yyyy-MM-dd" : key.Key,
                        StringComparer.Ordinal
                    )
                ),
            ],
            KnownChapters.None
        );

    private static Instrument Manual()
    {
        var source = new Source("read", null, new DateOnly(2026, 11, 23), Confidence.Sourced);
        return new Instrument(
            "manual-1",
            InstrumentKind.ManualChapter,
            "Manual 1",
            "the Department",
            [
                new InstrumentVersion(
                    1,
                    "Cameras",
                    new EffectivePeriod(LawDate.Parse("2010-07-12"), To: LawDate.Parse("2019-03-01")),
                    null,
                    null,
                    null,
                    null,
                    null,
                    source,
                    [Rule("facility-camera", [])]
                ),
                new InstrumentVersion(
                    2,
                    "Cameras and Security Video",
                    new EffectivePeriod(LawDate.Parse("2019-03-01")),
                    null,
                    null,
                    null,
                    null,
                    null,
                    source,
                    [Rule("facility-camera", [Capture.Video])]
                ),
            ]
        );
    }

    private static Rule Rule(string technology, ImmutableArray<Capture> capture) =>
        new(technology, capture, [], [], new RecordsAccess(RecordsAccessKind.NotKnown), []);

    private sealed class RunningTasks(PeriodicTaskRunner[] runners) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var runner in runners)
            {
                await runner.StopAsync(CancellationToken.None);
                runner.Dispose();
            }
        }
    }
}
