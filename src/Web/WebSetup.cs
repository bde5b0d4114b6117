using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain.Ledger.Checkpoints;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Web.Access;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Changes;
using SurveillanceRegistry.Web.Connections;
using SurveillanceRegistry.Web.Devices;
using SurveillanceRegistry.Web.Devices.Facts;
using SurveillanceRegistry.Web.Devices.Imports;
using SurveillanceRegistry.Web.Devices.Withdrawals;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Kiosks;
using SurveillanceRegistry.Web.Ledger;
using SurveillanceRegistry.Web.Places;
using SurveillanceRegistry.Web.Policies.Api;
using SurveillanceRegistry.Web.Presence;
using SurveillanceRegistry.Web.Records;
using SurveillanceRegistry.Web.Registers;
using SurveillanceRegistry.Web.Search;
using SurveillanceRegistry.Web.Staff.Account;
using SurveillanceRegistry.Web.Staff.Audit;
using SurveillanceRegistry.Web.Staff.Sending;

namespace SurveillanceRegistry.Web;

/// <summary>Registers pages, screens and the API.</summary>
public static class WebSetup
{
    /// <summary>Adds the services of pages and API.</summary>
    public static IServiceCollection AddWeb(this IServiceCollection services)
    {
        services.AddRazorPages(pages => pages.RootDirectory = "/").AddApplicationPart(typeof(WebSetup).Assembly);
        services.AddStaff();
        services.AddProblemDetails(Problem.Describe);
        services.AddExceptionHandler<RequestFailures>();
        services.AddApiDocument();
        services.AddCrossOrigin();
        services.AddConnectionLimits();
        services.AddSingleton<CheckpointPublisher>();
        services.AddSingleton<KioskEventStream>();
        services.AddSingleton<ScreenGovernance>();
        services.AddSingleton<IngestOverview>();
        services.AddSingleton<DeviceRegistration>();
        services.AddSingleton<RegistrationChecks>();
        services.AddSingleton<NamedListActs>();
        services.AddSingleton<LegalHoldActs>();
        services.AddSingleton<PastQuestions>();
        services.AddSingleton<ListReading>();
        services.AddSingleton<ListImports>();
        services.AddSingleton<AbsenceConfirmation>();
        services.AddSingleton<RegisterClerk>();
        services.AddSingleton<MailCheckThrottle>();
        services.AddHostedService(provider => provider.GetRequiredService<KioskEventStream>());
        return services;
    }

    /// <summary>Maps every page and API operation.</summary>
    public static WebApplication MapWeb(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseRequestGuard();
        app.UseConnectionLimits();
        app.UsePublicHosts();
        app.UseExceptionHandler();
        app.UseStatusCodePages(refused => Problem.ForStatus(refused.HttpContext).ExecuteAsync(refused.HttpContext));
        app.UseHeadAsGet();
        app.UseWhen(http => IsPage(http.Request), pages => pages.UseStatusCodePagesWithReExecute("/missing/{0}"));
        app.UseWhen(http => IsStaffPage(http.Request), pages => pages.UseStatusCodePagesWithReExecute("/staff/missing/{0}"));
        app.UsePresentKiosks();
        app.UseKioskFallback();
        app.UseStaffAddress();
        app.UseRouting();
        app.UseCors();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseKnownParameters();
        Assets.Map(app);
        ChangeFeeds.Map(app);
        KioskEndpoints.Map(app);
        QrCode.Map(app);
        MapHealth(app);
        MapApi(app);
        app.MapGet(
                "/staff/export.csv",
                async (IGrainFactory grains, ITableFiles files) =>
                    Results.Bytes(files.WriteCsv(await grains.History()), "text/csv; charset=utf-8", "governance.csv")
            )
            .RequireAuthorization(StaffPolicies.AnyRole);
        app.MapApiDocument();
        app.MapRazorPages();
        return app;
    }

    private static void MapApi(WebApplication app)
    {
        var api = app.MapGroup("/api/v1");
        api.AnswerProblems();
        api.KnowParameters();
        api.OpenToOtherSites();
        GovernanceApi.Map(api);
        InstrumentsApi.Map(api);
        WordingsApi.Map(api);
        DevicesApi.Map(api);
        DeviceRegistrationApi.Map(api);
        ListsApi.Map(api);
        ImportsApi.Map(app, api);
        WithdrawalsApi.Map(api);
        GatewaysApi.Map(api);
        CredentialsApi.Map(api);
        HistoryApi.Map(api);
        PlacesApi.Map(api);
        RegisterApi.Map(api);
        FleetsApi.Map(api);
        DepartmentsApi.Map(api);
        ChangesApi.Map(api);
        LogApi.Map(api);
        IngestApi.Map(app, api);
        AuditApi.Map(api);
        HoldsApi.Map(api);
        SearchApi.Map(api);
    }

    /// <summary>Whether a request is for a page for people; programs get problem details (RFC 9457). No public page is posted to.</summary>
    private static bool IsPage(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && !ForPrograms.Any(program => request.Path.StartsWithSegments(program));

    /// <summary>Whether a person asks for a staff page. What a form or a program sends gets problem details.</summary>
    private static bool IsStaffPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && request.Path.StartsWithSegments("/staff")
        && request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/html");

    private static readonly PathString[] ForPrograms =
    [
        "/api",
        "/openapi",
        "/assets",
        "/kiosks",
        "/health",
        "/version",
        "/.well-known",
        "/staff",
    ];

    private static void MapHealth(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Text("alive"));
        routes.MapGet("/health/ready", Readiness);
        var version =
            typeof(WebSetup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        routes.MapGet("/version", () => JsonResults.Ok(new { version }));
    }

    private static IResult Readiness(GrainWakeUpService wakeUp, IngestHealthMonitor health, IngestStatistics statistics)
    {
        const string Meanwhile =
            "The registry shows devices that it cannot hear as unknown. Devices keep unacknowledged heartbeats and send them again.";
        if (!wakeUp.FirstPass.IsCompletedSuccessfully)
            return NotReady(
                "Not ready yet",
                "Not every device and place was activated yet. Notices are correct afterwards. Try again in a second."
            );
        if (statistics.IsStalled)
            return NotReady(
                "Not ready: heartbeats are queued",
                $"No heartbeat was acknowledged for {IngestStatistics.StallThreshold.TotalSeconds} s. {Meanwhile}"
            );
        return health.CannotObserve
            ? NotReady("Not ready: heartbeats cannot be stored", $"Nothing can be stored at present. {Meanwhile}")
            : Results.Text("ready");
    }

    private static IResult NotReady(string title, string detail) =>
        Results.Problem(detail, statusCode: StatusCodes.Status503ServiceUnavailable, title: title, type: "/problems/not-ready");
}
