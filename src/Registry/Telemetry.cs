using System.Globalization;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Mqtt;
using SurveillanceRegistry.Postgres.Presence;

namespace SurveillanceRegistry.Registry;

/// <summary>
/// Figures and sampled spans for the city's own monitoring, by OpenTelemetry's protocol and its standard variables; nothing leaves unless
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a collector. Sources are named here one by one: those of the pages and of the database would
/// carry addresses and statements, and with them devices. No logs are sent.
/// </summary>
internal static class Telemetry
{
    private const double UsualShareOfSpans = 0.01;

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            return;
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("surveillance-registry").AddEnvironmentVariableDetector())
            .WithMetrics(metrics => metrics.AddMeter(Counters.Meter, PresenceCounters.Meter, Commits.Name, "Microsoft.Orleans", "Npgsql").AddOtlpExporter())
            .WithTracing(traces =>
            {
                traces.AddSource(Commits.Name).AddOtlpExporter();
                // Who names a sampler gets that one; the library reads the variable only when none is set here.
                if (string.IsNullOrEmpty(builder.Configuration["OTEL_TRACES_SAMPLER"]))
                    traces.SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(Share(builder.Configuration["OTEL_TRACES_SAMPLER_ARG"]))));
            });
    }

    private static double Share(string? asked) =>
        string.IsNullOrEmpty(asked) ? UsualShareOfSpans
        : double.TryParse(asked, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1 ? share
        : throw new WrongUsage($"OTEL_TRACES_SAMPLER_ARG is '{asked}': expected the share of commits that leave a span, from 0 to 1.");
}
