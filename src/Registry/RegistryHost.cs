using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using SurveillanceRegistry.Delivery;
using SurveillanceRegistry.Domain.Devices.Facts;
using SurveillanceRegistry.Domain.Devices.Imports;
using SurveillanceRegistry.Domain.Ledger;
using SurveillanceRegistry.Domain.Ledger.Checkpoints;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Files.Csv;
using SurveillanceRegistry.Files.Geometry;
using SurveillanceRegistry.Files.Inventory.Inventory;
using SurveillanceRegistry.Files.Lists;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Mqtt;
using SurveillanceRegistry.Mqtt.Vendors;
using SurveillanceRegistry.Postgres;
using SurveillanceRegistry.Postgres.Presence;
using SurveillanceRegistry.Postgres.Staff;
using SurveillanceRegistry.Registry.Configuration;
using SurveillanceRegistry.Registry.Listeners;
using SurveillanceRegistry.Web;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Registry;

/// <summary>Composes the server: Kestrel with pages, API and broker, one Orleans silo, and the registers on PostgreSQL.</summary>
internal static class RegistryHost
{
    public static WebApplication Build(Settings settings, string connectionString, Telemetry? telemetry)
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ApplicationName = typeof(RegistryHost).Assembly.GetName().Name }
        );
        builder.Logging.ClearProviders();
        LoggingSetup.Configure(builder.Logging);
        builder.UseListeners(settings);
        AddServices(builder, settings, connectionString);
        telemetry?.AddTo(builder.Services);
        var app = builder.Build();
        app.MapWeb();
        ListenerSetup.LogLimits(app, settings);
        ListenerSetup.LogPlainListeners(app, settings);
        if (settings.Oidc is { ChecksStrength: false })
            app.Logger.LogWarning(
                "Neither REGISTRY_OIDC__ACR nor REGISTRY_OIDC__AMR is set: the registry does not see whether people used a second factor "
                    + "at the identity provider. Require one there."
            );
        return app;
    }

    /// <summary>
    /// Adds the services. Hosted services start in the order of registration and stop in the reverse one; Kestrel starts last and stops
    /// first. The periodic tasks therefore end after the listeners and before the silo: the health monitor runs while sessions close, so
    /// that a shutdown makes no device silent.
    /// </summary>
    private static void AddServices(WebApplicationBuilder builder, Settings settings, string connectionString)
    {
        var services = builder.Services;
        builder.Host.UseOrleans(silo => silo.UseOneSilo().AddGrains());
        services.AddHostedService<PeriodicTaskRunner>();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_ => KeyFile.NoticeKey(settings.Data));
        services.AddSingleton<ILogSigner>(_ => KeyFile.LedgerKey(settings.Data, settings.PublicUrl));
        services.AddSingleton<ISignedHeads>(_ => KeyFile.SignedHeads(settings.Data));
        services.AddSingleton(provider => new PublicAddress(() =>
            settings.PublicUrl is { Length: > 0 } url ? url : BoundAddress(provider)
        ));
        services
            .AddDataProtection()
            .SetApplicationName("registry")
            .PersistKeysToFileSystem(KeyFile.CreateFolder(KeyFile.Folder(settings.Data)));
        services.AddSingleton(new HeartbeatRetention(settings.HeartbeatDays));
        services.AddSingleton(new SecurityLogRetention(settings.SecurityLogDays));
        services.AddPostgres(connectionString);
        services.AddSingleton<ITableFiles, TableFiles>();
        services.AddSingleton<IAreaCheck, AreaCheck>();
        services.AddSingleton<ICityListReader, CityListReader>();
        services.AddSingleton(ReadProfiles(settings));
        services.AddMqtt();
        services.AddWeb();
        services.AddDelivery(settings.Mail, settings.WebhookNetworks);
        if (settings.Oidc is { } identityProvider)
            services.AddIdentityProvider(identityProvider);
    }

    /// <summary>The address of the pages. Known once Kestrel has bound its listeners.</summary>
    private static string BoundAddress(IServiceProvider services) =>
        services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>
    /// Reads the device profiles beside the inventory. A profile with problems stops the start: its gateways' messages would not be
    /// understood, and their devices would be silent.
    /// </summary>
    private static VendorProfiles ReadProfiles(Settings settings)
    {
        var folder = Path.Combine(Path.GetDirectoryName(settings.Devices)!, "profiles");
        if (!Directory.Exists(folder))
            return new VendorProfiles([]);
        var reading = ProfileFile.ReadAll(folder, devices: null);
        return reading.Value is { } profiles
            ? new VendorProfiles(profiles.All)
            : throw new PrerequisiteException(
                $"The device profiles in {folder} have problems: {string.Join(' ', reading.Problems.Take(3))} "
                    + "'registry devices check' lists them all."
            );
    }
}
