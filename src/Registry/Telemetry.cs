using System.Globalization;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using SurveillanceRegistry.Grains.Presence;
using SurveillanceRegistry.Mqtt;
using SurveillanceRegistry.Postgres.Presence;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry;

/// <summary>
/// Metrics and sampled spans for the city's own monitoring, over OTLP and with OpenTelemetry's standard variables. Nothing is sent unless
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names a collector. Logs are never sent.
/// </summary>
/// <remarks>
/// Sources are listed one by one. Those of ASP.NET and of the database would carry addresses and statements, and with them device ids.
/// </remarks>
/// <param name="SampledShare">The share of commits that produce a span, 0 to 1; null if <c>OTEL_TRACES_SAMPLER</c> names a sampler.</param>
internal sealed record Telemetry(double? SampledShare)
{
    private const double DefaultShare = 0.01;

    /// <summary>The variables from which the library takes an address.</summary>
    private static readonly string[] Endpoints =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    ];

    /// <summary>
    /// Reads the environment; null if it names no collector. Throws <see cref="UsageException"/> for a share that is not from 0 to 1,
    /// and for a collector on another machine without TLS.
    /// </summary>
    public static Telemetry? FromEnvironment()
    {
        if (Text("OTEL_EXPORTER_OTLP_ENDPOINT").Length == 0)
            return null;
        foreach (var name in Endpoints)
            RequireTls(name, Text(name));
        // The library reads this variable itself, but only if the code sets no sampler.
        if (Text("OTEL_TRACES_SAMPLER").Length > 0)
            return new Telemetry(SampledShare: null);
        var text = Text("OTEL_TRACES_SAMPLER_ARG");
        if (text.Length == 0)
            return new Telemetry(DefaultShare);
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1
            ? new Telemetry(share)
            : throw new UsageException(
                $"OTEL_TRACES_SAMPLER_ARG is '{text}': expected the share of commits that leave a span, from 0 to 1."
            );

        static string Text(string name) => Environment.GetEnvironmentVariable(name)?.Trim() ?? "";
    }

    private static void RequireTls(string name, string address)
    {
        if (
            address.Length > 0
            && !(
                Uri.TryCreate(address, UriKind.Absolute, out var collector)
                && (collector.Scheme == Uri.UriSchemeHttps || collector.IsLoopback)
            )
        )
            throw new UsageException($"{name} is '{address}': expected an https address; http is for a collector on this machine only.");
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
                if (SampledShare is { } share)
                    traces.SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(share)));
            });
}
