using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SurveillanceRegistry.Domain.Policies.Documents;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Web.Api;
using SurveillanceRegistry.Web.Changes;
using SurveillanceRegistry.Web.Devices;
using SurveillanceRegistry.Web.Http;
using SurveillanceRegistry.Web.Kiosks;
using SurveillanceRegistry.Web.Ledger;
using SurveillanceRegistry.Web.Places;
using SurveillanceRegistry.Web.Policies.Api;
using SurveillanceRegistry.Web.Presence;
using SurveillanceRegistry.Web.Staff.Account;

namespace SurveillanceRegistry.Web;

/// <summary>Pages, screens and the API.</summary>
public static class WebSetup
{
    /// <summary>Nothing comes from elsewhere, nothing runs that is not a file of this house, and nobody may frame it.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Adds what the pages and the API need.</summary>
    public static IServiceCollection AddWeb(this IServiceCollection services)
    {
        services.AddRazorPages(pages => pages.RootDirectory = "/").AddApplicationPart(typeof(WebSetup).Assembly);
        services.AddStaff();
        services.AddProblemDetails();
        services.AddApiDocument();
        services.AddSingleton<KioskEventStream>();
        services.AddSingleton<IngestOverview>();
        services.AddSingleton<DeviceRegistration>();
        services.AddHostedService(provider => provider.GetRequiredService<KioskEventStream>());
        return services;
    }

    /// <summary>Maps every address of the contract that stands so far.</summary>
    public static WebApplication MapWeb(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UseWhen(http => IsPage(http.Request.Path), pages => pages.UseStatusCodePagesWithReExecute("/missing/{0}"));
        app.Use(
            (http, next) =>
            {
                var headers = http.Response.Headers;
                headers.ContentSecurityPolicy = ContentSecurityPolicy;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "no-referrer";
                if (http.Request.Path.StartsWithSegments("/staff"))
                    headers.CacheControl = "no-store";
                return next(http);
            }
        );
        app.UseStaffAddress();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        Assets.Map(app);
        ChangeFeeds.Map(app);
        KioskEndpoints.Map(app);
        QrCode.Map(app);
        MapHealth(app);
        var api = app.MapGroup("/api/v1");
        GovernanceApi.Map(api);
        RegistersApi.Map(api);
        DevicesApi.Map(api);
        EnrolmentApi.Map(api);
        HistoryApi.Map(api);
        PlacesApi.Map(api);
        ChangesApi.Map(api);
        LogApi.Map(api);
        IngestApi.Map(app, api);
        app.MapGet(
                "/staff/export.csv",
                async (IGrainFactory grains, ITableFiles files) =>
                    Results.Bytes(files.WriteCsv(await grains.Governance()), "text/csv; charset=utf-8", "governance.csv")
            )
            .RequireAuthorization("staff");
        app.MapApiDocument();
        app.MapRazorPages();
        return app;
    }

    /// <summary>Whether people read what stands at an address; programs get their problems as RFC 9457 says them.</summary>
    private static bool IsPage(PathString path) => !Programs.Any(program => path.StartsWithSegments(program));

    private static readonly PathString[] Programs = ["/api", "/assets", "/kiosks", "/health", "/version", "/.well-known", "/staff"];

    private static void MapHealth(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Text("alive"));
        routes.MapGet(
            "/health/ready",
            (GrainWakeUpService rounds, IngestHealthMonitor sight, IngestStatistics figures) =>
                !rounds.FirstPass.IsCompletedSuccessfully
                    ? NotReady(
                        "Not ready yet",
                        "Not every device and place was asked yet; notices are true once they were. Try again in a second."
                    )
                : figures.IsStalled
                    ? NotReady(
                        "Not ready: heartbeats wait",
                        $"Heartbeats wait, and none was answered for {IngestStatistics.StallThreshold.TotalSeconds} s. What the registry cannot hear it calls unknown; devices keep what is not acknowledged."
                    )
                : sight.CannotObserve
                    ? NotReady(
                        "Not ready: the registry cannot see",
                        "Nothing can be made durable at present. What the registry cannot hear it calls unknown; devices keep what is not acknowledged."
                    )
                : Results.Text("ready")
        );
        var version =
            typeof(WebSetup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        routes.MapGet("/version", () => GovernanceApi.Json(new { version }));

        static IResult NotReady(string title, string why) =>
            Results.Problem(why, statusCode: StatusCodes.Status503ServiceUnavailable, title: title, type: "/problems/not-ready");
    }
}
