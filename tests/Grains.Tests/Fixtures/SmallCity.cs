using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Serialization;
using Orleans.TestingHost;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Law;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Grains.Presence;

namespace SurveillanceRegistry.Grains.Tests.Fixtures;

/// <summary>A lobby with one camera that has a microphone, one plate reader at its gate, and two silos that share the work.</summary>
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

    /// <summary>What each silo knows of its own sight.</summary>
    internal IEnumerable<IngestHealthMonitor> Sights =>
        _cluster.Silos.Select(silo => _cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<IngestHealthMonitor>());

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
                    .AddSingleton<IHeartbeatLog>(Memory)
                    .AddSingleton<IObservationRegister>(Memory)
                    .AddSingleton<IObservedPeriodRegister>(Memory)
                    .AddSingleton<IExpectedStateRegister>(Memory)
                    .AddSingleton<IPlaceRegister>(Memory)
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

    /// <summary>The next heartbeat of a device, not yet told to anybody.</summary>
    internal Heartbeat Next(string deviceId, CaptureReport capture) =>
        new(Number(deviceId), deviceId, 1, Interlocked.Increment(ref _seq), Time.GetUtcNow(), null, capture, Health.Ok, "1.0", null);

    internal int Number(string deviceId) => Memory.Devices.First(device => device.Id == deviceId).Number;

    internal IPresencePartitionGrain Partition(string deviceId) => Grains.Partition(Device.PartitionOf(Number(deviceId)));

    /// <summary>A heartbeat as the inlet passes it on, durable first, then heard; and whoever has to hear of it has.</summary>
    internal async Task Beat(string deviceId, CaptureReport capture)
    {
        var heartbeat = Next(deviceId, capture);
        Memory.Keep(heartbeat);
        await Partition(deviceId).ApplyHeartbeats([heartbeat]);
        await Partition(deviceId).Wake();
    }

    /// <summary>The session of a device dies, and whoever has to hear of it has.</summary>
    internal async Task Dies(string deviceId)
    {
        await Partition(deviceId).ApplyDeath(Number(deviceId), epoch: 1, session: 0);
        await Partition(deviceId).Wake();
    }

    internal static CaptureReport Sees(Mode audio = Mode.Off) =>
        default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, audio);

    internal async Task<NoticeContent> Notice(string place = Lobby) => (await Grains.Place(place).Describe())!.Content;

    private static Opening Opening()
    {
        var source = new Source("read", null, new DateOnly(2026, 11, 23), Confidence.Sourced);
        Instrument manual = new(
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
        return new Opening(
            new GovernanceSnapshot(
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
                    [
                        new Technology("facility-camera", "Cameras", null, null, null),
                        new Technology("alpr", "Plate readers", null, null, null),
                    ],
                    [manual]
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
            ),
            [new Place(Lobby, "Lobby", "1 Main St", "the lobby"), new Place(Gate, "Gate", "2 Main St", "the gate")],
            [new Kiosk("kiosk-1", Lobby)],
            [
                new Device(Camera, "facility-camera", CameraSensors, Lobby, null, "police", Lifecycle.Active),
                new Device(Reader, "alpr-fixed", [Capture.Plates, Capture.Stills], Gate, null, "police", Lifecycle.Active),
            ],
            []
        );
    }

    private static Rule Rule(string technology, ImmutableArray<Capture> capture) =>
        new(technology, capture, [], [], new RecordsAccess(RecordsAccessKind.NotKnown), []);
}
