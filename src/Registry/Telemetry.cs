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
/// <param name="Share">The share of commits that leave a span, 0 to 1; null when a sampler is named by <c>OTEL_TRACES_SAMPLER</c>.</param>
internal sealed record Telemetry(double? Share)
{
    private const double UsualShare = 0.01;

    /// <summary>
    /// What the environment asks for; null when it names no collector. Throws <see cref="UsageException"/> for a share that is none.
    /// </summary>
    public static Telemetry? Asked()
    {
        if (Text("OTEL_EXPORTER_OTLP_ENDPOINT").Length == 0)
            return null;
        // Who names a sampler gets that one: the library reads the variable only when none is set here.
        if (Text("OTEL_TRACES_SAMPLER").Length > 0)
            return new Telemetry(Share: null);
        var asked = Text("OTEL_TRACES_SAMPLER_ARG");
        return asked.Length == 0 ? new Telemetry(UsualShare)
            : double.TryParse(asked, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1
                ? new Telemetry(share)
            : throw new UsageException(
                $"OTEL_TRACES_SAMPLER_ARG is '{asked}': expected the share of commits that leave a span, from 0 to 1."
            );

        static string Text(string name) => Environment.GetEnvironmentVariable(name)?.Trim() ?? "";
    }

    public void AddTo(IServiceCollection services) =>
        services
            .AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("surveillance-registry").AddEnvironmentVariableDetector())
            .WithMetrics(metrics =>
                metrics
                    .AddMeter(MqttMetrics.Meter, PresenceMetrics.Meter, CommitMetrics.Name, "Microsoft.Orleans", "Npgsql")
                    .AddOtlpExporter()
            )
            .WithTracing(traces =>
            {
                traces.AddSource(CommitMetrics.Name).AddOtlpExporter();
                if (Share is { } share)
                    traces.SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(share)));
            });
}
