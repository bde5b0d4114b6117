using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using SurveillanceRegistry.Domain.Changes;
using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Domain.Devices.Enrolment;
using SurveillanceRegistry.Domain.Devices.Withdrawals;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Ledger.Checkpoints;
using SurveillanceRegistry.Domain.Notices;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Domain.Presence.ExpectedStates;
using SurveillanceRegistry.Domain.Presence.History;
using SurveillanceRegistry.Domain.Registers;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Files.Csv;
using SurveillanceRegistry.Files.Policies;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Tests.Fixtures;
using SurveillanceRegistry.Signing;
using SurveillanceRegistry.Web.Connections;
using SurveillanceRegistry.Web.Staff.Account;
using SurveillanceRegistry.Web.Tests.Fixtures.Devices;
using SurveillanceRegistry.Web.Tests.Fixtures.Staff;

[assembly: AssemblyFixture(typeof(SurveillanceRegistry.Web.Tests.Fixtures.SampleCity))]
[assembly: AssemblyFixture(typeof(SurveillanceRegistry.Web.Tests.Fixtures.Chromium))]

namespace SurveillanceRegistry.Web.Tests.Fixtures;

/// <summary>
/// The sample city of the repository, as a running service: real files, real grains, real pages on a real port. The registers are in
/// memory, not in PostgreSQL. It is the afternoon of November 23, 2026. Every fixed device that is in use or paused was heard a moment
/// ago, except those of the school zone.
/// </summary>
public sealed class SampleCity : IAsyncLifetime
{
    internal const string Lobby = "east-precinct-lobby",
        LobbyKiosk = "kiosk-east-precinct-lobby",
        School = "alder-school-zone";

    private static readonly string Root = FindRoot();

    private WebApplication _app = null!;
    private long _seq;
    private Opening? _opening;

    internal FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 23, 23, 0, 0, TimeSpan.Zero));

    /// <summary>The folder of policy files that the city opens with; the repository's own unless a test sets another.</summary>
    internal string Policies { get; init; } = Path.Combine(Root, "policies");

    /// <summary>What strangers may hold open.</summary>
    internal HttpLimits Limits { get; init; } = new();

    internal TrustedProxies Proxies { get; init; } = TrustedProxies.None;

    /// <summary>The city's identity provider; null when there is none.</summary>
    internal IdentityProviderSettings? Provider { get; init; }

    internal Opening Opening => _opening ??= Read(Policies);

    internal InMemoryStaffRegister Staff { get; } = new();

    internal InMemorySecurityLog SecurityLog { get; } = new();

    internal NoticeKey Key { get; } = NoticeKey.New();

    /// <summary>Every address that answers.</summary>
    internal IReadOnlyList<Endpoint> Endpoints => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    /// <summary>The address of the pages, without a trailing slash.</summary>
    internal string Url { get; private set; } = "";

    /// <summary>A service of the city.</summary>
    internal T Part<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>The registers that replace PostgreSQL.</summary>
    internal InMemoryRegisters Memory { get; private set; } = null!;

    /// <summary>Who may sign in here.</summary>
    internal InMemoryEnrolment Enrolled { get; private set; } = null!;

    internal IGrainFactory Grains => _app.Services.GetRequiredService<IGrainFactory>();

    internal HttpClient Reader { get; } = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });

    public async ValueTask InitializeAsync()
    {
        _app = Build();
        _app.MapWeb();
        await _app.StartAsync();
        Url = _app.Urls.First();
        Reader.BaseAddress = new Uri(Url);
        foreach (
            var device in Opening.Devices.Where(device =>
                device is { Place: not null and not School, Lifecycle: Lifecycle.Active or Lifecycle.Paused }
            )
        )
            await Hears(device.Id, CaptureReport.ForAll(device.Sensors, device.Lifecycle == Lifecycle.Paused ? Mode.Off : Mode.Recorded));
        foreach (var device in Opening.Devices.Where(device => device.Place == Lobby))
            await Hears(device.Id, default(CaptureReport).With(Capture.Video, Mode.Recorded).With(Capture.Audio, Mode.Off));
    }

    private WebApplication Build()
    {
        var memory = Memory = new InMemoryRegisters(Opening);
        // Tests of the screen count the facts of the lobby's own devices.
        memory.FleetBases = [.. memory.FleetBases.Select(fleet => fleet with { Places = fleet.Places.Remove(Lobby) })];
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ApplicationName = typeof(WebSetup).Assembly.GetName().Name }
        );
        builder.Logging.ClearProviders();
        // Orleans sometimes waits at a stop by the city's clock, which no longer moves then: the stop would take 30 s.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttpConnectionGate()));
        builder.Host.UseOrleans(silo =>
            silo.UseOneSilo()
                .AddGrains()
                .Configure<ClusterMembershipOptions>(membership =>
                {
                    // Hours of fake time pass between two signs of life of the silo: it must not declare itself dead.
                    membership.LivenessEnabled = false;
                    (membership.SiloGenerationRetirementAge, membership.DefunctSiloCleanupPeriod) = (TimeSpan.FromDays(36_500), null);
                })
        );
        AddRegisters(builder.Services, memory)
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton(Key)
            .AddSingleton(_ => new PublicAddress(() => Url))
            .AddSingleton<ILogSigner>(_ => SignedNote.FromSeed("city.example/log", SignedNote.NewSeed()))
            .AddSingleton<ISignedHeads>(new InMemorySignedHeads())
            .AddSingleton<ITableFiles>(new TableFiles())
            .AddListsAndRecords(memory)
            .AddSingleton(Limits)
            .AddSingleton(Proxies)
            .AddWeb();
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        if (Provider is { } provider)
            builder.Services.AddIdentityProvider(provider);
        return builder.Build();
    }

    private IServiceCollection AddRegisters(IServiceCollection services, InMemoryRegisters memory) =>
        services
            .AddSingleton<IPolicyRegister>(memory)
            .AddSingleton<IDeviceRegister>(memory)
            .AddSingleton<IWithdrawalRegister>(memory)
            .AddSingleton<IHeartbeatLog>(memory)
            .AddSingleton<IObservationRegister>(memory)
            .AddSingleton<IObservedPeriodRegister>(memory)
            .AddSingleton<IEnrolment>(Enrolled = new InMemoryEnrolment(memory))
            .AddSingleton<IGatewayRegister>(Enrolled)
            .AddSingleton<ICredentialRegister>(Enrolled)
            .AddSingleton<IClaimRegister>(Enrolled)
            .AddSingleton<IMobileReadAudit>(Enrolled)
            .AddSingleton<IStateHistoryRegister, EmptyStateHistory>()
            .AddSingleton<IExpectedStateRegister>(memory)
            .AddSingleton<IPlaceRegister>(memory)
            .AddSingleton<IInventoryRegister<Place>>(memory.Places)
            .AddSingleton<IPlaceUses>(memory)
            .AddSingleton<IInventoryRegister<Kiosk>>(memory.Screens)
            .AddSingleton<IInventoryRegister<Fleet>>(memory.Fleets)
            .AddSingleton<IFleetBaseRegister>(memory)
            .AddSingleton<IDepartmentUses>(memory)
            .AddSingleton<IKindUses>(memory)
            .AddSingleton<INoticeRegister>(memory)
            .AddSingleton<IChangeRegister>(memory)
            .AddSingleton<IStaffRegister>(Staff)
            .AddSingleton<IStaffCredentialRegister>(Staff)
            .AddSingleton<IStaffSessions>(Staff)
            .AddSingleton<ITokenRegister>(Staff)
            .AddSingleton<ISecurityLog>(SecurityLog)
            .AddSingleton<ILedgerLog>(new EmptyLedger());

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Reader.Dispose();
        Key.Dispose();
    }

    internal async Task MakesItsFirstRound()
    {
        var rounds = _app.Services.GetRequiredService<GrainWakeUpService>();
        await new PeriodicTaskRunner([rounds], _app.Lifetime, Time).StartAsync(CancellationToken.None);
        await rounds.FirstPass;
    }

    /// <summary>A device reports. The notice of its place is signed anew before this returns, if its content changed.</summary>
    internal async Task Hears(string deviceId, CaptureReport capture)
    {
        var device = (await _app.Services.GetRequiredService<IDeviceRegister>().FindAsync(deviceId, CancellationToken.None))!;
        await Grains
            .PartitionOf(device)
            .ApplyHeartbeats([
                new Heartbeat(
                    device.Number,
                    deviceId,
                    1,
                    Interlocked.Increment(ref _seq),
                    Time.GetUtcNow(),
                    null,
                    capture,
                    Health.Ok,
                    "1.0",
                    null
                ),
            ]);
        await Grains.PartitionOf(device).Wake();
    }

    /// <summary>Ends the session of a device. The notice of its place is signed anew before this returns, if its content changed.</summary>
    internal async Task Dies(Device device, SessionEnd end)
    {
        await Grains.PartitionOf(device).ApplyDeath(device.Number, 1, 0, end);
        await Grains.PartitionOf(device).Wake();
    }

    internal async Task<JsonNode> Json(string address, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var answer = await Reader.GetAsync(address, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == answer.StatusCode, $"{address} answered {(int)answer.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>A signed notice of any place for any devices, as the City would issue it.</summary>
    /// <param name="heard">What each device reports; null for one that is silent.</param>
    internal SignedNotice Notice(
        string place,
        long sequence,
        NoticeKey key,
        params (string Kind, ImmutableArray<Capture> Sensors, CaptureReport? Heard)[] heard
    ) => NoticeAt(Time.GetUtcNow(), place, sequence, key, heard);

    /// <summary>A signed notice of any place, issued at a time.</summary>
    internal SignedNotice NoticeAt(
        DateTimeOffset now,
        string place,
        long sequence,
        NoticeKey key,
        params (string Kind, ImmutableArray<Capture> Sensors, CaptureReport? Heard)[] heard
    )
    {
        var standing = Opening.Places.First(one => one.Id == Lobby) with { Id = place };
        ImmutableArray<CoveringDevice> covering =
        [
            .. heard.Select(
                (one, i) =>
                    new CoveringDevice(
                        Device.Of($"device-{i}", one.Kind, one.Sensors, place, null, "police", Lifecycle.Active),
                        one.Heard is { } capture
                            ? DeviceObservation.FromFirstHeartbeat(
                                new Heartbeat(1, $"device-{i}", 1, 1, now, null, capture, Health.Ok, "1.0", null)
                            )
                            : null
                    )
            ),
        ];
        var content = NoticeComposer.Compose(standing, covering, Opening.Governance, Opening.Governance.City.DayAt(now), Url);
        return SignedNotice.Sign(
            content,
            NoticePayload.Write(content, Opening.Governance, sequence, now, ledgerSize: null),
            sequence,
            now,
            key
        );
    }

    private static Opening Read(string policies)
    {
        var (opening, problems) = SeedFiles.Read(policies, Path.Combine(Root, "devices/sample-city.yaml"));
        return opening ?? throw new InvalidOperationException(string.Join('\n', problems));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SurveillanceRegistry.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The checkout was not found above " + AppContext.BaseDirectory);
        return folder.FullName;
    }
}
