using SurveillanceRegistry.Benchmarks.Ingest.Load;
using SurveillanceRegistry.Benchmarks.Ingest.Peers;
using SurveillanceRegistry.Benchmarks.Ingest.Report;
using SurveillanceRegistry.Benchmarks.Ingest.UnderTest;
using static System.FormattableString;

namespace SurveillanceRegistry.Benchmarks.Ingest.Measurements;

/// <summary>One connection with a hundred publishes in flight: a gateway that publishes for many devices.</summary>
internal static class OneGateway
{
    private const int DevicesBehindGateway = 10_000,
        InFlight = 100,
        MinPerSecond = 40_000;

    public static async Task RunAsync(BenchmarkScale scale, FigureTable table)
    {
        await using var generator = LoadGenerator.Start();
        var devices = scale.IsFull ? DevicesBehindGateway : 100;
        await using var registry = await RegistryUnderTest.OpenAsync(
            generator,
            database => RegisteredDevices.InsertDevicesAsync(database, RegisteredDevices.Mobile, 0, devices, gateways: 1)
        );
        var (bareBroker, barePort) = await BareBroker.StartAsync();
        await using var _ = bareBroker;
        var cpu = registry.Cpu.With(("MQTTnet", bareBroker.Pid));

        var opened = await generator.OpenAsync("registry", registry.MqttPort, devices, 1, InFlight);
        await generator.OpenAsync("bare", barePort, devices, 1, InFlight);
        await generator.RunFullAsync("registry", scale.WarmSeconds, cpu);
        await generator.RunFullAsync("bare", scale.WarmSeconds, cpu);

        var ours = new RunSeries();
        var bare = new RunSeries();
        for (var round = 0; round < scale.Runs; round++)
        {
            ours.Add(await generator.RunFullAsync("registry", scale.TimedSeconds, cpu, scale.SettleSeconds));
            bare.Add(await generator.RunFullAsync("bare", scale.TimedSeconds, cpu, scale.SettleSeconds));
        }

        table.Add(
            new Figure(
                Invariant($"1 gateway connection, {InFlight} in flight, {devices:#,0} devices behind it"),
                ours.Rate,
                Invariant($"a bare MQTTnet 5 broker: {bare.Rate}, {bare.Latency}; ratio {ours.PerSecond / bare.PerSecond:0.00}"),
                ours.Latency,
                ours.Cores,
                ours.Duration,
                "≥ 40,000/s",
                ours.PerSecond >= MinPerSecond
            )
        );
        var stored = await RegisteredDevices.CountHeartbeatsAsync(registry.Database, opened.Epoch);
        table.AddNote(Invariant($"One gateway: {ours.Last.AllAcknowledged:#,0} PUBACKs, {stored:#,0} rows in PostgreSQL."));
        if (stored != ours.Last.AllAcknowledged)
            throw new InvalidOperationException("The number of acknowledged heartbeats is not the number of stored ones.");
    }
}
