using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Files.Csv;
using SurveillanceRegistry.Files.Inventory.Inventory;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Mqtt;
using SurveillanceRegistry.Mqtt.Vendors;
using SurveillanceRegistry.Postgres;
using SurveillanceRegistry.Postgres.Presence;
using SurveillanceRegistry.Web;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary>
/// <c>registry serve</c>: opens the house — PostgreSQL, Orleans, the broker and the pages — and keeps it open until it is told to stop.
/// </summary>
internal static class ServeCommand
{
    private static readonly Option<bool> WithFleet = new("--fleet")
    {
        Description = "Also run the sample city's simulated units, over real MQTT connections.",
    };

    private static readonly Option<bool> WithStaff = new("--sample-staff")
    {
        Description = "Give the sample city's staff new passwords, and print them.",
    };

    public static Command Verb()
    {
        var verb = new Command("serve", "Serve pages, screens, API and the MQTT broker until told to stop.") { WithFleet, WithStaff };
        verb.SetAction(
            (command, cancellationToken) =>
                RunAsync(Settings.Read([]), command.GetValue(WithFleet), command.GetValue(WithStaff), cancellationToken)
        );
        return verb;
    }

    private static async Task<int> RunAsync(Settings settings, bool withFleet, bool withStaff, CancellationToken cancellationToken)
    {
        var telemetry = Telemetry.Asked();
        MustBeFree(settings.Http, "REGISTRY_HTTP");
        MustBeFree(settings.Mqtt, "REGISTRY_MQTT");
        using var logs = LoggingSetup.Create();
        await using var database = await Database.OpenAsync(settings, logs, cancellationToken);
        await using var app = Build(settings, database.ConnectionString, telemetry);
        if (!await DatabaseSeeder.FillAsync(settings, app.Services.GetRequiredService<IPolicyRegister>(), app.Logger, cancellationToken))
            return 1;
        // Asked before anything runs that would have to be stopped again.
        if (withStaff && !(await app.Services.GetRequiredService<IPolicyRegister>().HistoryAsync(cancellationToken)).Current.City.IsSample)
            throw new UsageException(
                "This registry serves a real city: add its staff with 'registry staff add'. Only a sample city has sample staff."
            );
        var broker = app.UseRegistryBroker();
        await app.StartAsync(cancellationToken);
        await broker.WaitAsync(cancellationToken);
        var sight = app.Services.GetRequiredService<IngestHealthMonitor>();
        await sight.StartAsync(cancellationToken);
        var rounds = app.Services.GetRequiredService<GrainWakeUpService>();
        await rounds.StartAsync(cancellationToken);
        await rounds.FirstPass.WaitAsync(cancellationToken);

        var (http, mqtt) = Addresses(app, settings);
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(app.Lifetime.ApplicationStopping, cancellationToken);
        if (withStaff)
        {
            var city = (await app.Services.GetRequiredService<IPolicyRegister>().HistoryAsync(cancellationToken)).Current.City;
            foreach (
                var line in await SampleStaff.RenewAsync(
                    app.Services.GetRequiredService<IStaffRegister>(),
                    $"http://{http}",
                    city.Departments[0].Id,
                    cancellationToken
                )
            )
                await Console.Out.WriteLineAsync(line);
        }

        var fleet = withFleet ? SampleFleet.RunAsync(app.Services, mqtt, most: int.MaxValue, closing.Token) : Task.CompletedTask;
        await Console.Out.WriteLineAsync($"ready http=http://{http} mqtt=mqtt://{mqtt}");
        using var told = app.Lifetime.ApplicationStopping.Register(() =>
            app.Logger.LogInformation("Stopping. What was acknowledged is durable.")
        );
        await app.WaitForShutdownAsync(cancellationToken);
        await fleet;
        await rounds.StopAsync(CancellationToken.None);
        await sight.StopAsync(CancellationToken.None);
        app.Logger.LogInformation("Stopped.");
        return 0;
    }

    private static WebApplication Build(Settings settings, string connectionString, Telemetry? telemetry)
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ApplicationName = typeof(ServeCommand).Assembly.GetName().Name }
        );
        builder.Logging.ClearProviders();
        LoggingSetup.Configure(builder.Logging);
        // A packet is handled where it was received: ten thousand small ones a second must not change threads twice each.
        builder
            .WebHost.UseKestrelCore()
            .UseSockets(sockets => (sockets.UnsafePreferInlineScheduling, sockets.WaitForDataBeforeAllocatingBuffer) = (true, false))
            .UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Listen(settings.Http);
                kestrel.Listen(settings.Mqtt, listen => listen.UseRegistryBroker());
                if (settings.Tls is not { } tls)
                    return;
                kestrel.Listen(
                    tls.Http,
                    listen =>
                        listen.UseHttps(https =>
                            (https.ServerCertificate, https.SslProtocols) = (tls.Certificate, SslProtocols.Tls12 | SslProtocols.Tls13)
                        )
                );
                kestrel.Listen(tls.Mqtt, listen => listen.UseRegistryBroker(tls.Certificate));
            });
        builder.Host.UseOrleans(silo => silo.UseOneSiloOnLoopback(FreePort()).AddGrains());
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(_ => KeyFile.NoticeKey(settings.Data));
        builder.Services.AddSingleton<ILogSigner>(_ => KeyFile.LedgerKey(settings.Data, settings.PublicUrl));
        builder.Services.AddSingleton(services => new PublicAddress(() =>
            settings.PublicUrl.Length > 0
                ? settings.PublicUrl
                : services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
        ));
        builder
            .Services.AddDataProtection()
            .SetApplicationName("registry")
            .PersistKeysToFileSystem(new DirectoryInfo(KeyFile.Folder(settings.Data)));
        builder.Services.AddSingleton(new HeartbeatRetention(settings.HeartbeatDays));
        builder.Services.AddSingleton(settings.MqttLimits);
        builder.Services.AddPostgres(connectionString);
        builder.Services.AddSingleton<ITableFiles, TableFiles>();
        builder.Services.AddSingleton(Profiles(settings));
        builder.Services.AddMqtt();
        telemetry?.AddTo(builder.Services);
        builder.Services.AddWeb();
        if (settings.Oidc is { } provider)
            builder.Services.AddIdentityProvider(provider);
        var app = builder.Build();
        app.MapWeb();
        return app;
    }

    /// <summary>
    /// The device profiles beside the inventory. A wrong one stops the start: a gateway that nobody understands would be silent.
    /// </summary>
    private static VendorProfiles Profiles(Settings settings)
    {
        var folder = Path.Combine(Path.GetDirectoryName(settings.Devices)!, "profiles");
        if (!Directory.Exists(folder))
            return new VendorProfiles([]);
        var reading = ProfileFile.ReadAll(folder, devices: null);
        return reading.Value is { } profiles
            ? new VendorProfiles(profiles.All)
            : throw new PrerequisiteException(
                $"The device profiles in {folder} have problems: {string.Join(' ', reading.Problems.Take(3))} 'registry devices check' lists them all."
            );
    }

    /// <summary>The addresses that were really bound, in the order in which they were asked for.</summary>
    private static (IPEndPoint Http, IPEndPoint Mqtt) Addresses(WebApplication app, Settings settings)
    {
        var bound = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Select(address => new Uri(address).Port)
            .ToArray();
        return (new IPEndPoint(settings.Http.Address, bound[0]), new IPEndPoint(settings.Mqtt.Address, bound[1]));
    }

    /// <summary>Asked before anything is made: a port in use must leave nothing half-made behind.</summary>
    private static void MustBeFree(IPEndPoint endpoint, string setting)
    {
        try
        {
            using var probe = new TcpListener(endpoint) { ExclusiveAddressUse = false };
            probe.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            probe.Start();
        }
        catch (SocketException failure)
        {
            throw new PrerequisiteException(
                failure.SocketErrorCode == SocketError.AddressAlreadyInUse
                    ? $"Another program listens on {endpoint} already: stop it, or set {setting} to another address and port."
                    : $"The address {endpoint} cannot be listened on ({failure.Message}): set {setting} to an address of this machine."
            );
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
