using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using SurveillanceRegistry.Domain.Ledger.Checkpoints;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Domain.Policies.Rules;
using SurveillanceRegistry.Domain.Staff;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Mqtt;
using SurveillanceRegistry.Registry.Backups;
using SurveillanceRegistry.Registry.Configuration;
using SurveillanceRegistry.Registry.Listeners;
using SurveillanceRegistry.Web.Staff.FirstAdministrator;

namespace SurveillanceRegistry.Registry.Commands;

/// <summary>
/// <c>registry serve</c>: runs PostgreSQL, Orleans, the broker and the pages until the process is stopped.
/// </summary>
internal static class ServeCommand
{
    private static readonly Option<bool> WithFleet = new("--fleet")
    {
        Description = "Also run the sample city's simulated devices, over real MQTT connections.",
    };

    private static readonly Option<bool> WithStaff = new("--sample-staff")
    {
        Description = "Give the sample city's staff new passwords, and print them.",
    };

    public static Command Create()
    {
        var command = new Command("serve", "Serve pages, screens, API and the MQTT broker until stopped.") { WithFleet, WithStaff };
        command.SetAction(
            (arguments, cancellationToken) =>
                RunAsync(Settings.Read([]), arguments.GetValue(WithFleet), arguments.GetValue(WithStaff), cancellationToken)
        );
        return command;
    }

    private static async Task<int> RunAsync(Settings settings, bool withFleet, bool withStaff, CancellationToken cancellationToken)
    {
        var telemetry = Telemetry.FromEnvironment();
        MustBeFree(settings.Http.Endpoint, "REGISTRY_HTTP");
        MustBeFree(settings.Mqtt.Endpoint, "REGISTRY_MQTT");
        OpenFiles.RequireEnough();
        using var logs = LoggingSetup.Create();
        await using var database = await Database.OpenAsync(settings, logs, cancellationToken);
        await using var app = RegistryHost.Build(settings, database.ConnectionString, telemetry);
        await MustContinueWhatWasSignedAsync(settings, app.Services, cancellationToken);
        var policies = app.Services.GetRequiredService<IPolicyRegister>();
        if (!await DatabaseSeeder.FillAsync(settings, policies, app.Logger, cancellationToken))
            return 1;
        // Read before the host starts: it throws for a real city, and then nothing has to be stopped.
        var sampleCity = withStaff ? await ReadSampleCityAsync(policies, cancellationToken) : null;
        await StartAsync(app, cancellationToken);

        var (http, mqtt, https) = BoundEndpoints(app, settings);
        if (sampleCity is not null)
            await PrintSampleStaffAsync(app.Services, http, sampleCity.Departments[0].Id, cancellationToken);
        using var closing = CancellationTokenSource.CreateLinkedTokenSource(app.Lifetime.ApplicationStopping, cancellationToken);
        var fleet = withFleet ? SampleFleet.RunAsync(app.Services, mqtt, maxDevices: int.MaxValue, closing.Token) : Task.CompletedTask;
        await Console.Out.WriteLineAsync($"ready http=http://{http} mqtt=mqtt://{mqtt}");
        await PrintFirstAdministratorAsync(app.Services, policies, settings, (http, https), cancellationToken);
        using var stopping = app.Lifetime.ApplicationStopping.Register(() =>
            app.Logger.LogInformation("Stopping. Acknowledged heartbeats are stored.")
        );
        await app.WaitForShutdownAsync(cancellationToken);
        await fleet;
        app.Logger.LogInformation("Stopped.");
        return 0;
    }

    /// <summary>
    /// Throws <see cref="PrerequisiteException"/> if the ledger in the database is shorter than a checkpoint that was signed, or another
    /// one. Called before anything is written to the database.
    /// </summary>
    private static async Task MustContinueWhatWasSignedAsync(
        Settings settings,
        IServiceProvider services,
        CancellationToken cancellationToken
    )
    {
        await KeyCheck.RequireAsync(settings, services, cancellationToken);
        if (await services.GetRequiredService<CheckpointPublisher>().CheckAsync(cancellationToken) is { } refusal)
            throw new PrerequisiteException(refusal.Sentence);
    }

    /// <summary>Starts the host. Returns when the broker takes connections and every grain was woken once.</summary>
    private static async Task StartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        var broker = app.UseRegistryBroker();
        await app.StartAsync(cancellationToken);
        await broker.WaitAsync(cancellationToken);
        await app.Services.GetRequiredService<GrainWakeUpService>().FirstPass.WaitAsync(cancellationToken);
    }

    /// <summary>Returns the city. Throws <see cref="UsageException"/> if it is a real one.</summary>
    private static async Task<City> ReadSampleCityAsync(IPolicyRegister policies, CancellationToken cancellationToken)
    {
        var city = (await policies.HistoryAsync(cancellationToken)).Current.City;
        return city.IsSample
            ? city
            : throw new UsageException(
                "This registry serves a real city: add its staff with 'registry staff add'. Only a sample city has sample staff."
            );
    }

    /// <summary>Prints the link that makes the first administrator of a real city, after the line that programs wait for.</summary>
    private static async Task PrintFirstAdministratorAsync(
        IServiceProvider services,
        IPolicyRegister policies,
        Settings settings,
        (IPEndPoint Http, IPEndPoint? Https) bound,
        CancellationToken cancellationToken
    )
    {
        const string Command = "registry staff add SIGN-IN --role administrator";
        if ((await policies.HistoryAsync(cancellationToken)).Current.City.IsSample)
            return;
        if (await services.GetRequiredService<FirstAdministratorLink>().CreateAsync(cancellationToken) is not { } path)
            return;
        var origin = FirstAdministratorLink.OriginOf(settings.PublicUrl, bound.Http, bound.Https);
        await Console.Out.WriteLineAsync(
            settings.Oidc is { IsOnlyWay: true }
                ? $"first-administrator: people sign in by the identity provider only. Add the first one with: {Command} --no-password"
            : origin is null
                ? $"first-administrator: {bound.Http} has no TLS, and a link could be read. Add the first person with: {Command}"
            : $"first-administrator {origin}{path} makes the first administrator; it works once, within an hour. Later: {Command}"
        );
    }

    private static async Task PrintSampleStaffAsync(
        IServiceProvider services,
        IPEndPoint http,
        string department,
        CancellationToken cancellationToken
    )
    {
        var staff = services.GetRequiredService<IStaffRegister>();
        var credentials = services.GetRequiredService<IStaffCredentialRegister>();
        foreach (var line in await SampleStaff.RenewAsync(staff, credentials, $"http://{http}", department, cancellationToken))
            await Console.Out.WriteLineAsync(line);
    }

    /// <summary>The addresses that were bound. Kestrel lists them in the order in which they were configured.</summary>
    private static (IPEndPoint Http, IPEndPoint Mqtt, IPEndPoint? Https) BoundEndpoints(WebApplication app, Settings settings)
    {
        var ports = app
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Select(address => new Uri(address).Port)
            .ToArray();
        return (
            new IPEndPoint(settings.Http.Endpoint.Address, ports[0]),
            new IPEndPoint(settings.Mqtt.Endpoint.Address, ports[1]),
            settings.Tls is { } tls ? new IPEndPoint(tls.Http.Address, ports[2]) : null
        );
    }

    /// <summary>
    /// Throws <see cref="PrerequisiteException"/> if an address cannot be bound. Called before the database is opened, so that a used port
    /// leaves nothing behind.
    /// </summary>
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
}
